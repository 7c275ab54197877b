/* SPDX-License-Identifier: MIT
 *
 * Merging keeps one packet back, as GRO does: while the next one continues it
 * they become one; any other packet, or time, writes it. As nothing can come
 * between, its frame number is known before it is written.
 */
#include "tap.h"

#include "simalloc.h"

#define MERGE_GAP_NS (50 * SIM_US)
#define MERGE_MAX    (60 * 1024)

static void put_le32(uint8_t *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (8 * i));
}

static void write_all(struct sim_tap *tap, const void *bytes, size_t len)
{
	if (fwrite(bytes, 1, len, tap->file) != len)
		sim_die("%s.pcap: write failed", tap->point->name);
}

struct sim_tap *sim_tap_open(const struct sim_config *config, uint32_t point,
			     const char *directory)
{
	struct sim_tap *tap = sim_alloc(1, sizeof(*tap));
	uint8_t header[24] = {[4] = 2, [6] = 4, [20] = 1};
	char path[4096];

	tap->config = config;
	tap->point = &config->points[point];
	tap->rng = sim_rng_of(config->seed, 1000 + point);
	snprintf(path, sizeof(path), "%s/%s.pcap", directory, tap->point->name);
	tap->file = fopen(path, "wb");
	if (tap->file == NULL)
		sim_die("%s: cannot be written", path);
	put_le32(header, tap->point->nano ? 0xa1b23c4d : 0xa1b2c3d4);
	put_le32(header + 16,
		 tap->point->snaplen > 0 ? tap->point->snaplen : 262144);
	write_all(tap, header, sizeof(header));
	return tap;
}

/* What this point's clock shows. */
static int64_t local_time(const struct sim_tap *tap, int64_t now_ns)
{
	double drift = (double)now_ns * tap->point->clock_drift_ppm * 1e-6;

	return tap->config->epoch_ns + now_ns + (int64_t)drift +
	       tap->point->clock_offset_ns;
}

static void write_record(struct sim_tap *tap, const struct sim_packet *packet,
			 int64_t now_ns)
{
	const struct sim_connection *connection =
		&tap->config->connections[packet->connection];
	size_t len = sim_packet_encode(packet, connection, tap->frame);
	size_t kept = len;
	int64_t time_ns = local_time(tap, now_ns);
	uint32_t fraction = (uint32_t)(time_ns % SIM_S);
	uint8_t header[16];

	if (tap->point->snaplen > 0 && kept > tap->point->snaplen)
		kept = tap->point->snaplen;
	put_le32(header, (uint32_t)(time_ns / SIM_S));
	put_le32(header + 4, tap->point->nano ? fraction : fraction / 1000);
	put_le32(header + 8, (uint32_t)kept);
	put_le32(header + 12, (uint32_t)len);
	write_all(tap, header, sizeof(header));
	write_all(tap, tap->frame, kept);
}

static void flush(struct sim_tap *tap)
{
	if (tap->pending)
		write_record(tap, &tap->merged, tap->pending_ns);
	tap->pending = false;
}

static bool continues(const struct sim_tap *tap,
		      const struct sim_packet *packet, int64_t now_ns)
{
	const struct sim_packet *m = &tap->merged;

	return tap->pending && packet->connection == m->connection &&
	       packet->direction == m->direction && packet->len > 0 &&
	       m->len > 0 && packet->seq == m->seq + m->len &&
	       packet->offset == m->offset + m->len && packet->ack == m->ack &&
	       (m->flags & ~SIM_PSH) == SIM_ACK &&
	       (packet->flags & ~(SIM_PSH | SIM_FIN)) == SIM_ACK &&
	       packet->window == m->window && packet->flip == 0 &&
	       packet->tsval == m->tsval && packet->tsecr == m->tsecr &&
	       packet->sack_count == 0 && m->sack_count == 0 &&
	       packet->ttl == m->ttl && packet->tos == m->tos &&
	       sim_endpoint_equal(&packet->source, &m->source) &&
	       now_ns - tap->pending_ns <= MERGE_GAP_NS &&
	       m->len + packet->len <= MERGE_MAX;
}

static void merge(struct sim_tap *tap, const struct sim_packet *packet,
		  int64_t now_ns)
{
	if (continues(tap, packet, now_ns)) {
		tap->merged.len += packet->len;
		tap->merged.flags |= packet->flags;
		tap->pending_ns = now_ns;
		return;
	}
	flush(tap);
	tap->merged = *packet;
	tap->pending_ns = now_ns;
	tap->pending = true;
	tap->frames++;
}

uint32_t sim_tap_see(struct sim_tap *tap, const struct sim_packet *packet,
		     int64_t now_ns)
{
	const struct sim_point *point = tap->point;

	if (now_ns < point->start_ns ||
	    (point->stop_ns > 0 && now_ns >= point->stop_ns))
		return 0;
	if (sim_rng_chance(&tap->rng, point->loss)) {
		tap->lost++;
		return 0;
	}
	if (point->merge) {
		merge(tap, packet, now_ns);
	} else {
		write_record(tap, packet, now_ns);
		tap->frames++;
	}
	return (uint32_t)tap->frames;
}

void sim_tap_close(struct sim_tap *tap)
{
	if (tap == NULL)
		return;
	flush(tap);
	if (fclose(tap->file) != 0)
		sim_die("%s.pcap: write failed", tap->point->name);
	sim_free(tap);
}
