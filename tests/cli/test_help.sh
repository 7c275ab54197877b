#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Help goes to stdout, misuse to stderr, and both say what to do next.
. "$(dirname "$0")/lib.sh"

nw --help
exits 0
complains_not
says '^usage: natwitness'
says 'audit'
that [ "$(wc -l <out)" -le 24 ]

nw --version
exits 0
complains_not
says '^natwitness [0-9]+\.[0-9]+\.[0-9]+'

nw audit --help
exits 0
complains_not
says '--topology'
says '--json'
says '--all-paths'
says '--fail-on'

nw help audit
exits 0
says '--topology'

nw explain
exits 0
complains_not
says 'ack-untranslated'

nw explain ack-untranslated
exits 0
complains_not
says 'ack-untranslated'

nw explain ack-untransalted
refuses 'ack-untransalted' 'ack-untranslated'

nw
exits 2
says_nothing
complains 'usage|--help'

nw frobnicate
refuses 'frobnicate'

nw audit --frobnicate client.pcap
refuses 'frobnicate'

nw audit --jsn report.json client.pcap
refuses 'jsn' '--json'

nw audit
refuses 'captur|point|input|--topology'

nw audit --topology
refuses '--topology|argument|value'

nw audit --threads many client.pcap
refuses 'threads' 'many'

nw audit --fail-on sometimes client.pcap
refuses 'fail-on' 'sometimes'

nw audit --max-findings -1 client.pcap
refuses 'max-findings'

nw audit --topology topology.json client.pcap
refuses 'topology'

finish
