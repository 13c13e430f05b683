/* What a block takes in its heap, its header and padding included: read from the allocator itself, as the truth that
   the detection is held against. */
#ifndef STRIDES_H
#define STRIDES_H
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* glibc keeps the size of the chunk, with three flags, in front of the block. */
static inline size_t glibc_stride(const void *block) {
  size_t field;
  memcpy(&field, (const char *)block - sizeof field, sizeof field);
  return field & ~(size_t)7;
}

/* musl's mallocng: the group a slot stands in points to its meta, which knows the size class (meta.h of musl 1.2). */
struct musl_meta {
  struct musl_meta *previous, *next;
  void *group;
  volatile int available, freed;
  uintptr_t last_index : 5, freeable : 1, size_class : 6, mapped_pages : 8 * sizeof(uintptr_t) - 12;
};
static inline size_t musl_stride(const void *block) {
  static const uint16_t classes[] = {1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   12,   15,
                                     18,   20,   25,   31,   36,   42,   50,   63,   72,   84,   102,  127,
                                     146,  170,  204,  255,  292,  340,  409,  511,  584,  682,  818,  1023,
                                     1169, 1364, 1637, 2047, 2340, 2730, 3276, 4095, 4680, 5460, 6552, 8191};
  const unsigned char *bytes = block;
  uint16_t offset;
  memcpy(&offset, bytes - 2, sizeof offset);
  struct musl_meta *meta;
  memcpy(&meta, bytes - 16 * (size_t)offset - 16, sizeof meta);
  if (meta->last_index == 0 && meta->mapped_pages) return meta->mapped_pages * 4096;
  return 16 * (size_t)classes[meta->size_class];
}

/* jemalloc puts a page beside every large block, within which it moves the block's start (sz_large_pad of 5.3). */
static inline size_t jemalloc_stride(void *block) {
  size_t usable = malloc_usable_size(block);
  return usable >= 16384 ? usable + 4096 : usable;
}

/* The others cut pages into blocks of one size, all of which the program may use. */
static inline size_t stride_of(const char *allocator, void *block) {
  if (!strcmp(allocator, "glibc")) return glibc_stride(block);
  if (!strcmp(allocator, "musl")) return musl_stride(block);
  if (!strcmp(allocator, "jemalloc")) return jemalloc_stride(block);
  return malloc_usable_size(block);
}

#endif
