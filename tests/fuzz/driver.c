/* SPDX-License-Identifier: MIT
 *
 * Runs a libFuzzer target without libFuzzer, so that every compiler and every
 * plain ctest replays the corpora.
 *
 *	fuzz_decode MUTATIONS [FILE|DIRECTORY]...
 *
 * Each file is fed as it is and then MUTATIONS times changed. The changes come
 * from a fixed seed: the same arguments feed the same bytes on every machine.
 * Each input lies in a heap block of exactly its size, so that a sanitizer
 * sees the first byte read too far.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint64_t inputs_run;

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static size_t below(uint64_t *state, size_t limit)
{
	return (size_t)(next_random(state) % limit);
}

static void feed(const uint8_t *bytes, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);

	if (!exact) {
		fputs("driver: no memory\n", stderr);
		exit(1);
	}
	if (size)
		memcpy(exact, bytes, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	inputs_run++;
}

/* One small change to `size` bytes; returns the new size, never larger. */
static size_t mutate(uint8_t *bytes, size_t size, uint64_t *state)
{
	static const uint8_t edges[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
	size_t at = below(state, size);

	switch (next_random(state) % 5) {
	case 0:
		bytes[at] ^= (uint8_t)(1u << below(state, 8));
		return size;
	case 1:
		bytes[at] = edges[below(state, sizeof(edges))];
		return size;
	case 2:
		bytes[at] = (uint8_t)next_random(state);
		return size;
	case 3: {
		size_t count = 1 + below(state, 8);

		if (count > size - at)
			count = size - at;
		memset(bytes + at, edges[below(state, sizeof(edges))], count);
		return size;
	}
	default:
		return at;
	}
}

static void feed_mutations(const uint8_t *bytes, size_t size,
			   unsigned long mutations)
{
	uint64_t state = size;
	uint8_t *changed;

	if (!size)
		return;
	changed = malloc(size);
	if (!changed)
		return;
	for (unsigned long i = 0; i < mutations; i++) {
		size_t left = size;
		size_t changes = 1 + below(&state, 4);

		memcpy(changed, bytes, size);
		while (changes-- && left)
			left = mutate(changed, left, &state);
		feed(changed, left);
	}
	free(changed);
}

static int feed_file(const char *name, unsigned long mutations)
{
	uint8_t *bytes = malloc(INPUT_MAX);
	FILE *file = fopen(name, "rb");
	int failed = 1;

	if (bytes && file) {
		size_t size = fread(bytes, 1, INPUT_MAX, file);

		feed(bytes, size);
		feed_mutations(bytes, size, mutations);
		failed = 0;
	} else {
		perror(name);
	}
	if (file)
		fclose(file);
	free(bytes);
	return failed;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int feed_directory(const char *name, unsigned long mutations)
{
	struct dirent **entries = NULL;
	int count = scandir(name, &entries, NULL, by_name);
	int failed = 0;

	for (int i = 0; i < count; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", name, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			failed |= feed_file(file, mutations);
		free(entries[i]);
	}
	free(entries);
	return failed;
}

/* What every target must bear even before it has a corpus. */
static void feed_nothing_and_noise(unsigned long mutations)
{
	uint8_t noise[256] = {0};
	uint64_t state = 1;

	feed(noise, 0);
	for (unsigned long i = 0; i < mutations; i++) {
		size_t size = 1 + below(&state, sizeof(noise));

		for (size_t at = 0; at < size; at++)
			noise[at] = (uint8_t)next_random(&state);
		feed(noise, size);
	}
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2) {
		fputs("usage: fuzz_X MUTATIONS [FILE|DIRECTORY]...\n", stderr);
		return 2;
	}
	unsigned long mutations = strtoul(argv[1], NULL, 10);

	feed_nothing_and_noise(mutations);
	for (int i = 2; i < argc; i++) {
		struct stat status;

		if (stat(argv[i], &status) != 0)
			printf("%s: not there, left out\n", argv[i]);
		else if (S_ISDIR(status.st_mode))
			failed |= feed_directory(argv[i], mutations);
		else
			failed |= feed_file(argv[i], mutations);
	}
	printf("%llu inputs\n", (unsigned long long)inputs_run);
	return failed;
}
