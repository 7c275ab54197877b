/* SPDX-License-Identifier: MIT
 *
 * libpcap as a reader, and as the judge of our own readers: the same records
 * from both, for files of all variants, for the samples, and for the captures
 * that the environment variable NW_CAPTURES names a folder of.
 */
#include <ftw.h>
#include <pcap/pcap.h>
#include <sys/stat.h>

#include "files.h"

static const struct source_options all = {0};

/* ---- the differential test ---- */

/* A record of libpcap against one of ours. */
static void assert_same_record(const char *name, const struct frame *frame,
			       const struct pcap_pkthdr *header,
			       const u_char *bytes)
{
	int64_t ns =
		(int64_t)header->ts.tv_sec * 1000000000 + header->ts.tv_usec;

	if (frame->time_ns != ns || frame->cap_len != header->caplen ||
	    frame->wire_len != header->len ||
	    memcmp(frame->bytes, bytes, header->caplen) != 0)
		fail_msg("%s: record %llu differs from libpcap's", name,
			 (unsigned long long)frame->number);
}

/* Both readers on a file; the number of records. -1: libpcap refuses it, as
 * it does pcapng files whose interfaces differ. */
static int compare(const char *name, int max)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline_with_tstamp_precision(
		name, PCAP_TSTAMP_PRECISION_NANO, error);
	struct source_options options = {.file = name};
	struct nw_error err = {0};
	struct source *source = source_open(&options, &err);
	struct frame batch[64];
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int count, total = 0;
	bool refused = pcap == NULL;

	if (source == NULL || refused) {
		assert_true(source == NULL || refused);
		refused = true;
	}
	while (!refused &&
	       (count = source_read(source, batch, max, &err)) > 0) {
		for (int i = 0; i < count && !refused; i++, total++) {
			refused = pcap_next_ex(pcap, &header, &bytes) != 1;
			if (!refused)
				assert_same_record(name, &batch[i], header,
						   bytes);
		}
	}
	/* Only there does libpcap give up what it has begun. */
	if (refused && total > 0)
		assert_non_null(strstr(name, ".pcapng"));
	if (!refused)
		assert_int_not_equal(pcap_next_ex(pcap, &header, &bytes), 1);
	source_close(source);
	if (pcap != NULL)
		pcap_close(pcap);
	return refused ? -1 : total;
}

static void assert_same(const struct made *m, int records)
{
	struct made_file file = file_of(m, m->len);

	for (int max = 1; max <= 64; max = max * 3 + 1)
		assert_int_equal(compare(file.name, max), records);
	close(file.fd);
}

static void pcap_files_are_read_alike(void **state)
{
	static const uint32_t links[] = {LINK_NULL, LINK_ETHERNET, LINK_RAW,
					 LINK_LINUX_SLL, LINK_LINUX_SLL2};

	(void)state;
	for (uint32_t variant = 0; variant < 4 * COUNT(links); variant++) {
		struct made m = make((variant & 1) != 0);

		make_pcap(&m, (variant & 2) != 0 ? NANO : MICRO,
			  links[variant / 4]);
		for (uint32_t i = 0; i < 500; i++)
			make_record(&m, 1700000000 + i, i * 1999, i * 7 % 1515,
				    i * 7 % 1515 + i % 3);
		assert_same(&m, 500);
		free(m.bytes);
	}
}

static void pcapng_files_are_read_alike(void **state)
{
	static const uint8_t resolutions[] = {0,  3,  6,    7,    9,    12,
					      18, 19, 0x80, 0x8a, 0xa0, 0xbf};

	(void)state;
	for (uint32_t variant = 0; variant < 2 * COUNT(resolutions);
	     variant++) {
		struct made m = make((variant & 1) != 0);

		/* Another section of the other byte order libpcap refuses. */
		for (int section = 0; section < 2; section++) {
			make_section(&m);
			make_interface(&m, LINK_ETHERNET, 2000, "eth0",
				       resolutions[variant / 2]);
			for (uint32_t i = 0; i < 300; i++)
				make_packet(&m, 0, 1700000000 + i * 1237,
					    i * 7 % 1515, i * 7 % 1515 + i % 3);
		}
		assert_same(&m, 600);
		free(m.bytes);
	}
}

static int folder_files, folder_refused;

static int compare_file(const char *name, const struct stat *status, int kind,
			struct FTW *place)
{
	(void)status;
	(void)place;
	if (kind == FTW_F && strstr(name, ".pcap") != NULL) {
		folder_files++;
		folder_refused += compare(name, 64) < 0;
	}
	return 0;
}

static void real_captures_are_read_alike(void **state)
{
	const char *folder = getenv("NW_CAPTURES");

	(void)state;
	/* Tests run in tests/. */
	nftw("../samples", compare_file, 16, FTW_PHYS);
	if (folder != NULL)
		nftw(folder, compare_file, 16, FTW_PHYS);
	print_message("%d files, of which libpcap or we refuse %d\n",
		      folder_files, folder_refused);
	if (folder != NULL)
		assert_true(folder_files > folder_refused);
}

/* ---- files that only libpcap reads ---- */

/* Kuznetzov's variant has record headers of 24 bytes. */
static struct made kuznetzov(bool big, uint32_t records, uint32_t step)
{
	struct made m = make(big);

	make_pcap(&m, 0xa1b2cd34, LINK_ETHERNET);
	for (uint32_t i = 0; i < records; i++) {
		u32(&m, 1000 + i);
		u32(&m, i);
		u32(&m, i * step);
		u32(&m, i * step + 5);
		u64(&m, 0); /* interface, protocol, packet type */
		make_payload(&m, (uint8_t)i, i * step);
	}
	return m;
}

static void modified_pcap(void **state)
{
	(void)state;
	for (int variant = 0; variant < 6; variant++) {
		struct made m =
			kuznetzov(variant % 2 != 0, 100, variant < 2 ? 1 : 200);
		struct nw_error err = {0};
		struct source *source = open_made(&m, m.len, all, &err);
		struct frame batch[64];
		uint32_t number = 0;
		int count;

		assert_non_null(source);
		while ((count = source_read(source, batch, variant < 4 ? 64 : 1,
					    &err)) > 0)
			for (int i = 0; i < count; i++, number++) {
				const struct frame *f = &batch[i];

				assert_int_equal(f->number, number + 1);
				assert_int_equal(
					f->time_ns,
					INT64_C(1000000000) * (1000 + number) +
						1000 * number);
				assert_int_equal(f->wire_len, f->cap_len + 5);
				assert_int_equal(f->link_type, LINK_ETHERNET);
				if (f->cap_len > 0)
					assert_int_equal(
						f->bytes[f->cap_len - 1],
						(uint8_t)(number + f->cap_len -
							  1));
			}
		assert_int_equal(count, 0);
		assert_int_equal(number, 100);
		source_close(source);
		free(m.bytes);
	}
}

static void modified_pcap_cut_at_every_byte(void **state)
{
	struct made m = kuznetzov(false, 3, 10);
	static const size_t ends[] = {24, 48, 82, 126};

	(void)state;
	assert_int_equal(m.len, ends[3]);
	for (size_t len = 24; len <= m.len; len++) {
		struct nw_error err = {0};
		struct source *source = open_made(&m, len, all, &err);
		const struct source_facts *facts = source_facts(source);
		int whole = 0;

		while (whole < 3 && ends[whole + 1] <= len)
			whole++;
		assert_int_equal(read_frames(source, NULL, 0, 2, &err), whole);
		assert_int_equal(facts->cut, len != ends[whole]);
		if (facts->cut)
			assert_int_equal(facts->cut_offset, ends[whole]);
		source_close(source);
	}
	free(m.bytes);
}

static void modified_pcap_with_a_silly_length(void **state)
{
	struct made m = kuznetzov(false, 3, 10);
	struct nw_error err;

	(void)state;
	make_at(&m, 82 + 8, 100u << 20, 4);
	err = complaint(&m, m.len, all);
	assert_int_equal(err.status, NW_EFORMAT);
	assert_says(&err, "record at byte offset 82 cannot be read");
	free(m.bytes);
}

/* Before version 2.3 the two lengths changed places. */
static void ancient_pcap(void **state)
{
	struct made m = make(true);
	struct source *source;
	struct frame frame;

	(void)state;
	make_pcap(&m, MICRO, LINK_ETHERNET);
	make_at(&m, 6, 2, 2);
	make_record(&m, 7, 0, 60, 40); /* wire length 60, captured 40 */
	m.len -= 20;
	source = open_made(&m, m.len, all, NULL);
	assert_non_null(source);
	assert_int_equal(source_read(source, &frame, 1, NULL), 1);
	assert_int_equal(frame.cap_len, 40);
	assert_int_equal(frame.wire_len, 60);
	assert_int_equal(source_read(source, &frame, 1, NULL), 0);
	source_close(source);
	free(m.bytes);
}

/* What was sniffed of a pipe is not lost to libpcap. */
static void modified_pcap_from_a_pipe(void **state)
{
	struct made m = kuznetzov(false, 20, 3);
	struct source *source;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], m.bytes, m.len), (ssize_t)m.len);
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	source = source_open(&(struct source_options){.file = "-"}, NULL);
	assert_non_null(source);
	assert_int_equal(read_frames(source, NULL, 0, 64, NULL), 20);
	source_close(source);
	free(m.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_files_are_read_alike),
		cmocka_unit_test(pcapng_files_are_read_alike),
		cmocka_unit_test(real_captures_are_read_alike),
		cmocka_unit_test(modified_pcap),
		cmocka_unit_test(modified_pcap_cut_at_every_byte),
		cmocka_unit_test(modified_pcap_with_a_silly_length),
		cmocka_unit_test(ancient_pcap),
		cmocka_unit_test(modified_pcap_from_a_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
