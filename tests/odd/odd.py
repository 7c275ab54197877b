#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Odd but possible traffic: natwitness must not accuse, and must not slow.

usage: odd.py --natwitness PROGRAM [--group GROUP] [--only NAME]
              [--keep FOLDER] [--verbose]

groups:
    clean    nobody did anything wrong, however it looks: no fault may be
             reported, and no connection may be paired with another
    fault    the same traffic with one ACK that the device spoiled (NAME.ack),
             and other planted faults: exactly what was planted is reported
    scaling  four times the packets take about four times the work

Most cases once made natwitness accuse somebody falsely. Each run of a case is
one seed; NAME takes all of its seeds and NAME/SEED takes one. --keep leaves
the captures and the report in FOLDER/NAME-SEED.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from typing import Callable, Iterator, List, Optional, Tuple

sys.dont_write_bytecode = True  # beside the sources
import recipes  # noqa: E402
from recipes import Scene  # noqa: E402
from traffic import CLIENT, MS, S, SERVER, US  # noqa: E402

CONSISTENT, DISCREPANT, INCONCLUSIVE = 0, 1, 3
# A planted ACK is found; or, where captures lack packets and nothing else than
# its place tells which packet is which, it may be called undecided.
# MISSED are known misses: the fault is planted, the tool does not see it yet.
# It must still accuse nobody else, and to find it is no failure either.
FOUND, FOUND_OR_OPEN, MISSED = "found", "found or open", "missed"
ENVIRONMENT = {**os.environ, "LC_ALL": "C", "TZ": "UTC", "NO_COLOR": "1"}
Make = Callable[[Scene], None]


# ---- the table ----

@dataclasses.dataclass
class Clean:
    """No fault of severity warning or above"""
    name: str
    what: str
    make: Make
    exit: int = CONSISTENT
    matched: Optional[int] = None  # connections found at every point
    ambiguous: int = 0             # flows
    seeds: Tuple[int, ...] = (0,)
    control: Optional[str] = FOUND  # what NAME.ack expects; None: no such
    copies: int = 1                # times that b shows the planted ACK


@dataclasses.dataclass
class Fault:
    """These faults, no others, of severity warning or above"""
    name: str
    what: str
    make: Make
    faults: List[Tuple[str, str, int]]  # kind, hop, segments
    consequences: Tuple[str, ...] = ()  # kinds
    seeds: Tuple[int, ...] = (0,)


@dataclasses.dataclass
class Scaling:
    name: str
    what: str
    make: Callable[[int], Make]
    size: int  # blocks of data; and four times that
    seeds: Tuple[int, ...] = (0,)


CLEAN = [
    Clean("id-wrap", "IP IDs come round within a second; 5 % loss",
          recipes.id_wrap, matched=1, seeds=(0, 4, 11)),
    Clean("id-stops", "the IP ID counts, then stands still; 2 % loss",
          recipes.id_stops, matched=1,
          control=FOUND_OR_OPEN, seeds=(0, 1)),
    Clean("id-coarse", "eight packets share an IP ID; 2 % loss",
          recipes.id_coarse, matched=1),
    Clean("id-constant", "one IP ID for all; 2 % loss",
          recipes.id_same(0x1234), matched=1,
          control=FOUND_OR_OPEN),
    Clean("id-zero", "no IP IDs; 2 % loss",
          recipes.id_same(0), matched=1,
          control=FOUND_OR_OPEN),
    Clean("id-random", "random IP IDs; 2 % loss",
          recipes.id_random, matched=1),
    Clean("zeros-gro", "zeros, merged by GRO at a, which ends earlier",
          recipes.zeros_merged, matched=1, seeds=(0, 1, 2)),
    Clean("zeros-resent", "zeros, retransmitted in halves; 2 % loss",
          recipes.zeros_resent, matched=1, seeds=(0, 1)),
    Clean("resent-equal", "retransmissions with new, equal content; 3 % loss",
          recipes.resent_equal, matched=40,
          control=FOUND_OR_OPEN, seeds=(0, 2, 11)),
    Clean("resent-short", "retransmissions that are cut short; 3 % loss",
          recipes.resent_short, matched=40,
          control=FOUND_OR_OPEN),
    Clean("rst-ttl", "a RST with its own TTL, which a missed",
          recipes.rst_missed, matched=1),
    Clean("tap-stops", "b has two taps, one of which stops early",
          recipes.tap_stops, matched=20),
    Clean("one-way", "both points lose the server's packets after a while",
          recipes.one_way, matched=1),
    Clean("one-way-alone", "the same at a single point",
          recipes.one_way_alone, control=None),
    Clean("only-client", "b sees one direction, the client's",
          recipes.only_from(CLIENT), matched=1),
    Clean("only-server", "b sees one direction, the server's",
          recipes.only_from(SERVER), exit=INCONCLUSIVE, matched=0, control=None),
    Clean("acks-thinned", "the device drops half of the pure ACKs; 1 % loss",
          recipes.acks_thinned, matched=1,
          control=FOUND_OR_OPEN),
    Clean("mid-flow", "captures that begin after the connections",
          recipes.mid_flow(0), matched=60),
    Clean("mid-flow-loss", "the same with 5 % loss",
          recipes.mid_flow(.05)),
    Clean("late-ack", "an ACK more than a window late",
          recipes.late_ack, matched=1),
    Clean("late-ack-alone", "the same at a single point",
          recipes.late_ack_alone, control=None),
    Clean("stamped-disorder", "old ACKs, with timestamps, that come late",
          recipes.stamped_disorder, control=None),
    Clean("clock-back", "b's clock is set back 3 ms; 3 % loss",
          recipes.clock_steps(-3 * MS, .03), matched=1, seeds=(0, 6)),
    Clean("clock-forward", "b's clock is set forward 300 ms",
          recipes.clock_steps(300 * MS, 0), matched=1),
    Clean("span-a", "a sees every packet twice, with two TTLs",
          recipes.doubled("a", 0), matched=1),
    Clean("span-b", "b sees every packet twice",
          recipes.doubled("b", 0), matched=1),
    Clean("span-both-loss", "both see every packet twice; 5 % loss",
          recipes.doubled("ab", .05), matched=1, copies=2),
    Clean("keepalive", "keepalives, with a byte and without",
          recipes.keepalives(0, True), matched=30),
    Clean("keepalive-loss", "the same with 3 % loss",
          recipes.keepalives(.03, True), matched=30),
    Clean("keepalive-no-id", "the same without IP IDs",
          recipes.keepalives(.03, False), matched=30,
          control=FOUND_OR_OPEN),
    Clean("syn-again", "a second SYN with another ISN",
          recipes.syn_again(False), matched=30),
    Clean("syn-randomised", "the same through a randomiser: two offsets",
          recipes.syn_again(True), matched=30),
    Clean("both-open", "both ends open at the same time",
          recipes.both_open, exit=INCONCLUSIVE, matched=0,
          control=MISSED),
    Clean("fast-open", "TCP Fast Open, taken and refused",
          recipes.fast_open, matched=20),
    Clean("tuple-reused", "40 connections of the same two ports",
          recipes.tuple_reused(0), matched=40),
    Clean("tuple-reused-loss", "the same with 10 % loss",
          recipes.tuple_reused(.1), seeds=(0, 1, 2, 12, 13),
          control=FOUND_OR_OPEN),
    Clean("proxied", "a proxy: two TCP connections with one content",
          recipes.proxied, matched=20, control=None),
    Clean("proxied-in-turn", "a proxy that answers before it asks",
          recipes.proxied_in_turn, matched=20, control=None),
    Clean("unique", "everything rewritten but requests that are unique",
          recipes.short_flows(1500, 50 * US), matched=1500),
    Clean("identical", "everything rewritten, all requests the same",
          recipes.short_flows(500, 1000, b"GET / HTTP/1.1\r\n\r\n"),
          exit=INCONCLUSIVE, matched=0, ambiguous=1000, control=None),
    Clean("few-20", "20 short connections",
          recipes.short_flows(20, 10 * MS, new_ids=False), matched=20),
    Clean("few-20-id", "20 short connections, new IP IDs",
          recipes.short_flows(20, 10 * MS), matched=20),
    Clean("few-3", "three short connections",
          recipes.short_flows(3, 10 * MS), exit=INCONCLUSIVE, matched=0,
          control=MISSED),
    Clean("few-1", "one short connection",
          recipes.short_flows(1, 10 * MS), matched=1),
    Clean("nothing-at-b", "b's capture is empty",
          recipes.nothing_at_b, exit=INCONCLUSIVE, matched=0, control=None),
]

FAULT = [
    Fault("two-wrong-alone", "an ACK far ahead and one far behind, one point",
          recipes.two_wrong_alone,
          [("ack-beyond-nxt", "upstream a", 1),
           ("ack-below-window", "upstream a", 1)]),
    Fault("off-by-one", "5000 ACKs off by one: all are counted",
          recipes.wrong_acks(-1, 5000),
          [("ack-wrong-direction-delta", "a b", 5000)]),
    Fault("stale-sack", "5000 SACK options not translated: all are counted",
          recipes.stale_sack(5000), [("sack-untranslated", "a b", 5000)]),
    Fault("each-once", "300 connections with a wrong ACK each",
          recipes.each_once, [("ack-altered-unexplained", "a b", 300)]),
    Fault("rst-injected", "a forged RST, after which both ends go on",
          recipes.rst_injected, [("path-inject-rst", "a b", 1)]),
    Fault("echo-denied", "ACKs set back, as their timestamps show; one point",
          recipes.echo_denied, [("ack-tsecr-contradiction", "upstream a", 20)]),
    Fault("gap-unfilled", "a block that never passes, however it is repeated",
          recipes.gap_unfilled, [("stream-gap-unfilled", "a b", 4)]),
    Fault("bytes-put-in", "the device inserts bytes and forgets the ACKs",
          recipes.bytes_put_in, [("seq-delta-step-misapplied", "a b", 203)]),
    Fault("drops-follow", "what one device breaks the next one drops",
          recipes.drops_follow(0),
          [("ack-altered-unexplained", "a b", 120)], ("path-drop",)),
    Fault("drops-follow-clock", "the same; c's clock is 100 s behind",
          recipes.drops_follow(100 * S),
          [("ack-altered-unexplained", "a b", 120)], ("path-drop",)),
]

SCALING = [
    Scaling("sweep", "each point misses one packet",
            recipes.one_missing_each, 1200),
    Scaling("loss", "1 % of the packets missing at either point",
            recipes.one_percent_missing, 3000),
    Scaling("gro", "ten segments merged into one at a",
            recipes.merged_by_ten, 2500),
    Scaling("rst-storm", "thousands of RSTs that only b sees",
            recipes.rst_storm, 800),
    Scaling("every-ack", "every ACK off by one", recipes.off_by_one, 700),
]

# ---- one audit ----

@dataclasses.dataclass
class Seen:
    exit: int
    report: dict
    stderr: str

    def severe(self) -> List[dict]:
        return [finding for finding in self.report.get("findings", ())
                if finding["severity"] != "info"]

    def faults(self) -> List[dict]:
        return [finding for finding in self.severe()
                if finding["class"] == "fault"]

    def consequences(self) -> List[dict]:
        return [finding for finding in self.severe()
                if finding["consequence_of"] is not None]


def run_quietly(command: List[str], folder: pathlib.Path
                ) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=250)


def audit(program: str, folder: pathlib.Path, operands: List[str]) -> Seen:
    report = folder / "report.json"
    command = [program, "audit", "--quiet", "--all-paths",
               "--json", report.name, *operands]
    (folder / "cmd").write_text(shlex.join(command) + "\n")
    done = run_quietly(command, folder)
    return Seen(done.returncode,
                json.loads(report.read_text()) if report.exists() else {},
                done.stderr)


def describe(finding: dict) -> str:
    hop = " ".join(finding["blame"]["between"])
    return (f"{finding['severity']} {finding['kind']} at {hop}, "
            f"{finding['count']} of {finding['exposure']}, "
            f"expected {finding['expected']}, "
            f"observed {finding['observed']}")


# ---- what may be wrong with it ----

def wrong_exit(seen: Seen, expected: int) -> Iterator[str]:
    if seen.exit != expected:
        yield f"exit {seen.exit}, not {expected} {seen.stderr.strip()}"


def wrong_pairs(scene: Scene, seen: Seen) -> Iterator[str]:
    """connections of the report that are two different ones"""
    for path in seen.report.get("paths", ()):
        if path["match"]["class"] == "ambiguous":
            continue
        flows = {flow["point"]: flow for flow in path["flows"]}
        if not {"a", "b"} <= flows.keys():
            continue
        port = flows["a"]["client"]["port"]
        number = port - recipes.ends("a", 0)[0][1]
        isn = scene.isn.get((number, flows["a"]["isn_client"]))
        known = None not in (isn, flows["b"]["isn_client"])
        if (flows["b"]["client"]["port"]
                != recipes.ends("b", number)[0][1]
                or known and isn != flows["b"]["isn_client"]):
            yield (f"{path['id']}: the connection from port {port} at a is "
                   f"paired with another one at b")


def check_clean(case: Clean, scene: Scene, seen: Seen) -> Iterator[str]:
    yield from wrong_exit(seen, case.exit)
    for finding in seen.faults():
        yield "falsely accused: " + describe(finding)
    yield from wrong_pairs(scene, seen)
    summary = seen.report.get("summary", {})
    for key, expected in (("paths_complete", case.matched),
                          ("ambiguous_flows", case.ambiguous)):
        if expected is not None and summary.get(key) != expected:
            yield f"{key} is {summary.get(key)}, not {expected}"


def check_control(case: Clean, scene: Scene, seen: Seen) -> Iterator[str]:
    found = False
    for finding in seen.faults():
        right = (finding["category"] == "ack"
                 and finding["severity"] in ("error", "critical")
                 and finding["blame"]["between"] == ["a", "b"]
                 and finding["observed"] == scene.planted
                 and finding["count"] == case.copies)
        if right and not found:
            found = True
        else:
            yield "not what was planted: " + describe(finding)
    if not found and case.control != MISSED and not (
            case.control == FOUND_OR_OPEN and seen.report.get("undecided")):
        yield f"the wrong ACK number {scene.planted} at b was not found"
    if found:
        yield from wrong_exit(seen, DISCREPANT)
    yield from wrong_pairs(scene, seen)


def check_fault(case: Fault, scene: Scene, seen: Seen) -> Iterator[str]:
    yield from wrong_exit(seen, DISCREPANT)
    counts: dict = {}
    for finding in seen.faults():
        key = finding["kind"], " ".join(finding["blame"]["between"])
        counts[key] = counts.get(key, 0) + finding["count"]
    expected = {(kind, hop): count for kind, hop, count in case.faults}
    if counts != expected:
        yield f"reported {counts}, planted {expected}"
    follow = {finding["kind"] for finding in seen.consequences()}
    if follow != set(case.consequences):
        yield f"consequences {sorted(follow)}, not {list(case.consequences)}"
    yield from wrong_pairs(scene, seen)


# ---- what it costs ----

COLLECTED = re.compile(r"Collected : (\d+)")
MOST = 5.0  # that four times the packets may take; n^2: 16
SKIPPED = 77


def instructions(command: List[str], folder: pathlib.Path) -> float:
    """what callgrind counts: the same on every machine and under any load"""
    done = run_quietly(["valgrind", "--tool=callgrind",
                        "--callgrind-out-file=/dev/null", *command], folder)
    collected = COLLECTED.search(done.stderr)
    if not collected or not done.stdout.endswith("}\n"):
        raise RuntimeError(f"no report under callgrind: {done.stderr}")
    return float(collected[1])


# ---- running cases ----

@dataclasses.dataclass
class Run:
    """A case with one seed, and with or without a planted ACK"""
    name: str
    case: object
    seed: int
    plant: bool = False


def runs_of(group: str) -> Iterator[Run]:
    cases = {"clean": CLEAN, "fault": FAULT, "scaling": SCALING}[group]
    for case in cases:
        for seed in case.seeds:
            yield Run(case.name, case, seed)
    if group == "fault":
        for case in CLEAN:
            for seed in case.seeds if case.control else ():
                yield Run(case.name + ".ack", case, seed, plant=True)


def scene_of(run: Run, make: Make) -> Scene:
    scene = Scene(random.Random(f"{run.case.name}/{run.seed}"), run.plant)
    make(scene)
    return scene


def check_scaling(program: str, run: Run, folder: pathlib.Path
                  ) -> Iterator[str]:
    command = [program, "audit", "--threads", "1", "--json", "-"]
    costs = []
    for times in (1, 4):
        scene = scene_of(run, run.case.make(run.case.size * times))
        costs.append(instructions(command + scene.write(folder), folder))
    ratio = costs[1] / costs[0]
    if ratio > MOST:
        yield f"four times the packets take {ratio:.1f} times the instructions"


def complaints(program: str, run: Run, folder: pathlib.Path) -> List[str]:
    if isinstance(run.case, Scaling):
        return list(check_scaling(program, run, folder))
    scene = scene_of(run, run.case.make)
    seen = audit(program, folder, scene.write(folder))
    check = (check_fault if isinstance(run.case, Fault) else
             check_control if run.plant else check_clean)
    return list(check(run.case, scene, seen))


def selected(run: Run, only: Optional[str]) -> bool:
    return only in (None, run.name, f"{run.name}/{run.seed}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Odd but possible traffic: natwitness must not accuse.")
    parser.add_argument("--natwitness", required=True)
    parser.add_argument("--group", choices=("clean", "fault", "scaling"))
    parser.add_argument("--only", metavar="NAME[/SEED]")
    parser.add_argument("--keep", metavar="FOLDER", type=pathlib.Path)
    parser.add_argument("--verbose", action="store_true",
                        help="name the cases that hold, too")
    options = parser.parse_args()
    program = os.path.abspath(options.natwitness)
    groups = [options.group] if options.group else ["clean", "fault",
                                                    "scaling"]
    runs = [run for group in groups for run in runs_of(group)
            if selected(run, options.only)]
    if not runs:
        parser.error(f"there is no case {options.only}")
    if not shutil.which("valgrind"):
        counted = [run for run in runs if isinstance(run.case, Scaling)]
        for run in counted:
            print(f"{run.name}: skipped, there is no valgrind to count")
        if len(counted) == len(runs):
            return SKIPPED
        runs = [run for run in runs if run not in counted]
    bad = 0
    for run in runs:
        with tempfile.TemporaryDirectory() as scratch:
            folder = (options.keep or pathlib.Path(scratch)) / (
                f"{run.name}-{run.seed}")
            folder.mkdir(parents=True, exist_ok=True)
            found = complaints(program, run, folder)
        label = f"{run.name}/{run.seed} ({run.case.what})"
        for complaint in found:
            print(f"{label}: {complaint}")
        if found:
            bad += 1
            print("    replay: " + shlex.join([
                "python3", os.path.abspath(__file__), "--natwitness", program,
                "--only", f"{run.name}/{run.seed}", "--keep", "/tmp/odd"]))
        elif options.verbose:
            print(f"{label}: holds")
    print(f"{len(runs) - bad} of {len(runs)} hold")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
