#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# No file outgrows its noun: sizes.sh PROJECT
set -euo pipefail
cd "$1"

failed=0
cap()
{
	local limit=$1 file lines
	shift
	for file; do
		lines=$(wc -l <"$file")
		if [ "$lines" -gt "$limit" ]; then
			echo "$file: $lines lines, at most $limit"
			failed=1
		fi
	done
}

mapfile -t sources < <(find src tests -name '*.c')
mapfile -t headers < <(find src -name '*.h')
mapfile -t interfaces < <(find include tests -name '*.h')
cap 600 "${sources[@]}"
cap 120 "${headers[@]}"
cap 400 "${interfaces[@]}"
exit "$failed"
