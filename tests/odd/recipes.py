# SPDX-License-Identifier: MIT
"""The scenes of odd.py: each function here takes an empty scene and fills it.

A scene has a point a near the client and a point b near the server; between
them somebody translates addresses, ports and sequence numbers. What is odd is
said in the table of odd.py.
"""
import pathlib
import random
import struct
from typing import Callable, Dict, List, Optional, Tuple

from traffic import (
    ACK, CLIENT, FIN, MOD, MS, MSS, PSH, ROUND_TRIP, RST, S, SACK_PERMITTED,
    SERVER, START, SYN, US, Endpoint, Ids, Segments, Talk, across, constant,
    counting, download, exchange, frame, lose, merge, random_ids, request_of,
    step_clock, twice, write)

FAR = 123456789  # what a planted ACK number is wrong by
Camera = Callable[[Segments], Segments]


def as_it_is(segments: Segments) -> Segments:
    return segments


def ends(point: str, number: int) -> Tuple[Endpoint, Endpoint]:
    """client and server of connection `number`"""
    if point == "a":
        return ("10.0.0.5", 20000 + number), ("203.0.113.9", 80)
    # Ports of a NAT come in no order.
    return (("198.51.100.1", 30000 + number * 7919 % 30000),
            ("10.9.9.9", 8080))


class Scene:
    """Captures, and what is true of them"""

    def __init__(self, rng: random.Random, plant: bool = False) -> None:
        self.rng = rng
        self.plant = plant  # whether a wrong ACK is still to be planted
        self.planted: Optional[int] = None
        self.files: Dict[str, List[Tuple[int, bytes]]] = {"a": [], "b": []}
        self.inputs = {"a": ["a"], "b": ["b"]}
        # (connection, its client's ISN at a): that ISN at b
        self.isn: Dict[Tuple[int, int], int] = {}

    def capture(self, file: str, number: int, segments: Segments) -> None:
        client, server = ends(file[0], number)
        self.files.setdefault(file, []).extend(
            (seen.time, frame(seen, client, server)) for seen in segments)

    def add(self, number: int, segments: Segments, at_a: Camera = as_it_is,
            at_b: Camera = as_it_is, shift: Optional[Tuple[int, int]] = None,
            ids: Optional[Ids] = None, file_b: str = "b") -> None:
        """A connection as both points see it"""
        shift = shift or (self.rng.randrange(MOD), self.rng.randrange(MOD))
        here = list(segments)
        there = across(here, shift, ids)
        for seen in here:
            if seen.flags & (SYN | ACK) == SYN:
                self.isn[number, seen.seq] = (seen.seq + shift[0]) % MOD
        if self.plant:
            self.plant = False
            self.planted = plant_wrong_ack(here, there)
        self.capture("a", number, at_a(here))
        self.capture(file_b, number, at_b(there))

    def write(self, folder: pathlib.Path) -> List[str]:
        """the operands that make natwitness read it"""
        for name, frames in self.files.items():
            write(folder / f"{name}.pcap", frames)
        return [point + "=" + ",".join(f"{name}.pcap" for name in names)
                for point, names in self.inputs.items()]


def plant_wrong_ack(here: Segments, there: Segments) -> int:
    """One ACK of the client, in the middle, is wrong at b; no capture misses
    it. Returns the wrong number."""
    acks = [index for index, seen in enumerate(here) if index > 2
            and seen.sender == CLIENT and seen.flags & ACK]
    pure = [index for index in acks if here[index].flags == ACK
            and not here[index].payload]
    found = (pure or acks)[len(pure or acks) // 2]
    wrong = (there[found].ack + FAR) % MOD
    here[found] = here[found].but(sure=True)
    there[found] = there[found].but(sure=True, ack=wrong)
    return wrong


def scale(shift: int) -> bytes:
    return b"\x01\x03\x03" + bytes([shift])


def by_time(segments: Segments) -> Segments:
    return sorted(segments, key=lambda seen: seen.time)


# ---- IP IDs that prove nothing ----

def lossy(scene: Scene, talk: Talk, rate: float) -> None:
    scene.add(0, talk.segments,
              at_a=lambda seen: lose(scene.rng, seen, rate),
              at_b=lambda seen: lose(scene.rng, seen, rate))


def id_wrap(scene: Scene) -> None:
    rng = scene.rng
    busy = (counting(rng, 60), counting(rng, 60))
    lossy(scene, download(rng, 12000, gap=30 * US, ids=busy), .05)


def id_stops(scene: Scene) -> None:
    talk = download(scene.rng, 2500)
    talk.segments[1000:] = [seen.but(ip_id=0x4242)
                            for seen in talk.segments[1000:]]
    lossy(scene, talk, .02)


def id_coarse(scene: Scene) -> None:
    talk = download(scene.rng, 2000)
    talk.segments = [seen.but(ip_id=1 + index // 8 % 4000)
                     for index, seen in enumerate(talk.segments)]
    lossy(scene, talk, .02)


def id_same(value: int) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        ids = constant(value)
        lossy(scene, download(scene.rng, 1500, ids=(ids, ids)), .02)
    return make


def id_random(scene: Scene) -> None:
    ids = random_ids(scene.rng)
    lossy(scene, download(scene.rng, 1500, ids=(ids, ids)), .02)


def ids_missing(rng: random.Random) -> Tuple[Ids, Ids]:
    return constant(0), constant(0)


# ---- content ----

def zeros_merged(scene: Scene) -> None:
    rng = scene.rng
    talk = download(rng, 300, 1000, every=7, zeros=True)
    stop = rng.randrange(8, 40)
    scene.add(0, talk.segments,
              at_a=lambda seen: merge(seen, 5000,
                                      lambda: rng.random() < .4)[:-stop])


def zeros_resent(scene: Scene) -> None:
    rng = scene.rng
    talk = download(rng, 300, 1000, every=2, zeros=True)
    again: Segments = []
    for seen in talk.segments:
        if len(seen.payload) == 1000 and rng.random() < .05:
            half = seen.but(time=seen.time + 400 * US,
                            payload=seen.payload[500:])
            again += [half.but(ip_id=seen.ip_id + 100 & 65535),
                      half.but(time=half.time + 1, seq=half.seq + 500,
                               ip_id=seen.ip_id + 101 & 65535)]
    talk.segments = by_time(talk.segments + again)
    scene.add(0, talk.segments,
              at_a=lambda seen: lose(rng, seen, .02)[:-7],
              at_b=lambda seen: lose(rng, seen, .02))


def resent(seen_again: Callable[..., Dict[str, object]]
           ) -> Callable[[Scene], None]:
    """40 connections with retransmissions that differ from the original"""
    def make(scene: Scene) -> None:
        rng = scene.rng
        for number in range(40):
            talk = download(rng, 80, 400, start=START + number * 50 * MS,
                            ids=ids_missing(rng))
            again = [seen.but(time=seen.time
                              + rng.choice((200 * US, 3 * MS, 250 * MS)),
                              **seen_again(seen))
                     for seen in talk.segments
                     if seen.sender == SERVER and seen.payload
                     and rng.random() < .1]
            scene.add(number, by_time(talk.segments + again),
                      at_a=lambda seen: lose(rng, seen, .03),
                      at_b=lambda seen: lose(rng, seen, .03))
    return make


resent_equal = resent(lambda seen: {"payload": b"X" * len(seen.payload)})
resent_short = resent(lambda seen: {"payload": seen.payload[:200]})


# ---- what one capture does not have ----

def rst_missed(scene: Scene) -> None:
    talk = download(scene.rng, 50, closed=False)
    talk.say(CLIENT, RST, after=100 * US, ip_id=0, ttl=255)
    scene.add(0, talk.segments, at_a=lambda seen: seen[:-1])


def tap_stops(scene: Scene) -> None:
    """b has two taps; a connection goes on after its tap has stopped"""
    rng = scene.rng
    scene.inputs["b"] = ["b1", "b2"]
    scene.files = {"a": [], "b1": [], "b2": []}
    late = START + 20 * S
    for number in range(20):
        talk = download(rng, 30, 400, start=START + number * 10 * MS,
                        closed=False)
        last = talk.segments[-1]
        if number == 3:
            talk.segments += [
                last.but(time=last.time + (1 + again) * S, flags=PSH | ACK,
                         payload=b"hello", ip_id=900 + again)
                for again in range(6)]
        stopped = number % 2 == 1
        if not stopped:
            talk.segments.append(talk.segments[-1].but(time=late))
        scene.add(number, talk.segments, file_b="b1" if stopped else "b2",
                  shift=(7, 8), at_b=lambda seen: [
                      one for one in seen
                      if not stopped or one.time < START + 1 * S])


def one_way(scene: Scene) -> None:
    talk = download(scene.rng, 400, 1000)
    scene.add(0, [seen for index, seen in enumerate(talk.segments)
                  if index <= 30 or seen.sender == CLIENT])


def one_way_alone(scene: Scene) -> None:
    one_way(scene)
    alone(scene)


def alone(scene: Scene) -> None:
    """only the capture at a is there"""
    del scene.files["b"], scene.inputs["b"]


def only_from(sender: int) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        scene.add(0, download(scene.rng, 300, 1000).segments,
                  at_b=lambda seen: [one for one in seen
                                     if one.sender == sender])
    return make


def nothing_at_b(scene: Scene) -> None:
    scene.add(0, download(scene.rng, 20).segments, at_b=lambda seen: [])


def acks_thinned(scene: Scene) -> None:
    rng = scene.rng
    talk = download(rng, 2000, ids=ids_missing(rng))

    def thin(segments: Segments) -> Segments:
        return [seen for seen in segments
                if seen.sure or seen.sender == SERVER or seen.flags != ACK
                or seen.payload or seen.time < START + 5 * MS
                or rng.random() < .5]
    scene.add(0, talk.segments, at_a=lambda seen: lose(rng, seen, .01),
              at_b=lambda seen: lose(rng, thin(seen), .01))


def mid_flow(rate: float) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        rng = scene.rng
        habits = ((counting(rng), counting(rng)), ids_missing(rng),
                  (random_ids(rng), random_ids(rng)),
                  (constant(0x1234), constant(0x1234)))
        for number in range(60):
            talk = download(rng, 60, 400, start=START + number * 100 * US,
                            ids=habits[number % 4])
            scene.add(number, talk.segments[8:-6],
                      at_a=lambda seen: lose(rng, seen, rate, 0),
                      at_b=lambda seen: lose(rng, seen, rate, 0))
    return make


# ---- time ----

def late_ack(scene: Scene) -> None:
    talk = download(scene.rng, 1500, 1000, gap=20 * US)
    acks = [index for index, seen in enumerate(talk.segments)
            if seen.sender == CLIENT]
    late = talk.segments[acks[300]]
    talk.segments[acks[300]] = late.but(time=late.time + 8 * MS)
    scene.add(0, by_time(talk.segments))


def late_ack_alone(scene: Scene) -> None:
    late_ack(scene)
    alone(scene)


def clock_steps(by: int, rate: float) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        rng = scene.rng
        scene.add(0, download(rng, 200, 1000).segments,
                  at_a=lambda seen: lose(rng, seen, rate),
                  at_b=lambda seen: lose(
                      rng, step_clock(seen, START + 5 * MS, by), rate))
    return make


def doubled(where: str, rate: float) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        rng = scene.rng

        def camera(point: str, after: int, ttl: int) -> Camera:
            return lambda seen: lose(
                rng, twice(seen, after, ttl) if point in where else seen,
                rate)
        scene.add(0, download(rng, 200, 1000).segments,
                  at_a=camera("a", 3 * US, 1), at_b=camera("b", 2 * US, 0))
    return make


# ---- unusual openings ----

def keepalives(rate: float, counted: bool) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        rng = scene.rng
        for number in range(30):
            talk = download(rng, 3, 1000, start=START + number * 3 * MS,
                            closed=False,
                            ids=None if counted else ids_missing(rng))
            for _ in range(20):
                probe = talk.say(CLIENT, ACK, after=100 * MS)
                talk.segments[-1] = probe.but(
                    seq=(probe.seq - 1) % MOD,
                    payload=bytes(number % 2))
                talk.say(SERVER, ACK, after=900 * US)
            scene.add(number, talk.segments, shift=(0, 0),
                      at_a=lambda seen: lose(rng, seen, rate),
                      at_b=lambda seen: lose(rng, seen, rate))
    return make


def syn_again(own_shift: bool) -> Callable[[Scene], None]:
    """A first SYN with another ISN, which got no answer"""
    def make(scene: Scene) -> None:
        rng = scene.rng
        for number in range(30):
            talk = download(rng, 5, 1000, start=START + S + number * 5 * MS)
            first = talk.segments[0]
            early = first.but(time=first.time - 900 * MS, ip_id=9,
                              seq=rng.randrange(MOD))

            def randomised(seen: Segments) -> Segments:
                return [seen[0].but(seq=rng.randrange(MOD))] + seen[1:]
            scene.add(number, [early] + talk.segments,
                      shift=(rng.randrange(MOD), 0),
                      at_b=randomised if own_shift else as_it_is)
    return make


def both_open(scene: Scene) -> None:
    rng = scene.rng
    for number in range(20):
        talk = Talk(rng, START + number * 10 * MS)
        ours = talk.say(CLIENT, SYN, options=MSS)
        theirs = talk.say(SERVER, SYN, after=1 * US, options=MSS)
        for first, after in ((theirs, 899 * US), (ours, 500)):
            talk.now += after
            talk.segments.append(first.but(
                time=talk.now, flags=SYN | ACK,
                ack=talk.next[1 - first.sender],
                ip_id=talk.ids[first.sender]()))
        for _ in range(5):
            word = b"%010d" % rng.randrange(10**9)
            talk.say(CLIENT, PSH | ACK, word, after=ROUND_TRIP)
            talk.say(SERVER, PSH | ACK, word[::-1], after=900 * US)
        scene.add(number, talk.segments)


def fast_open(scene: Scene) -> None:
    rng = scene.rng
    for number in range(20):
        talk = Talk(rng, START + number * 10 * MS)
        request = b"GET /%08d" % rng.randrange(10**8)
        talk.say(CLIENT, SYN, request, options=MSS)
        if number % 2 == 0:  # the server does not take data with a SYN
            talk.next[CLIENT] = (talk.next[CLIENT] - len(request)) % MOD
        talk.say(SERVER, SYN | ACK, after=900 * US, options=MSS)
        talk.say(CLIENT, ACK, b"" if number % 2 else request, after=1 * US)
        talk.say(SERVER, PSH | ACK, b"200 %08d" % rng.randrange(10**8),
                 after=ROUND_TRIP)
        talk.say(CLIENT, FIN | ACK, after=10 * US)
        talk.say(SERVER, FIN | ACK, after=ROUND_TRIP)
        talk.say(CLIENT, ACK, after=10 * US)
        scene.add(number, talk.segments)


def tuple_reused(rate: float) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        rng = scene.rng
        start = START
        for _ in range(40):
            talk = download(rng, 5, 1000, start=start)
            scene.add(0, talk.segments,
                      at_a=lambda seen: lose(rng, seen, rate, 0),
                      at_b=lambda seen: lose(rng, seen, rate, 0))
            start = talk.now + 2 * MS
    return make


# ---- who is who ----

def short_flows(count: int, gap: int, request: Optional[bytes] = None,
                new_ids: bool = True) -> Callable[[Scene], None]:
    """Connections of one request; everything is rewritten on the way"""
    def make(scene: Scene) -> None:
        rng = scene.rng
        for number in range(count):
            talk = exchange(rng, START + number * gap,
                            request or request_of(rng))
            scene.add(number, talk.segments,
                      ids=random_ids(rng) if new_ids else None)
    return make


def proxied(scene: Scene) -> None:
    rng = scene.rng
    for number in range(20):
        seed = rng.randrange(MOD)
        start = START + number * 100 * MS
        near = download(rng, 40, 800, start=start,
                        content=random.Random(seed))
        far = download(rng, 40, 800, start=start + 200 * US, gap=47 * US,
                       every=3, content=random.Random(seed))
        scene.isn[number, near.segments[0].seq] = far.segments[0].seq
        scene.capture("a", number, near.segments)
        scene.capture("b", number, far.segments)


def paused(segments: Segments, first: int, pause: int) -> Segments:
    """segment number `first` and all that follow are that much later"""
    return segments[:first] + [seen.but(time=seen.time + pause)
                               for seen in segments[first:]]


def proxied_in_turn(scene: Scene) -> None:
    """The proxy opens its own connection once the client's is open, and
    offers a window scale of its own on either."""
    rng = scene.rng
    for number in range(20):
        seed = rng.randrange(MOD)
        start = START + number * 100 * MS
        near = download(rng, 40, 800, start=start,
                        content=random.Random(seed), options=MSS + scale(2))
        far = download(rng, 40, 800, start=start + 3 * MS, gap=47 * US,
                       every=3, content=random.Random(seed),
                       options=MSS + scale(7))
        scene.isn[number, near.segments[0].seq] = far.segments[0].seq
        request, answer = 3, 4  # after the handshake
        here = paused(paused(near.segments, request, 10 * MS),
                      answer, 200 * US)
        # The client is far away, and the proxy does not wait for its ACKs.
        acks = [seen.but(time=seen.time + 2 * MS) for seen in here[answer:]
                if seen.sender == CLIENT]
        here = [seen for seen in here
                if seen.sender == SERVER or seen in here[:answer]]
        scene.capture("a", number, by_time(here + acks))
        scene.capture("b", number, paused(far.segments, request, 7100 * US))


# ---- faults ----

def wrong_acks(by: int, blocks: int) -> Callable[[Scene], None]:
    """Every ACK of the client is wrong from the first block on"""
    def make(scene: Scene) -> None:
        rng = scene.rng
        talk = download(rng, blocks, ids=ids_missing(rng))
        scene.add(0, talk.segments, shift=(5, 6), at_b=lambda seen: [
            one.but(ack=(one.ack + by) % MOD)
            if index > 3 and one.sender == CLIENT else one
            for index, one in enumerate(seen)])
    return make


def stale_sack(blocks: int) -> Callable[[Scene], None]:
    """SACK blocks of the client keep the numbers from before the device"""
    def make(scene: Scene) -> None:
        talk = download(scene.rng, blocks, options=MSS + SACK_PERMITTED)
        talk.segments = [
            seen.but(options=b"\x01\x01\x05\x0a" + struct.pack(
                "!II", (seen.ack + 64) % MOD, (seen.ack + 128) % MOD))
            if seen.sender == CLIENT and seen.flags == ACK and index > 4
            else seen for index, seen in enumerate(talk.segments)]
        scene.add(0, talk.segments, shift=(5, 600000001))
    return make


def each_once(scene: Scene) -> None:
    """One wrong ACK on each of 300 connections"""
    rng = scene.rng
    for number in range(300):
        talk = exchange(rng, START + number * 30 * US, request_of(rng))
        scene.add(number, talk.segments, shift=(7777, 99999),
                  at_b=lambda seen: [
                      one.but(ack=(one.ack + FAR) % MOD) if index == 3
                      else one for index, one in enumerate(seen)])


def two_wrong_alone(scene: Scene) -> None:
    talk = download(scene.rng, 1500, 1000, gap=200 * US)
    acks = [index for index, seen in enumerate(talk.segments)
            if seen.sender == CLIENT and seen.flags == ACK]
    for index, by in ((acks[500], 50000000), (acks[900], -50000000)):
        seen = talk.segments[index]
        talk.segments[index] = seen.but(ack=(seen.ack + by) % MOD)
    scene.add(0, talk.segments)
    alone(scene)


def stamped(segments: Segments) -> Segments:
    """with timestamps of a millisecond: each side echoes what came last"""
    last = [0, 0]  # TSval, by sender
    there = []
    for seen in by_time(segments):
        last[seen.sender] = 7000 * (seen.sender + 1) + seen.time // MS % 10**8
        there.append(seen.but(options=seen.options + struct.pack(
            "!HHII", 0x0101, 0x080a, last[seen.sender],
            last[1 - seen.sender] if seen.flags & ACK else 0)))
    return there


def echo_denied(scene: Scene) -> None:
    """Somebody before a sets 20 ACKs back to what was acknowledged before"""
    talk = download(scene.rng, 400, 1000, gap=2 * MS)
    acks = [index for index, seen in enumerate(talk.segments)
            if seen.sender == CLIENT and seen.flags == ACK]
    segments = stamped(talk.segments)
    for index in acks[100:300:10]:
        seen = segments[index]
        segments[index] = seen.but(ack=(seen.ack - 50 * 1000) % MOD)
    scene.add(0, segments)
    alone(scene)


def stamped_disorder(scene: Scene) -> None:
    """Old ACKs that the network delays; a single point"""
    talk = download(scene.rng, 400, 1000, gap=2 * MS)
    scene.add(0, by_time([
        seen.but(time=seen.time + 60 * MS) if seen.sender == CLIENT
        and index > 20 and index % 7 == 0 else seen
        for index, seen in enumerate(stamped(talk.segments))]))
    alone(scene)


def rst_injected(scene: Scene) -> None:
    """A reset with another TTL is only at a, and its sender goes on"""
    talk = download(scene.rng, 400)

    def forged(segments: Segments) -> Segments:
        true = segments[100]
        return by_time(segments + [true.but(
            time=true.time + 1 * US, flags=RST, payload=b"", ack=0,
            ip_id=0, ttl=250, seq=true.seq + len(true.payload))])
    scene.add(0, talk.segments, at_a=forged)


def gap_unfilled(scene: Scene) -> None:
    """A block of the answer never passes, whatever the borders of the segments
    that repeat it; the client asks for it and closes in the end"""
    talk = download(scene.rng, 40, 500, every=1, closed=False)
    data = [seen for seen in talk.segments if seen.sender == SERVER
            and seen.payload]
    lost, follower = data[30], data[31]
    # From there on the client does not come farther.
    talk.segments = [
        seen.but(ack=lost.seq) if seen.sender == CLIENT
        and seen.time > lost.time else seen for seen in talk.segments]
    content = lost.payload + follower.payload
    for number, size in enumerate((1000, 700, 1000)):
        talk.say(SERVER, ACK, after=300 * MS, seq=lost.seq,
                 payload=content[:size])
        talk.segments.append(talk.segments[-1].but(
            time=talk.now + 250 * MS, sender=CLIENT, seq=talk.next[CLIENT],
            ack=lost.seq, flags=ACK, payload=b"", ip_id=900 + number))
        talk.now += 250 * MS

    def without(segments: Segments) -> Segments:
        return [seen for seen in segments
                if seen.sender == CLIENT or not seen.payload
                or seen.seq != gone]
    gone = lost.seq
    scene.add(0, talk.segments, at_a=without)


def bytes_put_in(scene: Scene) -> None:
    """The device makes one block of the answer 8 bytes longer and moves what
    follows, but passes the client's ACKs on as they are"""
    talk = download(scene.rng, 400, 500)
    border = talk.segments[400].seq

    def after(number: int, start: int) -> bool:
        return 0 < (number - start) % MOD < MOD // 2

    talk.segments = [
        seen.but(ack=(seen.ack + 8) % MOD)
        if seen.sender == CLIENT and seen.flags & ACK
        and after(seen.ack, border) else seen for seen in talk.segments]

    def longer(segments: Segments) -> Segments:
        out = []
        for seen in segments:
            if seen.sender == SERVER and seen.seq == border:
                seen = seen.but(payload=b"inserted" + seen.payload)
            elif seen.sender == SERVER and after(seen.seq, border):
                seen = seen.but(seq=(seen.seq + 8) % MOD)
            out.append(seen)
        return out
    scene.add(0, talk.segments, at_a=longer)


def drops_follow(behind: int) -> Callable[[Scene], None]:
    """A device between a and b breaks the ACK of a second request, one
    between c and d drops what is broken, and the client repeats it for
    nothing; the clock of c is `behind` ns late"""
    def make(scene: Scene) -> None:
        rng = scene.rng
        scene.inputs.update({"c": ["c"], "d": ["d"]})

        def onward(number: int, at_b: Segments, healthy: int) -> None:
            scene.capture("c", number, [seen.but(time=seen.time - behind)
                                        for seen in at_b])
            scene.capture("d", number, at_b[:healthy])

        for number in range(20):
            talk = download(rng, 40, 400, start=START + number * 10 * MS,
                            closed=False)
            healthy = len(talk.segments)
            again = talk.say(CLIENT, PSH | ACK, request_of(rng), after=1 * MS)
            talk.segments += [
                again.but(time=again.time + 300 * MS * (2 ** copy - 1),
                          ip_id=talk.ids[CLIENT]()) for copy in range(1, 6)]
            at_b: Segments = []

            def broken(segments: Segments) -> Segments:
                at_b.extend(segments[:healthy])
                at_b.extend(seen.but(ack=(seen.ack + FAR) % MOD)
                            for seen in segments[healthy:])
                return at_b
            scene.add(number, talk.segments, at_b=broken)
            onward(number, at_b, healthy)
        # All go on: nothing is proved by what is missing at a capture's end.
        later = across(download(rng, 40, start=START + 60 * S).segments,
                       (0, 0))
        for point in ("a", "b"):
            scene.capture(point, 20, later)
        onward(20, later, len(later))
    return make


# ---- sizes ----

def one_missing_each(blocks: int) -> Callable[[Scene], None]:
    """The points miss one packet each, of either direction"""
    def make(scene: Scene) -> None:
        scene.add(0, download(scene.rng, blocks).segments,
                  at_a=lambda seen: seen[:9] + seen[10:],
                  at_b=lambda seen: seen[:8] + seen[9:])
    return make


def one_percent_missing(blocks: int) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        lossy(scene, download(scene.rng, blocks,
                              ids=ids_missing(scene.rng)), .01)
    return make


def merged_by_ten(blocks: int) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        scene.add(0, download(scene.rng, blocks, every=20).segments,
                  at_a=lambda seen: merge(seen, 640))
    return make


def rst_storm(blocks: int) -> Callable[[Scene], None]:
    """As many resets as blocks, which only b sees"""
    def make(scene: Scene) -> None:
        talk = download(scene.rng, blocks)

        def stormy(segments: Segments) -> Segments:
            last = segments[-2]
            return segments + [
                last.but(time=last.time + MS + index * US, flags=RST, ack=0,
                         seq=(last.seq + 5) % MOD, ip_id=0, ttl=63)
                for index in range(blocks)]
        scene.add(0, talk.segments, at_b=stormy)
    return make


def off_by_one(blocks: int) -> Callable[[Scene], None]:
    return wrong_acks(-1, blocks)
