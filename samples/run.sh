#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds natwitness and audits a sample: samples/run.sh [STORY]
# STORY is a folder of this one; without it, the question that started all.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1-}" in
-h | --help)
	echo "usage: samples/run.sh [STORY]"
	echo "Builds natwitness and audits samples/STORY (question-57187)."
	exit 0
	;;
esac
story=${1:-question-57187}
story=${story%/}
story=samples/${story#samples/}
if [ ! -f "$story/topology.json" ]; then
	echo "$story/topology.json: no such sample; there are:" >&2
	ls -d samples/*/ >&2
	exit 2
fi

. tests/setup.sh
# shellcheck disable=SC2086 # a list of words
nw_packages $NW_BUILD_PACKAGES

if [ ! -f build/release/CMakeCache.txt ]; then
	cmake --preset release -DBUILD_TESTING=OFF -DNW_WERROR=OFF >&2
fi
cmake --build --preset release --target natwitness >&2

expected=1
[ ! -f "$story/exit" ] || expected=$(cat "$story/exit")

printf '\n$ cd %s\n$ natwitness audit --topology topology.json\n\n' "$story"
code=0
(cd "$story" && ../../build/release/natwitness audit \
	--topology topology.json </dev/null) || code=$?

printf '\nExit code %d: ' "$code"
case $code in
0) echo "nothing that a device did wrong was found." ;;
1) echo "a fault was found; a script would stop here." ;;
3) echo "nothing could be compared." ;;
*) echo "natwitness could not do its work." ;;
esac
if [ "$code" -ne "$expected" ]; then
	echo "This sample should have ended with exit code $expected." >&2
	exit 1
fi
echo "That is what this sample is expected to show."
