#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure an audit against what else reads captures, on the same files.

usage: bench.py [--build DIR] [--quick] [--pairs NAME,...] [--rounds N]
                [--scaling] [--callgrind] [--tshark NAME,...]

Makes pairs of captures with genpair (kept in DIR/bench; about 6 GB for all),
runs each program on both files of a pair, one round after the other so that
a busy machine hurts all alike, and prints Markdown tables: medians, and as
ratio the median of the ratios of the rounds. What is not installed is left
out. --quick: one small pair, three rounds. --scaling: how the time grows
from 1 M to 10 M packets. --callgrind: instructions a packet, the figure to
watch for regressions, since it does not depend on who else is at work.
"""
import argparse
import json
import math
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

PAIRS = {
    # name: (genpair's arguments, what it is)
    "p20k": ("-f 20 -p 20000 -b 5", "20 k packets, whole"),
    "p100k": ("-f 100 -p 100000 -b 20", "100 k packets, whole"),
    "p1m": ("-f 1000 -p 1000000 -b 100", "1 M packets, whole"),
    "s1m": ("-f 1000 -p 1000000 -m 64 -r 3 -b 100",
            "1 M small packets, whole"),
    "p10m": ("-f 10000 -c 2000 -p 10000000 -s 96 -b 1000",
             "10 M packets, headers only"),
    "f1m": ("-f 1000000 -c 100000 -R 1e6 -p 10000000 -s 96 -b 10000 -r 1",
            "1 M short connections, headers only"),
    "x1m": ("-f 1000 -c 1000 -p 1000000 -s 96 -b 100", "scaling, 1 M"),
    "x10m": ("-f 10000 -c 1000 -p 10000000 -s 96 -b 1000", "scaling, 10 M"),
}
USUAL = ["p1m", "s1m", "p10m", "f1m"]
FIELDS = ["frame.number", "frame.time_epoch", "ip.src", "tcp.srcport",
          "ip.dst", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw"]
MIB = 1024


class Pair:
    """two captures of one device, and how many packets they hold"""

    def __init__(self, name, build):
        self.name = name
        folder = build / "bench"
        folder.mkdir(parents=True, exist_ok=True)
        prefix = folder / name
        self.files = [f"{prefix}-before.pcap", f"{prefix}-after.pcap"]
        self.count = prefix.with_suffix(".count")
        if not self.count.exists():
            print(f"making {name} ...", file=sys.stderr)
            made = subprocess.run(
                [build / "tests/genpair", "-o", prefix,
                 *PAIRS[name][0].split()],
                check=True, capture_output=True, text=True).stdout
            packets = sum(int(line.split(":")[1].split()[0])
                          for line in made.splitlines())
            self.count.write_text(str(packets))
        self.packets = int(self.count.read_text())
        self.planted = sum(1 for _ in open(f"{prefix}-truth.jsonl"))


class Run:
    """what one run cost; several processes add up"""

    def __init__(self, wall=0.0, cpu=0.0, peak=0):
        self.wall, self.cpu, self.peak = wall, cpu, peak

    def __add__(self, other):
        return Run(self.wall + other.wall, self.cpu + other.cpu,
                   max(self.peak, other.peak))


class Bench:
    def __init__(self, build):
        self.build = build
        self.program = str(build / "natwitness")
        self.scratch = tempfile.TemporaryDirectory()
        self.report = os.path.join(self.scratch.name, "report.json")

    def measure(self, command, codes=(0,)):
        line = os.path.join(self.scratch.name, "line")
        if os.path.exists(line):
            os.remove(line)
        subprocess.run([self.build / "tests/measure", line, *command],
                       check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall, user, system, peak, code = open(line).read().split()
        if int(code) not in codes:
            sys.exit(f"exit code {code}: {' '.join(map(str, command))}")
        return Run(float(wall), float(user) + float(system), int(peak))

    def audit(self, threads):
        def command(pair):
            return [self.program, "audit", "--quiet", "--threads", threads,
                    "--json", self.report, f"before={pair.files[0]}",
                    f"after={pair.files[1]}"]

        return lambda pair: self.measure(command(pair), codes=(0, 1))

    def found(self):
        """how many segments with a wrong ACK the last report speaks of; the
        pairs also lose packets, and what the device lost is not counted"""
        with open(self.report, encoding="utf-8") as file:
            report = json.load(file)
        return sum(finding.get("count", 1) for finding in report["findings"]
                   if finding["class"] == "fault"
                   and finding["category"] == "ack")

    def together(self, *command):
        return lambda pair: self.measure([*command, *pair.files])

    def in_turn(self, *command):
        return lambda pair: sum(
            (self.measure([*command, file]) for file in pair.files), Run())

    def programs(self, tshark):
        fields = [word for name in FIELDS for word in ("-e", name)]
        rows = {
            "cat": self.together("cat"),
            "natwitness audit, 1 thread": self.audit("1"),
            "natwitness audit, 2 threads": self.audit("2"),
            "capinfos -M -c": self.together("capinfos", "-M", "-c"),
            "tcptrace -n": self.in_turn("tcptrace", "-n"),
        }
        if tshark:
            rows["tshark -n -T fields"] = self.in_turn(
                "tshark", "-n", "-T", "fields", *fields, "-r")
        return {name: run for name, run in rows.items()
                if name.startswith("natwitness") or
                shutil.which(name.split()[0])}


def median(values):
    return statistics.median(list(values))


def table(bench, pair, rounds, tshark):
    programs = bench.programs(tshark)
    runs = {name: [] for name in programs}
    for name, run in programs.items():
        if name != "tshark -n -T fields":
            run(pair)  # warms the page cache and is not counted
    for _ in range(rounds):
        for name, run in programs.items():
            runs[name].append(run(pair))
    ours = runs["natwitness audit, 1 thread"]
    print(f"\n### {pair.name}: {PAIRS[pair.name][1]}, "
          f"{pair.packets / 1e6:.2f} M packets in both files\n")
    print("| program, on both files | wall s | CPU s | peak MiB | "
          "ns a packet (CPU) | wall / `cat` | CPU / audit's |")
    print("|---|---|---|---|---|---|---|")
    for name, all_runs in runs.items():
        wall = median(run.wall for run in all_runs)
        cpu = median(run.cpu for run in all_runs)
        peak = max(run.peak for run in all_runs)
        to_cat = median(run.wall / base.wall
                        for run, base in zip(all_runs, runs["cat"]))
        to_us = median(run.cpu / base.cpu for run, base in zip(all_runs, ours))
        print(f"| {name} | {wall:.3f} | {cpu:.3f} | {peak / MIB:.1f} | "
              f"{cpu / pair.packets * 1e9:.0f} | {to_cat:.1f} | "
              f"{to_us:.2f} |")
    bytes_each = max(run.peak for run in ours) * 1024 / pair.packets
    print(f"\nThe audit's peak is {bytes_each:.1f} bytes a packet read; wrong "
          f"segments found: {bench.found()}, planted: {pair.planted}.")
    sys.stdout.flush()


def scaling(bench, build, rounds):
    small, large = Pair("x1m", build), Pair("x10m", build)
    audit = bench.audit("1")
    costs = {pair.name: [] for pair in (small, large)}
    for turn in range(rounds + 1):
        for pair in (small, large):
            run = audit(pair)
            if turn:
                costs[pair.name].append(run.cpu)
    growth = median(costs["x10m"]) / median(costs["x1m"])
    exponent = math.log(growth) / math.log(large.packets / small.packets)
    print(f"\nScaling, {small.packets / 1e6:.2f} M to "
          f"{large.packets / 1e6:.2f} M packets, as many connections open: "
          f"CPU {median(costs['x1m']):.3f} s to {median(costs['x10m']):.3f} "
          f"s, exponent {exponent:.2f}.")


def callgrind(bench, build):
    pair = Pair("p20k", build)
    log = os.path.join(bench.scratch.name, "callgrind")
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={log}",
         bench.program, "audit", "--quiet", "--threads", "1",
         "--json", bench.report, f"before={pair.files[0]}",
         f"after={pair.files[1]}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)
    total = next((int(line.split(":")[-1].replace(",", ""))
                  for line in done.stderr.splitlines()
                  if "Collected" in line), None)
    if total is None:
        sys.exit(done.stderr)
    print(f"\nInstructions, {pair.packets} packets: {total}, "
          f"{total / pair.packets:.0f} a packet.")


def machine():
    model = "?"
    for line in open("/proc/cpuinfo", encoding="utf-8"):
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {os.cpu_count()} cores, Linux, {platform.machine()}"


def names(text):
    wanted = [name for name in text.split(",") if name]
    for name in wanted:
        if name not in PAIRS:
            raise argparse.ArgumentTypeError(
                f"no pair {name}; there are {', '.join(PAIRS)}")
    return wanted


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path,
                        default=pathlib.Path("build/release"))
    parser.add_argument("--pairs", type=names, default=None)
    parser.add_argument("--tshark", type=names, default=["p100k"],
                        help="pairs that tshark reads too (it is slow)")
    parser.add_argument("--rounds", type=int, default=None)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--callgrind", action="store_true")
    options = parser.parse_args()
    build = options.build.resolve()
    rounds = options.rounds or (3 if options.quick else 5)
    pairs = options.pairs
    if pairs is None:
        pairs = ["p100k"] if options.quick else ["p100k"] + USUAL
        if options.scaling or options.callgrind:
            pairs = []
    bench = Bench(build)
    print(f"Measured on {machine()}; {rounds} rounds, page cache warm.")
    for name in pairs:
        table(bench, Pair(name, build), rounds, name in options.tshark)
    if options.scaling:
        scaling(bench, build, rounds)
    if options.callgrind:
        callgrind(bench, build)


if __name__ == "__main__":
    main()
