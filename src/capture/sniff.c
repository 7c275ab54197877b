/* SPDX-License-Identifier: MIT
 *
 * What a file is that is no capture, and what to do about it. People hand
 * over compressed captures, the text output of tcpdump, and the files of
 * other tools; each gets its own sentence.
 */
#include <stdio.h>

#include "fault.h"
#include "reader.h"

#define TEXT_PROBE_BYTES 512

struct kind {
	uint8_t magic[8];
	uint8_t magic_len;
	const char *what;
	const char *remedy; /* %s: the file */
};

#define CONVERT "convert it first: editcap -F pcapng '%s' OUT.pcapng"

static const struct kind kinds[] = {
	{{0x1f, 0x8b},
	 2,
	 "gzip-compressed",
	 "decompress it first: gzip -d '%s'"},
	{{0x28, 0xb5, 0x2f, 0xfd},
	 4,
	 "zstd-compressed",
	 "decompress it first: zstd -d '%s'"},
	{{0x04, 0x22, 0x4d, 0x18},
	 4,
	 "lz4-compressed",
	 "decompress it first: lz4 -d '%s'"},
	{{0xfd, '7', 'z', 'X', 'Z', 0},
	 6,
	 "xz-compressed",
	 "decompress it first: xz -d '%s'"},
	{{'B', 'Z', 'h'},
	 3,
	 "bzip2-compressed",
	 "decompress it first: bzip2 -d '%s'"},
	{{'P', 'K', 3, 4}, 4, "a zip archive", "unpack it first: unzip '%s'"},
	{{'s', 'n', 'o', 'o', 'p', 0, 0, 0}, 8, "a snoop capture", CONVERT},
	{{'G', 'M', 'B', 'U'}, 4, "a Network Monitor capture", CONVERT},
	{{'R', 'T', 'S', 'S'}, 4, "a Network Monitor capture", CONVERT},
};

static bool is_text(const uint8_t *bytes, size_t left)
{
	size_t probe = left < TEXT_PROBE_BYTES ? left : TEXT_PROBE_BYTES;
	size_t high = 0; /* bytes that are not ASCII */

	for (size_t i = 0; i < probe; i++) {
		bool control = bytes[i] < 0x20 || bytes[i] == 0x7f;

		/* Tab to carriage return, and escape for colours. */
		if (control && (bytes[i] < 9 || bytes[i] > 13) &&
		    bytes[i] != 0x1b)
			return false;
		high += bytes[i] >= 0x80;
	}
	return high <= probe / 2;
}

enum nw_status sniff_fault(const char *name, const uint8_t *bytes, size_t left,
			   const char *reason, struct nw_error *err)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct kind *kind = &kinds[i];
		char remedy[256];

		if (left < kind->magic_len ||
		    memcmp(bytes, kind->magic, kind->magic_len) != 0)
			continue;
		snprintf(remedy, sizeof(remedy), kind->remedy, name);
		return fault_set(err, NW_EFORMAT,
				 "%s is %s, seen at byte offset 0: %s", name,
				 kind->what, remedy);
	}
	if (is_text(bytes, left))
		return fault_set(err, NW_EFORMAT,
				 "%s is a text file from byte offset 0 on, not "
				 "a capture: "
				 "write captures with tcpdump -w or dumpcap",
				 name);
	return fault_set(err, NW_EFORMAT,
			 "%s is not a capture file that can be read (%s at "
			 "byte offset 0): it must "
			 "be pcap or pcapng, as tcpdump -w and dumpcap write",
			 name, reason);
}
