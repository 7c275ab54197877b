#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Exit codes 0, 1, 2, 3 and what --fail-on makes of them.
. "$(dirname "$0")/lib.sh"

nw audit before=client.pcap after=server.pcap
exits 0
complains_not
says 'consistent'

nw audit before=client.pcap after=bad-ack.pcap
exits 1
complains_not
says 'ack-untranslated'
says 'before'
says 'after'

nw audit --topology topology.json
exits 1
says 'lb'

nw audit --fail-on warning before=client.pcap after=bad-ack.pcap
exits 1
nw audit --fail-on error before=client.pcap after=bad-ack.pcap
exits 1

# One point alone without a fault is in order.
nw audit client.pcap
exits 0

nw audit before=client.pcap after=text.pcap
exits 2

nw audit udp.pcap
exits 3

# A point's own order does not matter, time does.
nw audit --all-paths --json all.json before=client.pcap after=server.pcap
exits 0
holds all.json '"paths": *3'

finish
