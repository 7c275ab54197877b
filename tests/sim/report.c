/* SPDX-License-Identifier: MIT
 *
 * The truth as files, in the shape of the project's captures with known
 * truth: topology.json (input of `natwitness audit --topology`), truth.json
 * and flow_map.json (input of the judge).
 */
#include <inttypes.h>
#include <stdio.h>

#include "simalloc.h"
#include "world.h"

struct writer {
	const struct sim_config *config;
	const struct sim_truth *truth;
	FILE *out;
};

static FILE *open_file(const char *directory, const char *name)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	if (file == NULL)
		sim_die("%s: cannot be written", path);
	return file;
}

static void close_file(FILE *file, const char *name)
{
	if (ferror(file) || fclose(file) != 0)
		sim_die("%s: write failed", name);
}

static void put_between(const struct writer *w, uint32_t hop)
{
	fprintf(w->out, "\"between\": [\"%s\", \"%s\"]",
		w->config->points[hop].name, w->config->points[hop + 1].name);
}

static void put_devices(const struct writer *w)
{
	const char *comma = "";

	fprintf(w->out, " \"devices\": [");
	for (uint32_t h = 0; h + 1 < w->config->point_count; h++) {
		const struct sim_hop *hop = &w->config->hops[h];

		for (uint32_t i = 0; i < hop->device_count; i++) {
			fprintf(w->out, "%s\n  {\"name\": \"%s\", ", comma,
				hop->devices[i]);
			put_between(w, h);
			fprintf(w->out, "}");
			comma = ",";
		}
	}
	fprintf(w->out, "\n ]");
}

static void write_topology(struct writer *w, const char *directory)
{
	w->out = open_file(directory, "topology.json");
	fprintf(w->out, "{\n \"points\": [");
	for (uint32_t i = 0; i < w->config->point_count; i++) {
		const char *name = w->config->points[i].name;

		fprintf(w->out,
			"%s\n  {\"name\": \"%s\", \"files\": "
			"[\"%s.pcap\"]}",
			i > 0 ? "," : "", name, name);
	}
	fprintf(w->out, "\n ],\n");
	put_devices(w);
	fprintf(w->out, "\n}\n");
	close_file(w->out, "topology.json");
}

static void put_tuple(const struct writer *w, const struct nw_endpoint *client,
		      const struct nw_endpoint *server)
{
	const struct nw_endpoint *ends[2] = {client, server};
	char text[NW_ADDRESS_TEXT];

	for (int i = 0; i < 2; i++)
		fprintf(w->out, ends[i]->family == 6 ? "%s[%s]:%u" : "%s%s:%u",
			i > 0 ? ">" : "", sim_address_text(ends[i], text),
			(unsigned)ends[i]->port);
}

static void put_isn(const struct writer *w, const char *key, bool known,
		    uint32_t isn)
{
	if (known)
		fprintf(w->out, ", \"%s\": %" PRIu32, key, isn);
	else
		fprintf(w->out, ", \"%s\": null", key);
}

static void write_flow_map(struct writer *w, const char *directory)
{
	const char *comma = "";

	w->out = open_file(directory, "flow_map.json");
	fprintf(w->out, "{");
	for (uint32_t c = 0; c < w->config->connection_count; c++) {
		const char *inner = "";

		fprintf(w->out, "%s\n\"c%" PRIu32 "\": {", comma, c);
		for (uint32_t p = 0; p < w->config->point_count; p++) {
			const struct sim_seen *s =
				&w->truth->seen[(size_t)c *
							w->config->point_count +
						p];

			if (s->packets == 0)
				continue;
			fprintf(w->out, "%s\"%s\": {\"tuple\": \"", inner,
				w->config->points[p].name);
			put_tuple(w, &s->client, &s->server);
			fprintf(w->out, "\"");
			put_isn(w, "isn_c", s->has_isn[0], s->isn[0]);
			put_isn(w, "isn_s", s->has_isn[1], s->isn[1]);
			fprintf(w->out, ", \"packets\": %" PRIu32 "}",
				s->packets);
			inner = ", ";
		}
		fprintf(w->out, "}");
		comma = ",";
	}
	fprintf(w->out, "\n}\n");
	close_file(w->out, "flow_map.json");
}

static bool has_numbers(const struct sim_culprit *culprit)
{
	return strcmp(culprit->field, "tcp.ack") == 0 ||
	       strcmp(culprit->field, "tcp.seq") == 0 ||
	       strncmp(culprit->field, "tcp.options.sack", 16) == 0;
}

static void put_frame(const struct writer *w, const struct sim_culprit *culprit,
		      const struct sim_hit *hit)
{
	fprintf(w->out, "{");
	for (uint32_t i = 0; i < 2; i++) {
		fprintf(w->out,
			"\"%s\": ", w->config->points[culprit->hop + i].name);
		if (hit->frames[i] > 0)
			fprintf(w->out, "%" PRIu32 ", ", hit->frames[i]);
		else
			fprintf(w->out, "null, ");
	}
	fprintf(w->out, "\"class\": \"%s\"", culprit->class_);
	if (has_numbers(culprit))
		fprintf(w->out, ", \"want\": %" PRIu32 ", \"got\": %" PRIu32,
			hit->want, hit->got);
	fprintf(w->out, "}");
}

static void put_numbers(const struct writer *w,
			const struct sim_culprit *culprit, const char *key,
			bool got)
{
	fprintf(w->out, ",\n   \"%s\": [", key);
	for (size_t i = 0; i < culprit->hit_count; i++)
		fprintf(w->out, "%s%" PRIu32, i > 0 ? ", " : "",
			got ? culprit->hits[i].got : culprit->hits[i].want);
	fprintf(w->out, "]");
}

static void put_head(const struct writer *w, const struct sim_culprit *culprit)
{
	const struct sim_connection *c =
		&w->config->connections[culprit->connection];
	const struct sim_hop *hop = &w->config->hops[culprit->hop];
	char text[NW_ADDRESS_TEXT];

	fprintf(w->out, "\n  {\"kind\": \"%s\", \"device\": ", culprit->kind);
	if (culprit->device == SIM_NONE)
		fprintf(w->out, "null, ");
	else
		fprintf(w->out, "\"%s\", ", hop->devices[culprit->device]);
	put_between(w, culprit->hop);
	fprintf(w->out, ", \"flow_id\": \"c%" PRIu32 "\",\n   ",
		culprit->connection);
	fprintf(w->out, "\"client_tuple\": {\"src\": \"%s\", \"sport\": %u, ",
		sim_address_text(&c->client, text), (unsigned)c->client.port);
	fprintf(w->out,
		"\"dst\": \"%s\", \"dport\": %u, \"isn_c\": %" PRIu32 "},\n   ",
		sim_address_text(&c->server, text), (unsigned)c->server.port,
		c->isn[0]);
	fprintf(w->out,
		"\"direction\": \"%s\", \"field\": \"%s\", "
		"\"severity\": \"%s\", \"count\": %zu",
		culprit->direction == NW_FROM_CLIENT ? "c2s" : "s2c",
		culprit->field, culprit->severity, culprit->hit_count);
	if (culprit->cause != NULL)
		fprintf(w->out, ", \"cause\": \"%s\"", culprit->cause);
}

static void put_culprit(const struct writer *w,
			const struct sim_culprit *culprit)
{
	put_head(w, culprit);
	if (has_numbers(culprit) && culprit->hit_count > 0) {
		fprintf(w->out,
			",\n   \"before\": %" PRIu32 ", \"after\": %" PRIu32,
			culprit->hits[0].want, culprit->hits[0].got);
		put_numbers(w, culprit, "want", false);
		put_numbers(w, culprit, "got", true);
	} else {
		fprintf(w->out, ", \"before\": null, \"after\": null");
	}
	fprintf(w->out, ",\n   \"frames\": [");
	for (size_t i = 0; i < culprit->hit_count; i++) {
		fprintf(w->out, i > 0 ? ", " : "");
		put_frame(w, culprit, &culprit->hits[i]);
	}
	fprintf(w->out, "]}");
}

static void put_defect(const struct writer *w, uint32_t point,
		       const char **comma)
{
	const struct sim_point *p = &w->config->points[point];

	if (w->truth->frames_lost[point] > 0) {
		fprintf(w->out,
			"%s\n  {\"point\": \"%s\", \"kind\": "
			"\"capture-loss\", \"count\": %" PRIu64 "}",
			*comma, p->name, w->truth->frames_lost[point]);
		*comma = ",";
	}
	if (p->clock_offset_ns != 0 || p->clock_drift_ppm != 0) {
		fprintf(w->out,
			"%s\n  {\"point\": \"%s\", \"kind\": \"clock\", "
			"\"offset_s\": %.9f, \"skew_ppm\": %.3f}",
			*comma, p->name, (double)p->clock_offset_ns * 1e-9,
			p->clock_drift_ppm);
		*comma = ",";
	}
	if (p->start_ns > 0) {
		fprintf(w->out,
			"%s\n  {\"point\": \"%s\", \"kind\": "
			"\"starts-late\", \"seconds\": %.6f}",
			*comma, p->name, (double)p->start_ns * 1e-9);
		*comma = ",";
	}
}

static void write_truth(struct writer *w, const char *directory)
{
	const char *comma = "";

	w->out = open_file(directory, "truth.json");
	fprintf(w->out,
		"{\n \"scenario\": \"%s\", \"seed\": %" PRIu64
		", \"simulated\": true,\n \"points\": [",
		w->config->name, w->config->seed);
	for (uint32_t i = 0; i < w->config->point_count; i++)
		fprintf(w->out, "%s\"%s\"", i > 0 ? ", " : "",
			w->config->points[i].name);
	fprintf(w->out, "],\n");
	put_devices(w);
	fprintf(w->out,
		",\n \"clean\": %s, \"flows\": %" PRIu32 ",\n \"faults\": [",
		sim_truth_clean(w->truth) ? "true" : "false",
		w->config->connection_count);
	for (size_t i = 0; i < w->truth->culprit_count; i++) {
		fprintf(w->out, "%s", i > 0 ? "," : "");
		put_culprit(w, &w->truth->culprits[i]);
	}
	fprintf(w->out, "\n ],\n \"capture_defects\": [");
	for (uint32_t i = 0; i < w->config->point_count; i++)
		put_defect(w, i, &comma);
	fprintf(w->out, "\n ]\n}\n");
	close_file(w->out, "truth.json");
}

void sim_report_write(const struct sim_config *config,
		      const struct sim_truth *truth, const char *directory)
{
	struct writer writer = {.config = config, .truth = truth};

	write_topology(&writer, directory);
	write_flow_map(&writer, directory);
	write_truth(&writer, directory);
}
