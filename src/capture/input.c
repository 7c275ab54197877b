/* SPDX-License-Identifier: MIT
 *
 * Block input. The memory is [head room | body]. The body is where read(2)
 * writes; the unread tail of the last block is moved to the end of the head
 * room, so that it continues seamlessly in the body. Both grow when a record
 * needs it; readers bound what they ask for by FRAME_MAX_BYTES.
 */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fault.h"

#define HEAD_BYTES ((size_t)64 << 10)
#define PAGE_BYTES ((size_t)4096)

static const char *open_remedy(int error)
{
	switch (error) {
	case ENOENT:
		return "check the name";
	case EACCES:
	case EPERM:
		return "ask for read permission, or copy the file";
	case EMFILE:
	case ENFILE:
		return "raise the limit with 'ulimit -n'";
	default:
		return "check the file and the disk that holds it";
	}
}

enum nw_status input_open(struct input *input, const char *file,
			  struct nw_error *err)
{
	*input = (struct input){.fd = STDIN_FILENO, .name = "standard input"};
	if (strcmp(file, "-") == 0)
		return NW_OK;
	input->name = file;
	do {
		input->fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	} while (input->fd < 0 && errno == EINTR);
	if (input->fd < 0)
		return fault_set(err, NW_EIO, "%s: cannot open: %m; %s", file,
				 open_remedy(errno));
	/* Advice only: a pipe refuses it. */
	(void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return NW_OK;
}

void input_close(struct input *input)
{
	if (input->fd > STDIN_FILENO)
		close(input->fd);
	input->fd = -1;
	free(input->memory);
	input->memory = NULL;
	input->at = input->end = NULL;
}

static size_t rounded(size_t bytes, size_t unit)
{
	return (bytes + unit - 1) / unit * unit;
}

/* Moves the tail in front of the body and sees to it that the body has room
 * for the rest of `count` bytes. */
static bool make_room(struct input *input, size_t count)
{
	size_t tail = input_left(input);
	size_t head = input->head, body = input->body;
	uint8_t *memory = input->memory;

	if (memory == NULL || tail > head || count - tail > body) {
		head = rounded(tail > HEAD_BYTES ? tail : HEAD_BYTES,
			       PAGE_BYTES);
		body = rounded(count - tail, INPUT_BLOCK_BYTES);
		if (head < input->head)
			head = input->head;
		if (body < input->body)
			body = input->body;
		memory = aligned_alloc(PAGE_BYTES, head + body);
		if (memory == NULL)
			return false;
	}
	if (tail > 0)
		memmove(memory + head - tail, input->at, tail);
	if (memory != input->memory)
		free(input->memory);
	input->memory = memory;
	input->head = head;
	input->body = body;
	input->at = memory + head - tail;
	input->end = memory + head;
	return true;
}

static int read_failed(const struct input *input, struct nw_error *err)
{
	if (errno == EISDIR)
		fault_set(err, NW_EIO,
			  "%s is a directory: name the capture files in it",
			  input->name);
	else
		fault_set(err, NW_EIO,
			  "%s: cannot read at byte offset %llu: %m; check the "
			  "file and the disk that holds it",
			  input->name, (unsigned long long)input->read_bytes);
	return -1;
}

int input_need(struct input *input, size_t count, struct nw_error *err)
{
	if (input_left(input) >= count)
		return 1;
	if (input->ended)
		return 0;
	if (!make_room(input, count)) {
		fault_no_memory(err, "reading a capture");
		return -1;
	}
	while (input_left(input) < count) {
		uint8_t *to = input->memory + (input->end - input->memory);
		size_t room = input->head + input->body -
			      (size_t)(to - input->memory);
		ssize_t got = read(input->fd, to, room);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return read_failed(input, err);
		if (got == 0) {
			input->ended = true;
			return 0;
		}
		input->end += got;
		input->read_bytes += (uint64_t)got;
	}
	return 1;
}

int input_skip(struct input *input, uint64_t count, struct nw_error *err)
{
	while (count > 0) {
		size_t step = input_left(input);
		int found;

		if (step > count)
			step = (size_t)count;
		input->at += step;
		count -= step;
		if (count == 0)
			break;
		found = input_need(input, 1, err);
		if (found <= 0)
			return found;
	}
	return 1;
}
