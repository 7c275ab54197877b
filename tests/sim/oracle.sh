#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Another program's opinion of the simulator: in calm cases without faults
# tshark must find no malformed packet, no bad checksum and no TCP oddity at
# any point; in wild ones still no malformed packet and no bad checksum.
# usage: oracle.sh SIMULATE [SEEDS [FIRST]]
set -eu

simulate=$1
seeds=${2:-20}
first=${3:-1}
command -v tshark >/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

# Lines of frames of CAPTURE that match FILTER.
look() {
	tshark -n -r "$1" -o tcp.desegment_tcp_streams:FALSE \
		-o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE \
		-Y "$2" 2>>"$work/err"
}

complain() {
	lines=$(look "$2" "$3" | head -n 3)
	[ -z "$lines" ] && return 0
	echo "seed $1, ${2##*/}: $3"
	echo "$lines"
	bad=1
}

wrong='_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0'
# tshark calls these odd. A repeated SYN/ACK, and the ACK that answers it, are
# what TCP_DEFER_ACCEPT does; a reused port is a workload.
odd='tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment ||
	tcp.analysis.out_of_order ||
	(tcp.analysis.duplicate_ack && tcp.seq > 1) ||
	(tcp.analysis.retransmission && !tcp.flags.syn)'

seed=$first
while [ "$seed" -lt $((first + seeds)) ]; do
	"$simulate" --seed "$seed" "$work/wild" >/dev/null
	"$simulate" --seed "$seed" --calm "$work/calm" >/dev/null
	for capture in "$work"/wild/*.pcap "$work"/calm/*.pcap; do
		complain "$seed" "$capture" "$wrong"
	done
	for capture in "$work"/calm/*.pcap; do
		complain "$seed" "$capture" "$odd"
	done
	rm -rf "$work/wild" "$work/calm"
	seed=$((seed + 1))
done
exit "$bad"
