/* SPDX-License-Identifier: MIT
 *
 * Connections for tests, written down like packetdrill does, and captures of
 * them. A line is a packet in the reference frame:
 *
 *	TIME SENDER FLAGS SEQ[+LEN] [ack N] [win N] [mss N] [ws N] [sackok]
 *		[ts VAL ECR] [sack LEFT RIGHT]... [id N] [ttl N] [like N] [fill
 *N]
 *
 *	0.000 > S 0 mss 1460		the client's SYN
 *	0.010 < S. 0 ack 1		the server's answer
 *	0.030 > P. 1+100 ack 1 id 7	data: 100 bytes at offset 1
 *
 * SEQ, ack and sack edges count from the initial numbers; a view says what
 * those are at one point, and all else that a point sees in its own way. A
 * line that begins with A or B is there only for views of that side. The
 * bytes of a stream follow from its direction and their place in it, so that
 * segments with other borders carry the same bytes; `like` has them of
 * another place, and `fill` has other ones.
 */
#ifndef NW_TEST_SCRIPT_H
#define NW_TEST_SCRIPT_H

#include "files.h"
#include "fingerprint.h"
#include "segment.h"

#define SCRIPT_EPOCH_NS (INT64_C(1700000000) * 1000000000)
#define SCRIPT_ROOM     4096
#define MS              INT64_C(1000000)

/* Everything that one point sees in its own way. All zero is a view, too. */
struct view {
	uint32_t client, server; /* addresses; 0: 10.0.0.1, 192.0.2.1 */
	uint16_t client_port, server_port; /* 0: 40000, 80 */
	uint32_t isn[2];                   /* by sender */
	uint32_t ts[2];                    /* added to TSvals, by sender */
	uint16_t ip_id;                    /* added to IP IDs */
	uint8_t ttl;                       /* taken off the TTL of 64 */
	char side;                         /* 'A', 'B' or 0 */
	unsigned content;                  /* which bytes the streams carry */
	int64_t clock_ns;                  /* this clock minus the script's */
	int64_t transit_ns; /* later from the client, earlier from the server */
	uint32_t snaplen;   /* of the IP packet; 0: whole */
};

struct line {
	int64_t time_ns;
	int sender; /* 0: the client */
	uint8_t flags, ttl, sack_count;
	uint32_t seq, len, ack, sack[8];
	uint16_t window, ip_id;
	int mss, wscale; /* -1: none */
	bool sack_permitted, stamped;
	uint32_t tsval, tsecr;
	uint32_t like; /* place that the bytes are of */
	unsigned fill;
};

/* ---- words ---- */

static inline uint32_t next_number(char **rest)
{
	const char *word = strtok_r(NULL, " \t", rest);

	assert_non_null(word);
	return (uint32_t)strtoll(word, NULL, 0);
}

static inline uint8_t flags_of(const char *word)
{
	static const char letters[] = "FSRP.UEW";
	uint8_t flags = 0;

	for (; *word != '\0'; word++) {
		const char *at = strchr(letters, *word);

		assert_non_null(at);
		flags |= (uint8_t)(1u << (at - letters));
	}
	return flags;
}

static inline void line_word(struct line *l, const char *word, char **rest)
{
	if (strcmp(word, "ack") == 0)
		l->ack = next_number(rest);
	else if (strcmp(word, "win") == 0)
		l->window = (uint16_t)next_number(rest);
	else if (strcmp(word, "mss") == 0)
		l->mss = (int)next_number(rest);
	else if (strcmp(word, "ws") == 0)
		l->wscale = (int)next_number(rest);
	else if (strcmp(word, "sackok") == 0)
		l->sack_permitted = true;
	else if (strcmp(word, "id") == 0)
		l->ip_id = (uint16_t)next_number(rest);
	else if (strcmp(word, "ttl") == 0)
		l->ttl = (uint8_t)next_number(rest);
	else if (strcmp(word, "like") == 0)
		l->like = next_number(rest);
	else if (strcmp(word, "fill") == 0)
		l->fill = next_number(rest);
	else if (strcmp(word, "ts") == 0) {
		l->stamped = true;
		l->tsval = next_number(rest);
		l->tsecr = next_number(rest);
	} else if (strcmp(word, "sack") == 0) {
		assert_true(l->sack_count < 4);
		l->sack[2 * l->sack_count] = next_number(rest);
		l->sack[2 * l->sack_count + 1] = next_number(rest);
		l->sack_count++;
	} else {
		fail_msg("what is '%s'?", word);
	}
}

/* Takes the line apart; `text` is written to. */
static inline struct line line_of(char *text)
{
	struct line l = {.window = 64000, .ttl = 64, .mss = -1, .wscale = -1};
	char *rest = NULL, *end;
	const char *word = strtok_r(text, " \t", &rest);

	l.time_ns = (int64_t)(strtod(word, NULL) * 1e9 + 0.5);
	word = strtok_r(NULL, " \t", &rest);
	l.sender = *word == '>' ? 0 : 1;
	l.flags = flags_of(strtok_r(NULL, " \t", &rest));
	l.seq = (uint32_t)strtoll(strtok_r(NULL, " \t", &rest), &end, 0);
	if (*end == '+')
		l.len = (uint32_t)strtoul(end + 1, NULL, 0);
	l.like = l.seq;
	for (; (word = strtok_r(NULL, " \t", &rest)) != NULL;)
		line_word(&l, word, &rest);
	return l;
}

/* ---- bytes ---- */

static inline uint8_t stream_byte(const struct view *v, const struct line *l,
				  uint32_t at)
{
	uint32_t x = (at + 1) * 2654435761u ^ v->content * 2246822519u ^
		     l->fill * 3266489917u ^ (uint32_t)l->sender * 668265263u;

	return (uint8_t)((x ^ x >> 15) * 2246822519u >> 24);
}

static inline uint8_t *put(uint8_t *at, uint32_t value, int width)
{
	while (width-- > 0)
		*at++ = (uint8_t)(value >> 8 * width);
	return at;
}

static inline uint8_t *put_tcp_options(uint8_t *at, const struct line *l,
				       const struct view *v)
{
	const uint8_t *begin = at;
	uint32_t peer = v->isn[1 - l->sender];

	if (l->mss >= 0)
		at = put(at, 0x02040000u | (uint32_t)l->mss, 4);
	if (l->sack_permitted)
		at = put(at, 0x0402, 2);
	if (l->stamped) {
		at = put(at, 0x080a, 2);
		at = put(at, l->tsval + v->ts[l->sender], 4);
		at = put(at,
			 l->tsecr != 0 ? l->tsecr + v->ts[1 - l->sender] : 0,
			 4);
	}
	if (l->wscale >= 0)
		at = put(at, 0x030300u | (uint32_t)l->wscale, 3);
	if (l->sack_count > 0) {
		*at++ = 5;
		*at++ = (uint8_t)(2 + 8 * l->sack_count);
		for (int i = 0; i < 2 * l->sack_count; i++)
			at = put(at, l->sack[i] + peer, 4);
	}
	while ((at - begin) % 4 != 0)
		*at++ = 1;
	return at;
}

/* Addresses, length and protocol: what the TCP checksum covers besides. */
static inline uint16_t tcp_checksum(const uint8_t *ip, size_t tcp_len)
{
	uint8_t pseudo[12];

	memcpy(pseudo, ip + 12, 8);
	put(pseudo + 8, 6u << 16 | (uint32_t)tcp_len, 4);
	return (uint16_t)~sum16_join(sum16(pseudo, sizeof(pseudo)),
				     sizeof(pseudo), sum16(ip + 20, tcp_len));
}

static inline void put_ip(uint8_t *ip, const struct line *l,
			  const struct view *v, size_t len)
{
	uint32_t address[2] = {v->client ? v->client : 0x0a000001,
			       v->server ? v->server : 0xc0000201};

	put(ip, 0x45000000u | (uint32_t)len, 4);
	put(ip + 4, (uint32_t)(uint16_t)(l->ip_id ? l->ip_id + v->ip_id : 0),
	    2);
	put(ip + 6, 0x4000, 2);
	put(ip + 8, (uint32_t)(l->ttl - v->ttl) << 8 | 6, 2);
	put(ip + 10, 0, 2);
	put(ip + 12, address[l->sender], 4);
	put(ip + 16, address[1 - l->sender], 4);
	put(ip + 10, (uint16_t)~sum16(ip, 20), 2);
}

/* The packet of a line as the view has it; number of bytes. */
static inline size_t line_bytes(const struct line *l, const struct view *v,
				uint8_t bytes[SCRIPT_ROOM])
{
	uint16_t port[2] = {v->client_port ? v->client_port : 40000,
			    v->server_port ? v->server_port : 80};
	uint8_t *tcp = bytes + 20, *end = put_tcp_options(tcp + 20, l, v);
	size_t tcp_len = (size_t)(end - tcp);

	assert_true(20 + tcp_len + l->len <= SCRIPT_ROOM);
	put(tcp, (uint32_t)port[l->sender] << 16 | port[1 - l->sender], 4);
	put(tcp + 4, l->seq + v->isn[l->sender], 4);
	put(tcp + 8,
	    l->flags & TCP_ACK || l->ack ? l->ack + v->isn[1 - l->sender] : 0,
	    4);
	put(tcp + 12, (uint32_t)(tcp_len / 4) << 12 | l->flags, 2);
	put(tcp + 14, (uint32_t)l->window << 16, 4);
	put(tcp + 18, 0, 2);
	put(tcp + 16, 0, 2);
	for (uint32_t i = 0; i < l->len; i++)
		*end++ = stream_byte(v, l, l->like + i);
	put_ip(bytes, l, v, (size_t)(end - bytes));
	put(tcp + 16, tcp_checksum(bytes, tcp_len + l->len), 2);
	return (size_t)(end - bytes);
}

static inline int64_t line_time(const struct line *l, const struct view *v)
{
	return SCRIPT_EPOCH_NS + l->time_ns + v->clock_ns +
	       (l->sender == 0 ? v->transit_ns : -v->transit_ns);
}

/* ---- captures ---- */

/* An empty capture of IP packets. */
static inline struct made capture_begin(void)
{
	struct made m = make(false);

	make_pcap(&m, NANO, LINK_RAW);
	return m;
}

static inline void capture_packet(struct made *m, const struct line *l,
				  const struct view *v)
{
	uint8_t bytes[SCRIPT_ROOM];
	size_t len = line_bytes(l, v, bytes), kept = len;
	int64_t time_ns = line_time(l, v);

	if (v->snaplen != 0 && kept > v->snaplen)
		kept = v->snaplen;
	u32(m, (uint64_t)(time_ns / 1000000000));
	u32(m, (uint64_t)(time_ns % 1000000000));
	u32(m, kept);
	u32(m, len);
	make_bytes(m, bytes, kept);
}

/* The next line that a view shows, or false. */
static inline bool next_line(const char **script, const struct view *v,
			     struct line *line)
{
	while (**script != '\0') {
		const char *begin = *script + strspn(*script, " \t\n");
		size_t len = strcspn(begin, "\n");
		char text[256];

		*script = begin + len;
		if (len == 0)
			continue;
		if (*begin == 'A' || *begin == 'B') {
			if (v->side != '\0' && v->side != *begin)
				continue;
			begin++;
			len--;
		}
		assert_true(len < sizeof(text));
		memcpy(text, begin, len);
		text[len] = '\0';
		*line = line_of(text);
		return true;
	}
	return false;
}

/* Adds a connection, as a view has it, to a capture. */
static inline void capture_script(struct made *m, const char *script,
				  const struct view *v)
{
	struct line line = {0};

	while (next_line(&script, v, &line))
		capture_packet(m, &line, v);
}

#endif
