#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every kind of finding that the audit can report is explained: kinds.sh PROJECT
set -euo pipefail
cd "$1"

catalogue=$(tr '\n\t' '  ' <src/audit/finding.c |
	grep -oE '\] = +\{ *"[a-z0-9-]+"' | grep -oE '"[a-z0-9-]+"' | sort)
explained=$(cat src/cli/explain_*.c | tr '\n\t' '  ' |
	grep -oE '\{ *"[a-z0-9-]+"' | grep -oE '"[a-z0-9-]+"' | sort)

if [ "$(wc -l <<<"$catalogue")" -lt 10 ]; then
	echo "the catalogue of src/audit/finding.c was not understood"
	exit 1
fi
missing=$(comm -23 <(echo "$catalogue") <(echo "$explained"))
if [ -n "$missing" ]; then
	echo "not explained in src/cli/explain_*.c:"
	echo "$missing"
	exit 1
fi
