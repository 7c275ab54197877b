/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "files.h"

static const struct source_options all = {0};

static struct nw_error open_complaint(const char *file)
{
	struct nw_error err = {0};

	assert_null(source_open(&(struct source_options){.file = file}, &err));
	return err;
}

/* ---- files that are no captures ---- */

static void unreadable_files(void **state)
{
	struct nw_error err = open_complaint("/nonexistent/client.pcap");

	(void)state;
	assert_int_equal(err.status, NW_EIO);
	assert_says(&err, "/nonexistent/client.pcap: cannot open: No such");
	assert_says(&err, "check the name");
	err = open_complaint("/dev");
	assert_int_equal(err.status, NW_EIO);
	assert_says(&err, "/dev is a directory");
	err = open_complaint("/proc/self/mem");
	assert_int_equal(err.status, NW_EIO);
	assert_says(&err, "cannot read at byte offset 0");
	/* The caller may not care why. */
	assert_null(
		source_open(&(struct source_options){.file = "/dev"}, NULL));
}

static void what_is_no_capture(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *words;
	} cases[] = {
		{"", 0, "is empty"},
		{"\x1f\x8b\x08", 3, "gzip -d '"},
		{"\x28\xb5\x2f\xfd\x24", 5, "zstd -d '"},
		{"\x04\x22\x4d\x18", 4, "lz4 -d '"},
		{"\xfd\x37zXZ\0\0", 7, "xz -d '"},
		{"BZh91AY", 7, "bzip2 -d '"},
		{"PK\3\4", 4, "unzip '"},
		{"snoop\0\0\0\0\0\0\2", 12, "a snoop capture"},
		{"GMBU\0\2", 6, "editcap -F pcapng '"},
		{"09:09:15 IP 10.0.0.1.80 > 10.0.0.2.1: Flags [S]\n", 48,
		 "is a text file"},
		{"\0\1\2\3", 4, "is not a capture file"},
		{"\xa1", 1, "is not a capture file"},
		{"\xd4\xc3\xb2\xa1\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24,
		 "archaic"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made m = make(false);
		struct nw_error err;

		make_bytes(&m, cases[i].bytes, cases[i].len);
		err = complaint(&m, m.len, all);
		assert_int_equal(err.status, NW_EFORMAT);
		assert_says(&err, "/proc/self/fd/");
		assert_says(&err, "byte offset 0");
		assert_says(&err, cases[i].words);
		free(m.bytes);
	}
}

/* ---- what options select ---- */

/* Four packets, one a second from 10 s on; the third is the SYN. */
static struct made four_packets(uint32_t link, const char *link_hex)
{
	static const char *const packets[] = {DATA, ACK, SYN, SACK};
	struct made m = make(false);

	make_pcap(&m, NANO, link);
	for (uint32_t i = 0; i < 4; i++) {
		uint8_t bytes[2][PACKET_ROOM];
		size_t head = from_hex(link_hex, bytes[0]);
		size_t body = from_hex(packets[i], bytes[1]);

		u32(&m, 10 + i);
		u32(&m, 0);
		u32(&m, head + body);
		u32(&m, head + body);
		make_bytes(&m, bytes[0], head);
		make_bytes(&m, bytes[1], body);
	}
	return m;
}

static void times_are_half_open(void **state)
{
	static const struct {
		int64_t from_s, to_s;
		int count;
	} cases[] = {{0, 0, 4},   {11, 0, 3}, {0, 12, 2},
		     {11, 13, 2}, {14, 0, 0}, {12, 12, 0}};
	struct made m = four_packets(LINK_RAW, "");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct source_options options = {
			.from_ns = cases[i].from_s * 1000000000,
			.to_ns = cases[i].to_s * 1000000000,
		};
		struct source *source = open_made(&m, m.len, options, NULL);

		assert_int_equal(read_frames(source, NULL, 0, 64, NULL),
				 cases[i].count);
		assert_int_equal(source_facts(source)->records, 4);
		assert_int_equal(source_facts(source)->selected_out,
				 4 - cases[i].count);
		source_close(source);
	}
	free(m.bytes);
}

static void filters_of_tcpdump(void **state)
{
	static const struct {
		uint32_t link;
		const char *header, *expression;
		int count;
		uint64_t first;
	} cases[] = {
		{LINK_RAW, "", "tcp[tcpflags] & tcp-syn != 0", 1, 3},
		{LINK_RAW, "", "src host 198.51.100.10", 1, 4},
		{LINK_RAW, "", "udp", 0, 0},
		{LINK_ETHERNET, ETHER4, "tcp port 80", 4, 1},
		{LINK_ETHERNET, ETHER4, "ether src 02:00:00:00:00:01", 4, 1},
		{LINK_ETHERNET, ETHER4, "greater 75", 1, 4},
		{LINK_LINUX_SLL2,
		 "0800 0000 00000003 0001 00 06 0200000000010000",
		 "tcp[tcpflags] & tcp-push != 0", 1, 1},
		{LINK_NULL, "02000000", "tcp and less 50", 1, 2},
		{LINK_IPV4, "", "ip[8] = 64", 4, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made m = four_packets(cases[i].link, cases[i].header);
		struct source_options options = {.filter = cases[i].expression};
		struct nw_error err = {0};
		struct source *source = open_made(&m, m.len, options, &err);
		struct frame f[4];

		print_message("%s %s\n", cases[i].expression, err.text);
		assert_non_null(source);
		assert_int_equal(read_frames(source, f, 4, 64, &err),
				 cases[i].count);
		if (cases[i].count > 0)
			assert_int_equal(f[0].number, cases[i].first);
		source_close(source);
		free(m.bytes);
	}
}

static void filters_that_make_no_sense(void **state)
{
	struct made m = four_packets(LINK_RAW, "");
	struct nw_error err =
		complaint(&m, m.len, (struct source_options){.filter = "tpc"});

	(void)state;
	assert_int_equal(err.status, NW_EUSAGE);
	assert_says(&err, "filter 'tpc' cannot be used");
	assert_says(&err, "of link type RAW");
	err = complaint(&m, m.len,
			(struct source_options){.filter = "ether host "
							  "2:0:0:0:0:1"});
	assert_int_equal(err.status, NW_EUSAGE);
	free(m.bytes);
	/* In pcapng the link type comes with the packet. */
	m = make(false);
	make_section(&m);
	make_interface(&m, LINK_RAW, 0, NULL, 0);
	make_packet(&m, 0, 1, 40, 40);
	err = complaint(&m, m.len, (struct source_options){.filter = "tpc"});
	assert_says(&err, "filter 'tpc' cannot be used");
	free(m.bytes);
}

static void interfaces_that_pcap_cannot_tell(void **state)
{
	struct made m = four_packets(LINK_RAW, "");
	struct nw_error err = complaint(
		&m, m.len, (struct source_options){.interface = "eth0"});

	(void)state;
	assert_int_equal(err.status, NW_EUSAGE);
	assert_says(&err, "does not tell interfaces apart");
	free(m.bytes);
}

#define COOKED(index)                                                          \
	"0800 0000 0000000" index " 0001 00 06 0200000000010000 " ACK

/* Linux cooked v2: each packet says the index of its interface. */
static struct made cooked(bool pcapng)
{
	static const char *const packets[] = {COOKED("2"), COOKED("3"),
					      COOKED("2"), COOKED("7")};
	struct made m = make(false);

	if (pcapng) {
		make_section(&m);
		make_interface(&m, LINK_LINUX_SLL2, 0, "any", 0);
	} else {
		make_pcap(&m, NANO, LINK_LINUX_SLL2);
	}
	for (size_t i = 0; i < COUNT(packets); i++) {
		uint8_t bytes[PACKET_ROOM];
		size_t len = from_hex(packets[i], bytes);

		if (pcapng)
			make_packet(&m, 0, i, (uint32_t)len, (uint32_t)len);
		else
			make_record(&m, (uint32_t)i, 0, (uint32_t)len,
				    (uint32_t)len);
		memcpy(m.bytes + m.len - len - (pcapng ? 4 : 0), bytes, len);
	}
	return m;
}

static void cooked_packets_by_interface_index(void **state)
{
	static const struct {
		bool pcapng;
		const char *interface;
		int count;
	} cases[] = {{false, "2", 2}, {false, "3", 1}, {false, "7", 1},
		     {true, "2", 2},  {true, "7", 1},  {true, "any", 4}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made m = cooked(cases[i].pcapng);
		struct source_options options = {.interface =
							 cases[i].interface};
		struct source *source = open_made(&m, m.len, options, NULL);

		assert_int_equal(read_frames(source, NULL, 0, 64, NULL),
				 cases[i].count);
		assert_int_equal(source_facts(source)->selected_out,
				 4 - cases[i].count);
		source_close(source);
		free(m.bytes);
	}
}

static void cooked_packets_of_no_such_interface(void **state)
{
	struct made m = cooked(false);
	struct nw_error err =
		complaint(&m, m.len, (struct source_options){.interface = "5"});
	struct source *source;

	(void)state;
	assert_int_equal(err.status, NW_EUSAGE);
	assert_says(&err, "no interface '5'");
	assert_says(&err, "there is: 2, 3, 7");
	err = complaint(&m, m.len,
			(struct source_options){.interface = "eth0"});
	assert_says(&err, "knows interfaces by index only");
	err = complaint(&m, m.len,
			(struct source_options){.interface = "99999999999"});
	assert_says(&err, "knows interfaces by index only");
	/* No packet at all: nobody can tell. */
	source = open_made(&m, 24, (struct source_options){.interface = "5"},
			   NULL);
	assert_int_equal(read_frames(source, NULL, 0, 64, NULL), 0);
	source_close(source);
	free(m.bytes);
}

/* ---- standard input ---- */

/* A child writes the bytes into our standard input, `chunk` at a time. */
static pid_t pour(const struct made *m, size_t chunk, unsigned delay_us)
{
	int ends[2];
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		for (size_t at = 0; at < m->len; at += chunk) {
			size_t len = m->len - at;

			if (write(ends[1], m->bytes + at,
				  len < chunk ? len : chunk) < 0)
				_exit(1);
			usleep(delay_us);
		}
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	close(ends[1]);
	return child;
}

static void standard_input_in_small_pieces(void **state)
{
	struct made m = make(false);
	struct source *source;
	int status;
	pid_t child;

	(void)state;
	make_pcap(&m, NANO, LINK_RAW);
	for (uint32_t i = 0; i < 300; i++)
		make_record(&m, i, 0, i, i);
	child = pour(&m, 977, 0);
	source = source_open(&(struct source_options){.file = "-"}, NULL);
	assert_int_equal(read_frames(source, NULL, 0, 64, NULL), 300);
	assert_int_equal(source_facts(source)->size, 0);
	assert_int_equal(source_facts(source)->offset, m.len);
	source_close(source);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	free(m.bytes);
}

static void nothing(int number)
{
	(void)number;
}

/* A signal in the middle of a read(2) is no error. */
static void interrupted_reads_go_on(void **state)
{
	struct sigaction action = {.sa_handler = nothing};
	struct itimerval fast = {{0, 2000}, {0, 2000}}, off = {{0, 0}, {0, 0}};
	struct made m = four_packets(LINK_RAW, "");
	struct nw_error err = {0};
	struct source *source;
	pid_t child;

	(void)state;
	child = pour(&m, m.len / 3, 20000);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &fast, NULL);
	source = source_open(&(struct source_options){.file = "-"}, &err);
	assert_non_null(source);
	assert_int_equal(read_frames(source, NULL, 0, 64, &err), 4);
	setitimer(ITIMER_REAL, &off, NULL);
	source_close(source);
	assert_int_equal(waitpid(child, NULL, 0), child);
	free(m.bytes);
}

static void names_of_link_types(void **state)
{
	char name[LINK_NAME_TEXT];

	(void)state;
	assert_string_equal(link_type_name(LINK_ETHERNET, name), "EN10MB");
	assert_string_equal(link_type_name(LINK_RAW, name), "RAW");
	assert_string_equal(link_type_name(LINK_NULL, name), "NULL");
	assert_string_equal(link_type_name(LINK_LINUX_SLL2, name),
			    "LINUX_SLL2");
	assert_string_equal(link_type_name(65000, name), "LINKTYPE_65000");
}

static void closing_nothing_is_fine(void **state)
{
	struct made m = four_packets(LINK_RAW, "");
	struct source *source = open_made(&m, m.len, all, NULL);
	struct frame frame;

	(void)state;
	source_close(NULL);
	assert_int_equal(source_read(source, &frame, 0, NULL), 0);
	assert_int_equal(source_read(source, &frame, 1, NULL), 1);
	source_close(source);
	free(m.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unreadable_files),
		cmocka_unit_test(what_is_no_capture),
		cmocka_unit_test(times_are_half_open),
		cmocka_unit_test(filters_of_tcpdump),
		cmocka_unit_test(filters_that_make_no_sense),
		cmocka_unit_test(interfaces_that_pcap_cannot_tell),
		cmocka_unit_test(cooked_packets_by_interface_index),
		cmocka_unit_test(cooked_packets_of_no_such_interface),
		cmocka_unit_test(standard_input_in_small_pieces),
		cmocka_unit_test(interrupted_reads_go_on),
		cmocka_unit_test(names_of_link_types),
		cmocka_unit_test(closing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
