#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hold reports against the schema.

usage: validate.py SCHEMA REPORT...

Prints a line for each violation; exits 1 when there is one.
"""
import json
import sys

import jsonschema


def violations(schema, file):
    with open(file, encoding="utf-8") as stream:
        report = json.load(stream)
    for error in jsonschema.Draft202012Validator(schema).iter_errors(report):
        where = "/".join(str(step) for step in error.absolute_path)
        yield "%s: %s: %s" % (file, where or "report", error.message[:300])


def main(schema_file, *reports):
    with open(schema_file, encoding="utf-8") as stream:
        schema = json.load(stream)
    jsonschema.Draft202012Validator.check_schema(schema)
    lines = [line for file in reports for line in violations(schema, file)]
    print("\n".join(lines), end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
