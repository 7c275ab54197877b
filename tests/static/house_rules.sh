#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The rules of docs/STYLE.md that a pattern can check: house_rules.sh PROJECT
set -euo pipefail
cd "$1"

failed=0
complain()
{
	echo "$1"
	failed=1
}

# forbid WHY PATTERN FILE...: no line of the files may match, comments aside.
forbid()
{
	local why=$1 pattern=$2 hits
	shift 2
	[ $# -gt 0 ] || return 0
	hits=$(grep -EnH "$pattern" "$@" |
		grep -Ev '^[^:]*:[0-9]+:[[:space:]]*(/\*|\*|//)' || true)
	[ -z "$hits" ] || complain "$why:
$hits"
}

mapfile -t all < <(find include src tests -name '*.[ch]')
mapfile -t library < <(find src -name '*.[ch]' -not -path 'src/cli/*')
mapfile -t headers < <(find include src -name '*.h')
mapfile -t no_uthash < <(find src -name '*.[ch]' \
	-not -path 'src/path/*.c' -not -path 'src/audit/*.c')
mapfile -t no_pcap < <(find src -name '*.[ch]' -not -path 'src/capture/*.c')
mapfile -t no_jansson < <(find src -name '*.[ch]' \
	-not -path 'src/report/*.c' -not -path 'src/cli/topofile.c')
mapfile -t views < <(find src/report src/cli -name '*.[ch]')

forbid 'the library is silent and does not end the program' \
	'(^|[^a-z_])(printf|puts|perror|exit|abort|err|errx|getenv) *\(' \
	"${library[@]}"
forbid 'the library does not know stdout and stderr' \
	'(^|[^a-z_])(stdout|stderr)[^a-z_]' "${library[@]}"
forbid 'uthash.h belongs into the cold tables of path and audit' \
	'# *include *[<"]uthash.h' "${no_uthash[@]}"
forbid 'pcap.h belongs into src/capture/*.c' \
	'# *include *[<"]pcap' "${no_pcap[@]}"
forbid 'jansson.h belongs into src/report/*.c and src/cli/topofile.c' \
	'# *include *[<"]jansson.h' "${no_jansson[@]}"
forbid 'structs and enums carry no typedef' \
	'^typedef (struct|enum|union)' "${headers[@]}"
forbid 'trailing white space' '[ 	]+$' "${all[@]}"

# Views see the public header and each other, nothing of the inside.
for file in "${views[@]}"; do
	while read -r header; do
		[ "$header" = natwitness.h ] ||
			[ -f "src/report/$header" ] ||
			[ -f "src/cli/$header" ] ||
			complain "$file: includes $header, not the public API"
	done < <(sed -n 's/^# *include *"\(.*\)".*/\1/p' "$file")
done

# Scripts and sources say their licence in the first lines.
while read -r file; do
	head -n 3 "$file" | grep -q SPDX-License-Identifier ||
		complain "$file: no SPDX-License-Identifier in the first lines"
done < <(find include src tests samples .ci -type f \
	\( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -path .ci/run \))

exit "$failed"
