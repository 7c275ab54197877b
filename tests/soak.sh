#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The soak tier: hours, started by hand. tests/soak.sh [HOURS] (default 4)
# A third of the time goes to the fuzzers, a third to the properties, the rest
# is for large pairs. Put what it prints last into docs/TESTING.md.
set -euo pipefail
cd "$(dirname "$0")/.."

hours=${1:-4}
seconds=$((hours * 1200))
. tests/setup.sh
# shellcheck disable=SC2086 # lists of words
nw_packages $NW_BUILD_PACKAGES $NW_TEST_PACKAGES clang libclang-rt-14-dev llvm

table=build/soak.md
mkdir -p build/soak
{
	echo "| what | how long | how much | result |"
	echo "|---|---|---|---|"
} >"$table"
failed=0
row()
{
	printf '| %s | %s s | %s | %s |\n' "$@" | tee -a "$table"
	[ "$4" = passed ] || failed=1
}

for preset in fuzz release; do
	cmake --preset "$preset" -DBUILD_TESTING=ON
	cmake --build --preset "$preset"
done

mapfile -t fuzzers < <(find build/fuzz/tests -maxdepth 1 -name 'fuzz_*' \
	-type f -perm -u+x | sort)
for program in "${fuzzers[@]}"; do
	name=${program##*/fuzz_}
	start=$SECONDS
	result=passed
	mkdir -p "build/soak/$name" "tests/fuzz/corpus/$name"
	"$program" -max_total_time=$((seconds / ${#fuzzers[@]})) -timeout=20 \
		-fork="$(nproc)" -artifact_prefix="build/soak/$name-" \
		"build/soak/$name" "tests/fuzz/corpus/$name" \
		>"build/soak/$name.log" 2>&1 || result="build/soak/$name.log"
	row "fuzz_$name" $((SECONDS - start)) \
		"$(find "build/soak/$name" -type f | wc -l) inputs kept" \
		"$result"
done

mapfile -t laws < <(find build/release/tests -maxdepth 1 \
	-name 'property_*' -type f -perm -u+x | sort)
for program in "${laws[@]}"; do
	law=${program##*/property_}
	start=$SECONDS
	seed=100000
	result=passed
	while [ $((SECONDS - start)) -lt $((seconds / ${#laws[@]})) ]; do
		"$program" --seeds 100 --seed "$seed" \
			>"build/soak/$law.log" 2>&1 || {
			result="seed $seed: build/soak/$law.log"
			break
		}
		seed=$((seed + 100))
	done
	row "property_$law" $((SECONDS - start)) \
		"$((seed - 100000)) seeds" "$result"
done

start=$SECONDS
result=passed
tests/bench/bench.py --build build/release --pairs p10m,f1m --rounds 3 \
	>build/soak/bench.md || result=failed
row "large pairs" $((SECONDS - start)) "10 M packets, 1 M connections" \
	"$result"

printf '\nFor docs/TESTING.md:\n\n'
cat "$table"
exit "$failed"
