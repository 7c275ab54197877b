#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Golden cases: run natwitness in a folder, hold what it says against files.

usage: golden.py --natwitness PROGRAM [--update] CASE...

A case is a folder with

    cmd             arguments of natwitness, quoted as in a shell; without
                    this file: audit --topology topology.json
    expected.txt    what it prints on stdout
    expected.json   its report (of `audit` only)
    exit            its exit code

and its captures. A report must also be what docs/report.schema.json says,
and be the same bytes with one thread and with several. --update writes the
expectations instead of comparing them; read the diff before you keep it.
"""
import argparse
import difflib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs/report.schema.json"
VERSION = re.compile(r'("generator":\s*\{[^}]*"version":\s*")[^"]*')
DIFF_LINES = 60


def arguments(case):
    cmd = case / "cmd"
    if cmd.exists():
        return shlex.split(cmd.read_text(), comments=True)
    return ["audit", "--topology", "topology.json"]


def run(program, case, threads):
    """what one run gives, by the name of the file that keeps it"""
    args = arguments(case)
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC", "NO_COLOR": "1"}
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        if args[0] == "audit":
            args += ["--threads", str(threads), "--json", str(report)]
        done = subprocess.run([program, *args], cwd=case, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=250)
        seen = {"exit": f"{done.returncode}\n", "expected.txt": done.stdout}
        if report.exists():
            text = report.read_text(encoding="utf-8")
            # A release must not change every case.
            seen["expected.json"] = VERSION.sub(r"\1VERSION", text)
    return seen, done.stderr


def schema_faults(text):
    import jsonschema

    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    for error in list(validator.iter_errors(json.loads(text)))[:5]:
        place = "/".join(str(part) for part in error.absolute_path)
        yield f"report breaks the schema at {place or '/'}: {error.message}"


def difference(name, expected, seen):
    lines = list(difflib.unified_diff(
        expected.splitlines(), seen.splitlines(),
        f"{name} (expected)", f"{name} (now)", lineterm="", n=2))
    more = len(lines) - DIFF_LINES
    return "\n".join(lines[:DIFF_LINES] +
                     ([f"... {more} lines more"] if more > 0 else []))


def check(program, case, update):
    """the complaints about one case"""
    seen, stderr = run(program, case, threads=1)
    if seen["exit"] == "2\n" or seen["exit"].startswith("-"):
        yield f"exit {seen['exit'].strip()}: {stderr.strip()}"
    if "expected.json" in seen:
        yield from schema_faults(seen["expected.json"])
        threaded, _ = run(program, case, threads=4)
        if threaded != seen:
            yield "four threads give another result than one"
    for name in ("exit", "expected.txt", "expected.json"):
        file = case / name
        expected = file.read_text() if file.exists() else None
        now = seen.get(name)
        if now == expected:
            continue
        if update and now is not None:
            file.write_text(now)
            print(f"{case.name}: {name} written")
        elif update:
            file.unlink()
            print(f"{case.name}: {name} removed")
        elif expected is None:
            yield f"{name} is missing: build the target update-golden"
        elif now is None:
            yield f"there is a {name}, and no report was written"
        else:
            yield difference(name, expected, now)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--natwitness", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("cases", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    program = os.path.abspath(options.natwitness)
    bad = 0
    for case in options.cases:
        complaints = list(check(program, case.resolve(), options.update))
        bad += bool(complaints)
        for complaint in complaints:
            print(f"{case.name}: {complaint}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
