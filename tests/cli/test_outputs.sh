#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A report is whole or not there; stdout carries one thing; colour is asked for.
. "$(dirname "$0")/lib.sh"

escape=$(printf '\033')

# The report beside the summary, and instead of it.
nw audit --json report.json before=client.pcap after=bad-ack.pcap
exits 1
says 'ack-untranslated'
holds report.json '"schema": *"natwitness-report/1"'
that "$python" -m json.tool report.json /dev/null

nw audit --json - before=client.pcap after=bad-ack.pcap
exits 1
that "$python" -m json.tool out /dev/null
that cmp -s out report.json

nw audit --quiet before=client.pcap after=bad-ack.pcap
exits 1
that [ "$(wc -l <out)" -le 3 ]

# No path of this machine in a report.
nw audit --json report.json "before=$scratch/client.pcap" \
	"after=$scratch/bad-ack.pcap"
exits 1
that test -z "$(grep -F "$scratch" report.json)"

# Trouble leaves the old report as it was, and no temporary file.
echo 'the old report' >old.json
before=$(ls)
nw audit --json old.json before=client.pcap after=text.pcap
refuses 'text\.pcap'
that grep -qx 'the old report' old.json
that [ "$(ls)" = "$before" ]

mkdir target.json
nw audit --json target.json client.pcap
refuses 'target\.json'
nw audit --json nowhere/report.json client.pcap
refuses 'nowhere/report\.json' 'no such file'

# A device that takes nothing, and a reader that has gone.
nw_shell '"$natwitness" audit client.pcap >/dev/full'
exits 2
complains '^natwitness: .*(space|write|stdout|standard output)'
nw audit --json /dev/full client.pcap
exits 2
complains '/dev/full'
nw_shell '"$natwitness" audit client.pcap >&-'
exits 2
complains '^natwitness: '
nw_shell '"$natwitness" --help >/dev/full'
exits 2
nw_shell '"$natwitness" audit --json /dev/null client.pcap >out'
exits 0

# Colour: never into a file, unless asked; NO_COLOR wins over a terminal.
nw audit before=client.pcap after=bad-ack.pcap
that test -z "$(grep -F "$escape" out)"
nw audit --color always before=client.pcap after=bad-ack.pcap
says "$escape"
nw audit --color never before=client.pcap after=bad-ack.pcap
that test -z "$(grep -F "$escape" out)"
if command -v script >/dev/null 2>&1; then
	inner="$(printf %q "$natwitness") audit before=client.pcap"
	inner="$inner after=bad-ack.pcap"
	nw_shell "script -qec '$inner' /dev/null >out"
	says "$escape"
	nw_shell "NO_COLOR=1 script -qec '$inner' /dev/null >out"
	that test -z "$(grep -F "$escape" out)"
fi

# The same captures give the same bytes.
nw audit --threads 1 --json one.json before=client.pcap after=bad-ack.pcap
nw audit --threads 4 --json four.json before=client.pcap after=bad-ack.pcap
that cmp -s one.json four.json

finish
