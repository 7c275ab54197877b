#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The short tier: installs what is missing, builds with ASan and UBSan, runs
# every test with few seeds. Arguments go to ctest: tests/run.sh -L unit
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1-}" in
-h | --help)
	echo "usage: tests/run.sh [CTEST-OPTION...]"
	echo "Installs missing packages, builds preset dev, runs the tests."
	exit 0
	;;
esac

. tests/setup.sh
# shellcheck disable=SC2086 # lists of words
nw_packages $NW_BUILD_PACKAGES $NW_TEST_PACKAGES

nw_say "building with AddressSanitizer and UndefinedBehaviorSanitizer"
cmake --preset dev >&2
cmake --build --preset dev >&2

nw_say "running the tests"
exec ctest --test-dir build/dev --output-on-failure -j "$(nproc)" "$@" \
	</dev/null
