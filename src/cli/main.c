/* SPDX-License-Identifier: MIT
 *
 * natwitness: reads packet captures from both sides of NATs, firewalls and
 * load balancers and names the device that corrupted TCP.
 */
#include "cmd.h"
#include "nearest.h"

#include "natwitness.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int cmd_help(int argc, char **argv);

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *description;
} commands[] = {
	{"audit", cmd_audit, "compare captures and name the guilty device"},
	{"explain", cmd_explain, "say what a kind of finding means"},
	{"help", cmd_help, "print this, or the help of a command"},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *out)
{
	fputs("usage: natwitness COMMAND [options] ...\n"
	      "\n"
	      "Reads packet captures from both sides of NATs, firewalls and "
	      "load balancers,\n"
	      "finds each TCP connection again on the other side, and names "
	      "the device that\n"
	      "corrupted its ACK or sequence numbers.\n"
	      "\n"
	      "commands:\n",
	      out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name,
			commands[i].description);
	fputs("\n"
	      "  --help     print this; behind a command, its own help\n"
	      "  --version  print the version\n"
	      "\n"
	      "example: natwitness audit client.pcap fw-out.pcap lb-out.pcap\n",
	      out);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int unknown(const char *name)
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		nearest_offer(&nearest, commands[i].name);
	fprintf(stderr, "natwitness: unknown %s '%s'",
		name[0] == '-' ? "option" : "command", name);
	if (nearest.best != NULL)
		fprintf(stderr, "; did you mean %s?", nearest.best);
	fputs("\nnatwitness: 'natwitness --help' explains.\n", stderr);
	return EXIT_TROUBLE;
}

static int cmd_help(int argc, char **argv)
{
	static char wants_help[] = "--help";
	char *arguments[] = {wants_help, NULL};
	const struct command *command;

	if (argc == 0 || argv[0][0] == '-') {
		usage(stdout);
		return 0;
	}
	command = find(argv[0]);
	if (command == NULL)
		return unknown(argv[0]);
	if (command->run == cmd_help) {
		usage(stdout);
		return 0;
	}
	return command->run(1, arguments);
}

/* A standard stream that was closed would be the next file that is opened,
 * and a report would end up in it. Open what fails as the closed one would. */
static void keep_streams_apart(void)
{
	while (true) {
		int fd = open("/dev/null", O_WRONLY);

		if (fd == STDIN_FILENO)
			continue;
		if (fd > STDERR_FILENO)
			close(fd);
		if (fd < 0 || fd > STDERR_FILENO)
			return;
		close(fd);
		if (open("/dev/null", O_RDONLY) < 0)
			return;
	}
}

static int run(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		usage(stderr);
		return EXIT_TROUBLE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return cmd_help(argc - 2, argv + 2);
	if (strcmp(argv[1], "--version") == 0) {
		printf("natwitness %s\n", nw_version());
		return 0;
	}
	command = find(argv[1]);
	if (command == NULL)
		return unknown(argv[1]);
	return command->run(argc - 2, argv + 2);
}

/* Weak, since unit tests of this layer link all of it and bring their own. */
__attribute__((weak)) int main(int argc, char **argv)
{
	int code;

	keep_streams_apart();
	signal(SIGPIPE, SIG_IGN);
	code = run(argc, argv);
	/* What was printed may still sit in a buffer, and the disk be full.
	 * After a report this has been seen already and was complained of. */
	errno = 0;
	if ((fflush(stdout) != 0 || ferror(stdout)) && code != EXIT_TROUBLE) {
		fprintf(stderr, "natwitness: cannot write to standard output");
		if (errno != 0)
			fprintf(stderr, ": %s", strerror(errno));
		fputc('\n', stderr);
		return EXIT_TROUBLE;
	}
	return code;
}
