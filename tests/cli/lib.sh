# SPDX-License-Identifier: MIT
# Sourced by test_*.sh: bash test_X.sh NATWITNESS
#
#	nw audit client.pcap server.pcap	runs it in a scratch folder
#	exits 0; says 'regular expression'	what stdout must hold
#	complains 'regular expression'		what stderr must hold
#
# Sentences may be reworded; so look for the words that matter, not for lines.
# shellcheck shell=bash
set -u

natwitness=$(realpath "$1")
if [ ! -x "$natwitness" ]; then
	echo "usage: bash test_X.sh NATWITNESS"
	exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python=/usr/bin/python3
[ -x "$python" ] || python=python3
"$python" "$here/make_inputs.py" "$scratch" || exit 1
cd "$scratch" || exit 1
unset NO_COLOR CLICOLOR_FORCE
export LC_ALL=C TZ=UTC TERM=xterm-256color

checks=0
failures=0
code=
command_line=

bad()
{
	failures=$((failures + 1))
	printf 'FAILED: %s\n        %s\n' "$command_line" "$1"
	printf '        stdout:\n'
	head -c 1500 out | head -n 12 | cat -v | sed 's/^/          /'
	printf '        stderr:\n'
	head -c 1500 err | head -n 12 | cat -v | sed 's/^/          /'
}

# Runs natwitness; leaves its output in the files out and err.
nw()
{
	command_line="natwitness $*"
	code=0
	timeout 60 "$natwitness" "$@" >out 2>err </dev/null || code=$?
}

# Runs a line of shell in which "$natwitness" is the program.
nw_shell()
{
	command_line=$1
	code=0
	: >out
	: >err
	export natwitness
	timeout 60 bash -c "$1" 2>err </dev/null || code=$?
}

exits()
{
	checks=$((checks + 1))
	[ "$code" -eq "$1" ] || bad "exit code $code and not $1"
}

says()
{
	checks=$((checks + 1))
	grep -Eiq -- "$1" out || bad "stdout without: $1"
}

complains()
{
	checks=$((checks + 1))
	grep -Eiq -- "$1" err || bad "stderr without: $1"
}

says_nothing()
{
	checks=$((checks + 1))
	[ ! -s out ] || bad "stdout is not empty"
}

complains_not()
{
	checks=$((checks + 1))
	[ ! -s err ] || bad "stderr is not empty"
}

# holds FILE REGEX
holds()
{
	checks=$((checks + 1))
	grep -Eiq -- "$2" "$1" || bad "$1 does not hold: $2"
}

# that CONDITION...: a command that must succeed
that()
{
	checks=$((checks + 1))
	"$@" || bad "not so: $*"
}

# A failure that the user can act on: exit 2, one message on stderr, nothing
# on stdout. Each argument is something that the message must name.
refuses()
{
	exits 2
	says_nothing
	complains '^natwitness: '
	local words
	for words; do
		complains "$words"
	done
}

finish()
{
	printf '%d checks, %d failed\n' "$checks" "$failures"
	[ "$failures" -eq 0 ]
	exit
}
