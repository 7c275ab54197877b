/* SPDX-License-Identifier: MIT
 *
 * Law 6, totality: whatever the bytes are, an audit ends in one of its
 * outcomes. Spoiled packets are all counted, as segments or as skipped; a
 * spoiled file is an error that names the file and the place; and what comes
 * out of it can be reported.
 */
#include <stdlib.h>
#include <string.h>

#include "law.h"
#include "rng.h"

#define FILE_HEADER   24u
#define RECORD_HEADER 16u

struct bytes {
	uint8_t *data;
	size_t len;
};

static struct bytes load(const char *path)
{
	struct bytes bytes = {0};
	FILE *file = fopen(path, "rb");

	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		exit(2);
	bytes.len = (size_t)ftell(file);
	rewind(file);
	bytes.data = malloc(bytes.len + 1);
	if (bytes.data == NULL ||
	    fread(bytes.data, 1, bytes.len, file) != bytes.len)
		exit(2);
	fclose(file);
	return bytes;
}

static void store(const char *path, const struct bytes *bytes)
{
	FILE *file = fopen(path, "wb");

	if (file == NULL ||
	    fwrite(bytes->data, 1, bytes->len, file) != bytes->len ||
	    fclose(file) != 0)
		exit(2);
}

static uint8_t spoiled(struct sim_rng *rng, uint8_t byte)
{
	switch (sim_rng_below(rng, 4)) {
	case 0:
		return (uint8_t)(byte ^ 1u << sim_rng_below(rng, 8));
	case 1:
		return 0xff;
	case 2:
		return 0;
	default:
		return (uint8_t)sim_rng_u32(rng);
	}
}

/* Captured length of a record; the simulator writes in this byte order. */
static uint32_t length_of(const uint8_t *record)
{
	uint32_t len;

	memcpy(&len, record + 8, sizeof(len));
	return len;
}

/* Bytes of packets only, headers first: the file stays well-formed. */
static void spoil_packets(struct sim_rng *rng, const struct bytes *bytes)
{
	size_t at = FILE_HEADER;

	while (at + RECORD_HEADER < bytes->len) {
		uint32_t len = length_of(bytes->data + at);
		uint8_t *packet = bytes->data + at + RECORD_HEADER;
		uint32_t reach = len < 80 ? len : 80;

		for (int n = 0; len > 0 && n < 3; n++) {
			uint32_t i = sim_rng_below(rng, reach);

			if (sim_rng_chance(rng, 0.1))
				packet[i] = spoiled(rng, packet[i]);
		}
		at += RECORD_HEADER + len;
	}
}

/* Any bytes but the magic, and the end. */
static void spoil_file(struct sim_rng *rng, struct bytes *bytes)
{
	uint32_t count = 1 + sim_rng_below(rng, 8);

	for (uint32_t n = 0; n < count; n++) {
		size_t i = 4 + sim_rng_below(rng, (uint32_t)bytes->len - 4);

		bytes->data[i] = spoiled(rng, bytes->data[i]);
	}
	if (sim_rng_chance(rng, 0.3))
		bytes->len = sim_rng_below(rng, (uint32_t)bytes->len);
}

static void spoil(const struct law_try *try, const struct sim_config *config,
		  struct sim_rng *rng, bool whole_files)
{
	char path[4096];

	for (uint32_t i = 0; i < config->point_count; i++) {
		struct bytes bytes;

		snprintf(path, sizeof(path), "%s/%s.pcap", try->directory,
			 config->points[i].name);
		bytes = load(path);
		if (whole_files)
			spoil_file(rng, &bytes);
		else
			spoil_packets(rng, &bytes);
		store(path, &bytes);
		free(bytes.data);
	}
}

static bool all_counted(struct law_try *try, const struct nw_point *point)
{
	uint64_t read = 0, counted = point->packets;

	for (size_t i = 0; i < point->file_count; i++)
		read += point->files[i].packets;
	for (size_t i = 0; i < point->skipped_count; i++)
		counted += point->skipped[i].count;
	if (read != counted)
		return law_broken(try, "%s: %llu packets read, %llu counted",
				  point->name, (unsigned long long)read,
				  (unsigned long long)counted);
	return true;
}

static bool is_reportable(struct law_try *try, const struct nw_audit *audit)
{
	const struct nw_results *results = nw_audit_results(audit);
	size_t len = 0;
	char *json = law_json(audit, &len);
	bool good = json != NULL && len > 0;

	if (!good)
		law_broken(try, "no JSON report");
	free(json);
	for (size_t i = 0; good && i < results->point_count; i++)
		good = all_counted(try, &results->points[i]);
	return good;
}

/* A malformed file is refused by name and offset, and not read half. */
static bool is_clear(struct law_try *try, const struct nw_error *err)
{
	if (err->status == NW_EFORMAT && strstr(err->text, ".pcap") != NULL &&
	    strstr(err->text, "offset") != NULL)
		return true;
	return law_broken(try, "status %d: %s", (int)err->status, err->text);
}

static bool ends(struct law_try *try, const struct sim_config *config,
		 bool may_fail)
{
	struct nw_error err = {0};
	struct nw_audit *audit = nw_audit_new(NULL, &err);
	char path[4096];
	bool good;

	if (audit == NULL)
		exit(2);
	for (uint32_t i = 0; i < config->point_count; i++) {
		snprintf(path, sizeof(path), "%s/%s.pcap", try->directory,
			 config->points[i].name);
		nw_audit_add_input(audit, config->points[i].name,
				   &(struct nw_input){.file = path}, &err);
	}
	if (nw_audit_run(audit, &err) == NW_OK)
		good = is_reportable(try, audit);
	else
		good = may_fail ? is_clear(try, &err)
				: law_broken(try, "the audit failed: %s",
					     err.text);
	nw_audit_free(audit);
	return good;
}

static bool check(struct law_try *try)
{
	struct sim_rng rng = sim_rng_of(try->seed, 42);
	struct sim_config config;
	bool good = true;

	sim_random_clean(try->seed, &config);
	for (int whole = 0; good && whole < 2; whole++) {
		sim_truth_free(sim_run(&config, try->directory));
		spoil(try, &config, &rng, whole == 1);
		good = ends(try, &config, whole == 1);
		try->applied++;
	}
	sim_config_fini(&config);
	return good;
}

int main(int argc, char **argv)
{
	return law_main(argc, argv, check);
}
