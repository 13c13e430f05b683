/* What the programs of the benchmark share: random numbers, contents, and what a block really takes in its heap. */
#ifndef BLOCKS_H
#define BLOCKS_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* xorshift64*, so that every run of a plan allocates the same sizes. */
static inline uint64_t next_random(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 0x2545f4914f6cdd1dULL;
}

struct operations {
  void (*start)(void);
  const char *name;
};
static void do_nothing(void) {}
static const struct operations operations[4] = {{do_nothing, "one"}, {do_nothing, "two"}, {do_nothing, "three"}};
static const char *const names[4] = {"session-record", "cache-entry", "open-order", "log-line"};

#define RECENT_BLOCKS 64

/* State of one leak in one thread: contents refer to the blocks before. */
struct author {
  int kind;
  uint64_t random;
  uint64_t written;
  void *recent[RECENT_BLOCKS];
};

static void fill_random(unsigned char *block, size_t from, size_t size, uint64_t *random) {
  while (from < size) {
    uint64_t value = next_random(random);
    size_t part = size - from < sizeof value ? size - from : sizeof value;
    memcpy(block + from, &value, part);
    from += part;
  }
}

static void fill_text(unsigned char *block, size_t size, struct author *author) {
  static const char *const words[] = {"order", "customer", "is",     "in",      "the",     "queue",   "since", "Monday",
                                      "and",   "waits",    "for",    "payment", "address", "unknown", "or",    "a",
                                      "reply", "from",     "branch", "office",  "number",  "seven",   "which", "closed"};
  size_t at = 0;
  while (at < size) {
    const char *word = words[next_random(&author->random) % (sizeof words / sizeof *words)];
    for (; *word && at < size; word++) block[at++] = (unsigned char)*word;
    if (at < size) block[at++] = ' ';
  }
  block[size - 1] = 0;
}

static void fill_pointers(unsigned char *block, size_t size, struct author *author) {
  for (size_t at = 0; at + sizeof(void *) <= size; at += sizeof(void *)) {
    uint64_t value = next_random(&author->random);
    void *pointer = author->recent[value % RECENT_BLOCKS];
    if (value >> 62 == 0) pointer = (void *)&operations[value >> 32 & 3];
    memcpy(block + at, &pointer, sizeof pointer);
  }
}

/* A record as programs keep it: link, number, state, name. */
static void fill_list(unsigned char *block, size_t size, const void *previous, const struct author *author) {
  if (size >= 8) memcpy(block, &previous, 8);
  if (size >= 16) memcpy(block + 8, &author->written, 8);
  if (size >= 48) strcpy((char *)block + 24, names[author->kind]);
}

static void fill_object(unsigned char *block, size_t size, const void *previous, struct author *author) {
  const void *table = &operations[author->kind];
  if (size >= 8) memcpy(block, &table, 8);
  if (size >= 16) memcpy(block + 8, &previous, 8);
  fill_random(block, 16, size, &author->random);
}

/* content: zero, list, text, random, vtable or pointers. Touches every byte, as programs that use their memory do. */
static void fill_block(void *block, size_t size, const char *content, struct author *author) {
  void **newest = &author->recent[author->written % RECENT_BLOCKS];
  const void *previous = author->recent[(author->written + RECENT_BLOCKS - 1) % RECENT_BLOCKS];
  memset(block, 0, size);
  if (!strcmp(content, "text")) fill_text(block, size, author);
  else if (!strcmp(content, "random")) fill_random(block, 0, size, &author->random);
  else if (!strcmp(content, "list")) fill_list(block, size, previous, author);
  else if (!strcmp(content, "vtable")) fill_object(block, size, previous, author);
  else if (!strcmp(content, "pointers")) fill_pointers(block, size, author);
  *newest = block;
  author->written++;
}

#endif
