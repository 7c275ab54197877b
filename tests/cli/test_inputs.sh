#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What is no capture is refused by name; what is a damaged one is still read.
. "$(dirname "$0")/lib.sh"

nw audit nowhere.pcap
refuses 'nowhere\.pcap' 'no such file'

for file in empty text image gzip zstd report cut-header; do
	nw audit client.pcap "$file.pcap"
	refuses "$file\\.pcap"
done

nw audit client.pcap gzip.pcap
refuses 'gzip|compress'
nw audit client.pcap zstd.pcap
refuses 'zstd|zstandard|compress'

mkdir hollow
nw audit client.pcap hollow
refuses 'hollow'

nw audit --topology nowhere.json
refuses 'nowhere\.json' 'no such file'
nw audit --topology elsewhere.json
refuses 'nowhere\.pcap'
nw audit --topology broken.json
refuses 'broken\.json' 'line|column|end'
nw audit --topology unknown-key.json
refuses 'unknown-key\.json' 'colour'

nw audit --filter 'tcp porridge 80' client.pcap
refuses 'porridge|filter'

# Cut in the middle of a record: audited, and the report says so.
nw audit --json report.json before=cut-record.pcap after=server.pcap
exits 0
says 'cut|truncat|middle of a record|incomplete'
holds report.json '"verdict": *"consistent"'

# Facts about captures are no faults, but a test that saw nothing never passes.
nw audit --json report.json udp.pcap
exits 3
says 'TCP'
holds report.json '"verdict": *"inconclusive"'

nw audit none.pcap client.pcap
exits 3
says 'none|no packet|no TCP|nothing|connection'

nw audit --json report.json before=client.pcap after=other.pcap
exits 3
says 'no connection|no flow|nothing|both|common|two points'
holds report.json '"verdict": *"inconclusive"'

# Standard input, names and pieces of a point.
nw_shell '"$natwitness" audit before=- after=server.pcap <client.pcap >out'
exits 0
says 'before'
nw audit before=client.pcap before=other.pcap after=server.pcap
exits 0
nw audit before=client.pcap,other.pcap after=server.pcap
exits 0

finish
