#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write the small inputs of the command line tests into a folder.

usage: make_inputs.py FOLDER

    client.pcap     three HTTP connections, client side of a device
    server.pcap     the same behind it: source NAT, server ISN shifted
    bad-ack.pcap    the same, one request with an ACK the device forgot
                    to translate
    other.pcap      other connections, hours later
    udp.pcap        no TCP at all
    cut-header.pcap the first 10 bytes of a capture
    cut-record.pcap client.pcap without its last 30 bytes
    empty.pcap      no byte;  none.pcap: a header and no packet
    text.pcap, image.pcap, gzip.pcap, zstd.pcap, report.pcap  not captures
    topology.json, unknown-key.json, broken.json, elsewhere.json
"""
import gzip
import json
import pathlib
import socket
import struct
import sys

SYN, ACK, PSH, FIN = 2, 16, 8, 1
START = 1_700_000_000 * 10**9
REQUEST = b"GET /index.html HTTP/1.1\r\nHost: www.example.com\r\n\r\n"
RESPONSE = (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" +
            b"natwitness" * 90)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ethernet_ip(source, target, protocol, body, ident):
    addresses = socket.inet_aton(source) + socket.inet_aton(target)
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), ident, 0x4000,
                         64, protocol, 0) + addresses
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    return b"\2\0\0\0\0\2" + b"\2\0\0\0\0\1" + b"\x08\0" + header + body


def tcp(source, target, seq, ack, flags, payload=b"", ident=0):
    options = b"\x02\x04\x05\xb4\x01\x01\x04\x02" if flags & SYN else b""
    body = struct.pack("!HHIIBBHHH", source[1], target[1], seq % 2**32,
                       ack % 2**32 if flags & ACK else 0,
                       (20 + len(options)) // 4 << 4, flags, 64240, 0, 0)
    body += options + payload
    pseudo = (socket.inet_aton(source[0]) + socket.inet_aton(target[0]) +
              struct.pack("!BBH", 0, 6, len(body)))
    body = body[:16] + struct.pack("!H", checksum(pseudo + body)) + body[18:]
    return ethernet_ip(source[0], target[0], 6, body, ident)


def conversation(number, seed):
    """(sender, relative seq, relative ack, flags, payload) in order"""
    request = REQUEST.replace(b"index", b"page%d-%d" % (number, seed))
    response = RESPONSE + b"%d" % (seed * 7)
    asked, told = 1 + len(request), 1 + len(response)
    return [
        ("client", 0, 0, SYN, b""),
        ("server", 0, 1, SYN | ACK, b""),
        ("client", 1, 1, ACK, b""),
        ("client", 1, 1, PSH | ACK, request),
        ("server", 1, asked, ACK, b""),
        ("server", 1, asked, PSH | ACK, response),
        ("client", asked, told, ACK, b""),
        ("client", asked, told, FIN | ACK, b""),
        ("server", told, asked + 1, FIN | ACK, b""),
        ("client", asked + 1, told + 1, ACK, b""),
    ]


def packets(side, forget_ack_of=None, shift=0, seed=0):
    """(time, frame) of three connections at one side of the device"""
    for number in range(3):
        client = [("10.0.0.7", 40712 + number),
                  ("198.51.100.1", 61000 + 7 * number)][side]
        server = ("192.0.2.10", 80)
        isn_client = 0x10000000 * (number + 3) + 1234567 + seed
        isn_server = (0x20000000 * (number + 1) + 7654321 + seed) % 2**32
        near_isn_server = isn_server
        isn_server += (0x33000000 + number) * side
        steps = conversation(number, seed)
        for step, (sender, seq, ack, flags, payload) in enumerate(steps):
            time = START + shift + (number * 500 + step * 20) * 10**6
            # The device takes 30 us, in the direction of travel.
            time += 30_000 * (side if sender == "client" else 1 - side)
            ident = number * 100 + step + 1
            if sender == "client":
                number_acked = isn_server + ack
                if side and forget_ack_of == number and payload:
                    number_acked = near_isn_server + ack
                frame = tcp(client, server, isn_client + seq, number_acked,
                            flags, payload, ident)
            else:
                frame = tcp(server, client, isn_server + seq,
                            isn_client + ack, flags, payload, ident)
            yield time, frame


def udp():
    body = struct.pack("!HHHH", 5353, 53, 8 + 4, 0) + b"ping"
    frame = ethernet_ip("10.0.0.7", "192.0.2.53", 17, body, 1)
    return [(START + i * 10**6, frame) for i in range(5)]


def pcap(records):
    out = struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1)
    for time, frame in sorted(records):
        out += struct.pack("<IIII", time // 10**9, time % 10**9, len(frame),
                           len(frame)) + frame
    return out


def topology(points, devices=None, **more):
    return json.dumps({
        "points": [{"name": name, "files": [file]} for name, file in points],
        "devices": devices or [], **more}).encode()


def main():
    folder = pathlib.Path(sys.argv[1])
    client = pcap(packets(0))
    pair = [("client", "client.pcap"), ("server", "bad-ack.pcap")]
    lb = [{"name": "lb", "between": ["client", "server"]}]
    files = {
        "client.pcap": client,
        "server.pcap": pcap(packets(1)),
        "bad-ack.pcap": pcap(packets(1, forget_ack_of=1)),
        "other.pcap": pcap(packets(1, shift=5 * 3600 * 10**9, seed=99999)),
        "udp.pcap": pcap(udp()),
        "cut-header.pcap": client[:10],
        "cut-record.pcap": client[:-30],
        "empty.pcap": b"",
        "none.pcap": pcap([]),
        "text.pcap": b"This is a letter and not a capture of packets.\n" * 9,
        "image.pcap": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 200,
        "gzip.pcap": gzip.compress(client, mtime=0),
        "zstd.pcap": b"\x28\xb5\x2f\xfd\x04\x58" + b"\x51" * 100,
        "report.pcap": b'{ "schema": "natwitness-report/1" }\n',
        "topology.json": topology(pair, lb),
        "unknown-key.json": topology(pair, lb, colour="red"),
        "broken.json": b'{ "points": [ ',
        "elsewhere.json": topology([("client", "nowhere.pcap")]),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


main()
