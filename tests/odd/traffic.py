# SPDX-License-Identifier: MIT
"""TCP traffic for odd.py: conversations, what lies between two capture
points, what capturing does to the packets, and the files.

A conversation is a list of segments as the point nearer the client sees them,
in order of time. Everything else is a function from such a list to another;
none changes the segments it is given. Times are nanoseconds since 1970.
"""
import dataclasses
import pathlib
import random
import socket
import struct
from typing import Callable, Iterable, List, Optional, Tuple

CLIENT, SERVER = 0, 1
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
US, MS, S = 10**3, 10**6, 10**9
START = 1700000000 * S
ROUND_TRIP = 1 * MS
TRANSIT = 20 * US
MSS = b"\x02\x04\x05\xb4"
SACK_PERMITTED = b"\x01\x01\x04\x02"
MOD = 2**32


@dataclasses.dataclass
class Segment:
    time: int
    sender: int
    seq: int
    ack: int
    flags: int
    payload: bytes = b""
    ip_id: int = 0
    ttl: int = 64
    options: bytes = b""
    sure: bool = False  # no capture misses it

    def but(self, **changes) -> "Segment":
        return dataclasses.replace(self, **changes)


Segments = List[Segment]
Endpoint = Tuple[str, int]
Ids = Callable[[], int]


# ---- conversations ----

def counting(rng: random.Random, most: int = 1) -> Ids:
    """IP IDs of a host that counts, `most` - 1 of them used elsewhere"""
    last = rng.randrange(65536)

    def following() -> int:
        nonlocal last
        last = (last + rng.randint(1, most)) % 65536
        return last or 1
    return following


def constant(value: int) -> Ids:
    return lambda: value


def random_ids(rng: random.Random) -> Ids:
    return lambda: rng.randrange(1, 65536)


class Talk:
    """One conversation being written down"""

    def __init__(self, rng: random.Random, start: int = START,
                 ids: Optional[Tuple[Ids, Ids]] = None) -> None:
        self.segments: Segments = []
        self.now = start
        self.next = [rng.randrange(MOD), rng.randrange(MOD)]
        self.ids = ids or (counting(rng), counting(rng))

    def say(self, sender: int, flags: int, payload: bytes = b"",
            after: int = 0, **fields) -> Segment:
        """the next segment of `sender`, `after` ns later than the last"""
        self.now += after
        segment = Segment(self.now, sender, self.next[sender],
                          self.next[1 - sender] if flags & ACK else 0,
                          flags, payload, self.ids[sender]())
        segment = segment.but(**fields)
        self.segments.append(segment)
        length = len(payload) + bool(flags & SYN) + bool(flags & FIN)
        self.next[sender] = (self.next[sender] + length) % MOD
        return segment

    def open(self, options: bytes = MSS) -> None:
        self.say(CLIENT, SYN, options=options)
        self.say(SERVER, SYN | ACK, after=ROUND_TRIP, options=options)
        self.say(CLIENT, ACK, after=1 * US)

    def close(self) -> None:
        self.say(SERVER, FIN | ACK, after=1 * US)
        self.say(CLIENT, FIN | ACK, after=8 * US)
        self.say(SERVER, ACK, after=ROUND_TRIP)


def request_of(rng: random.Random) -> bytes:
    return b"GET /%016x HTTP/1.1\r\n\r\n" % rng.randrange(2**64)


def download(rng: random.Random, blocks: int, size: int = 64,
             gap: int = 50 * US, every: int = 1, start: int = START,
             ids: Optional[Tuple[Ids, Ids]] = None, closed: bool = True,
             content: Optional[random.Random] = None, zeros: bool = False,
             options: bytes = MSS) -> Talk:
    """A request and `blocks` segments of answer; an ACK for every `every`"""
    content = content or rng
    talk = Talk(rng, start, ids)
    talk.open(options)
    talk.say(CLIENT, PSH | ACK, request_of(content), after=1 * US)
    first = start + 3 * ROUND_TRIP
    for block in range(blocks):
        talk.now = first + block * gap
        talk.say(SERVER, ACK,
                 bytes(size) if zeros else content.randbytes(size))
        if block % every == every - 1:
            talk.say(CLIENT, ACK, after=5 * US)
    if closed:
        talk.close()
    return talk


def exchange(rng: random.Random, start: int, request: bytes) -> Talk:
    """One request, one short answer"""
    talk = Talk(rng, start, (random_ids(rng), random_ids(rng)))
    talk.open()
    talk.say(CLIENT, PSH | ACK, request, after=1 * US)
    talk.say(SERVER, FIN | PSH | ACK, b"200 OK", after=ROUND_TRIP)
    talk.say(CLIENT, FIN | ACK, after=1 * US)
    talk.say(SERVER, ACK, after=ROUND_TRIP)
    return talk


# ---- between the points ----

def across(segments: Segments, shift: Tuple[int, int],
           ids: Optional[Ids] = None) -> Segments:
    """The other side of a router that adds `shift` to the numbers of each
    stream; `ids` gives new IP IDs"""
    there = []
    for seen in segments:
        onward = seen.sender == CLIENT
        ack = seen.ack
        if seen.flags & ACK:
            ack = (ack + shift[1 - seen.sender]) % MOD
        there.append(seen.but(
            time=seen.time + (TRANSIT if onward else -TRANSIT),
            ttl=seen.ttl + (-1 if onward else 1),
            seq=(seen.seq + shift[seen.sender]) % MOD, ack=ack,
            ip_id=ids() if ids else seen.ip_id))
    return there


# ---- what capturing does ----

def lose(rng: random.Random, segments: Segments, rate: float,
         keep: int = 4) -> Segments:
    """without some segments; the first `keep` stay"""
    return [seen for index, seen in enumerate(segments)
            if index < keep or seen.sure or rng.random() >= rate]


def merge(segments: Segments, most: int,
          chance: Callable[[], bool] = lambda: True) -> Segments:
    """GRO: neighbouring data of the server becomes one segment, of at most
    `most` bytes"""
    merged: Segments = []
    for seen in segments:
        last = merged[-1] if merged else None
        if (last and last.payload and seen.payload and chance()
                and last.sender == seen.sender == SERVER
                and (last.seq + len(last.payload)) % MOD == seen.seq
                and len(last.payload) + len(seen.payload) <= most):
            merged[-1] = last.but(payload=last.payload + seen.payload,
                                  time=seen.time)
        else:
            merged.append(seen)
    return merged


def twice(segments: Segments, after: int, ttl: int = 0) -> Segments:
    """A SPAN port that copies every packet twice, `ttl` routers apart"""
    return [copy for seen in segments for copy in
            (seen, seen.but(time=seen.time + after, ttl=seen.ttl - ttl))]


def step_clock(segments: Segments, at: int, by: int) -> Segments:
    return [seen.but(time=seen.time + by) if seen.time >= at else seen
            for seen in segments]


# ---- files ----

def checksum(data: bytes) -> int:
    """of an even number of bytes: their ones' complement sum is the
    remainder by 65535"""
    return 65535 - (int.from_bytes(data, "big") % 65535 or 65535)


def frame(seen: Segment, client: Endpoint, server: Endpoint) -> bytes:
    """Ethernet, IPv4, TCP"""
    source, target = ((client, server) if seen.sender == CLIENT
                      else (server, client))
    addresses = socket.inet_aton(source[0]) + socket.inet_aton(target[0])
    tcp = struct.pack("!HHIIBBHHH", source[1], target[1], seen.seq, seen.ack,
                      (20 + len(seen.options)) // 4 << 4, seen.flags, 65535,
                      0, 0) + seen.options + seen.payload
    pseudo = addresses + struct.pack("!HH", 6, len(tcp))
    padding = bytes(len(tcp) % 2)
    tcp = (tcp[:16] + struct.pack("!H", checksum(pseudo + tcp + padding))
           + tcp[18:])
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), seen.ip_id, 0x4000,
                     seen.ttl, 6, 0) + addresses
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return b"\x02" * 6 + b"\x04" * 6 + b"\x08\x00" + ip + tcp


def write(file: pathlib.Path, frames: Iterable[Tuple[int, bytes]]) -> None:
    """a pcap file with nanoseconds"""
    with open(file, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 1))
        for time, data in sorted(frames, key=lambda entry: entry[0]):
            out.write(struct.pack("<IIII", time // S, time % S,
                                  len(data), len(data)) + data)
