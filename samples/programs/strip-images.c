/*
 * strip-images: rewrites a full-memory minidump without the pages of its modules.
 *
 *     strip-images IN.dmp OUT.dmp
 *
 * The code and data of the DLLs are most of a small process's dump and the same in every dump. What
 * is left is a valid minidump: each memory range that lies wholly within a module of the ModuleList
 * is taken out of the Memory64List together with its bytes, and the stack positions of the
 * ThreadList are moved along. All other streams, and all other ranges (heaps, stacks, PEB, TEBs,
 * mapped files), are kept as they were written.
 *
 *     gcc -O2 -o strip-images strip-images.c
 *     cl /O2 strip-images.c
 */
#define _CRT_SECURE_NO_WARNINGS
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREAD_LIST = 3, MODULE_LIST = 4, MEMORY64_LIST = 9 };
enum { DIRECTORY_ENTRY = 12, MODULE_ENTRY = 108, THREAD_ENTRY = 48, RANGE_ENTRY = 16 };

/* Everything before the memory ranges' bytes. */
static unsigned char *head;
static uint64_t head_size;

static void die(const char *message)
{
	fprintf(stderr, "strip-images: %s\n", message);
	exit(1);
}

static unsigned char *at(uint64_t offset, uint64_t size)
{
	if (offset > head_size || size > head_size - offset)
		die("a stream lies behind the memory or outside of the file");
	return head + offset;
}

static uint32_t get32(uint64_t offset)
{
	uint32_t value;
	memcpy(&value, at(offset, sizeof value), sizeof value);
	return value;
}

static uint64_t get64(uint64_t offset)
{
	uint64_t value;
	memcpy(&value, at(offset, sizeof value), sizeof value);
	return value;
}

static void put32(uint64_t offset, uint32_t value)
{
	memcpy(at(offset, sizeof value), &value, sizeof value);
}

static void put64(uint64_t offset, uint64_t value)
{
	memcpy(at(offset, sizeof value), &value, sizeof value);
}

/* Offset of a stream's directory entry {type, size, rva}, or 0. */
static uint64_t find_stream(uint32_t type)
{
	uint32_t count = get32(8), directory = get32(12), i;

	for (i = 0; i < count; i++)
		if (get32(directory + (uint64_t)i * DIRECTORY_ENTRY) == type)
			return directory + (uint64_t)i * DIRECTORY_ENTRY;
	return 0;
}

/* Start of a list's entries; the count is sometimes followed by four bytes of padding. */
static uint64_t list_entries(uint64_t stream, uint32_t entry_size, uint32_t *count)
{
	uint32_t size = get32(stream + 4), rva = get32(stream + 8);

	*count = get32(rva);
	return rva + (size == 8 + (uint64_t)*count * entry_size ? 8 : 4);
}

static int within_a_module(uint64_t start, uint64_t size)
{
	uint64_t stream = find_stream(MODULE_LIST), entries;
	uint32_t count, i;

	if (stream == 0)
		return 0;
	entries = list_entries(stream, MODULE_ENTRY, &count);
	for (i = 0; i < count; i++) {
		uint64_t entry = entries + (uint64_t)i * MODULE_ENTRY;
		uint64_t base = get64(entry), length = get32(entry + 8);

		if (start >= base && start - base <= length && size <= length - (start - base))
			return 1;
	}
	return 0;
}

/* A stack of the ThreadList may point at its bytes among the memory: from there to here. */
static void move_stacks(uint64_t from, uint64_t size, uint64_t to)
{
	uint64_t stream = find_stream(THREAD_LIST), entries;
	uint32_t count, i;

	if (stream == 0)
		return;
	entries = list_entries(stream, THREAD_ENTRY, &count);
	for (i = 0; i < count; i++) {
		uint64_t position = entries + (uint64_t)i * THREAD_ENTRY + 36;
		uint64_t rva = get32(position);

		if (rva >= from && rva - from < size)
			put32(position, (uint32_t)(rva - from + to));
	}
}

static void copy(FILE *in, FILE *out, uint64_t size)
{
	static unsigned char buffer[1 << 16];

	while (size > 0) {
		size_t want = size < sizeof buffer ? (size_t)size : sizeof buffer;

		if (fread(buffer, 1, want, in) != want)
			die("the memory ends early");
		if (out != NULL && fwrite(buffer, 1, want, out) != want)
			die("cannot write");
		size -= want;
	}
}

static void read_head(FILE *in, uint64_t size)
{
	head = realloc(head, (size_t)size);
	if (head == NULL)
		die("out of memory");
	if (fread(head + head_size, 1, (size_t)(size - head_size), in) != size - head_size)
		die("the file ends early");
	head_size = size;
}

int main(int argc, char **argv)
{
	uint64_t stream, list, count, base, kept = 0, from, to, i;
	uint64_t (*ranges)[2];
	char *keep;
	FILE *in, *out;

	if (argc != 3) {
		fprintf(stderr, "usage: strip-images IN.dmp OUT.dmp\n");
		return 2;
	}
	in = fopen(argv[1], "rb");
	if (in == NULL)
		die("cannot open the dump");

	/* Header, then directory, then the list that says where the memory begins. */
	read_head(in, 32);
	if (memcmp(head, "MDMP", 4) != 0)
		die("not a minidump");
	read_head(in, get32(12) + (uint64_t)get32(8) * DIRECTORY_ENTRY);
	stream = find_stream(MEMORY64_LIST);
	if (stream == 0)
		die("no Memory64List: not a full-memory dump");
	list = get32(stream + 8);
	if (list + 16 > head_size)
		read_head(in, list + 16);
	base = get64(list + 8);
	if (base < head_size)
		die("the memory lies before its list");
	read_head(in, base);

	count = get64(list);
	at(list + 16, 0);
	if (count > (head_size - list - 16) / RANGE_ENTRY)
		die("the list of memory ranges is longer than the file");
	ranges = malloc((size_t)(count * sizeof *ranges + 1));
	keep = malloc((size_t)count + 1);
	if (ranges == NULL || keep == NULL)
		die("out of memory");
	for (i = 0; i < count; i++) {
		ranges[i][0] = get64(list + 16 + i * RANGE_ENTRY);
		ranges[i][1] = get64(list + 24 + i * RANGE_ENTRY);
		keep[i] = !within_a_module(ranges[i][0], ranges[i][1]);
	}

	/* Ranges move towards the start only, in order, so no stack is moved twice. */
	from = to = base;
	for (i = 0; i < count; i++) {
		if (keep[i]) {
			move_stacks(from, ranges[i][1], to);
			put64(list + 16 + kept * RANGE_ENTRY, ranges[i][0]);
			put64(list + 24 + kept * RANGE_ENTRY, ranges[i][1]);
			to += ranges[i][1];
			kept++;
		}
		from += ranges[i][1];
	}
	put64(list, kept);
	put32(stream + 4, (uint32_t)(16 + kept * RANGE_ENTRY));
	memset(at(list + 16 + kept * RANGE_ENTRY, 0), 0, (size_t)((count - kept) * RANGE_ENTRY));

	out = fopen(argv[2], "wb");
	if (out == NULL)
		die("cannot create the new dump");
	if (fwrite(head, 1, (size_t)head_size, out) != head_size)
		die("cannot write");
	for (i = 0; i < count; i++)
		copy(in, keep[i] ? out : NULL, ranges[i][1]);
	if (fclose(out) != 0)
		die("cannot write");
	fclose(in);
	printf("%s: kept %lu of %lu ranges, %lu of %lu bytes\n", argv[2], (unsigned long)kept, (unsigned long)count,
	       (unsigned long)(to - base), (unsigned long)(from - base));
	return 0;
}
