/* A pool as programs write them for themselves: slabs from the system, cut into equal cells. */
#ifndef POOL_H
#define POOL_H
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#define SLAB_BYTES (256 << 10)
#define SLAB_HEADER_BYTES 64

struct pool {
  size_t cell_bytes;
  size_t header_bytes;
  char *next;
  char *end;
};

static struct pool new_pool(size_t request, size_t header_bytes) {
  size_t cell = (request + header_bytes + 15) & ~(size_t)15;
  return (struct pool){.cell_bytes = cell, .header_bytes = header_bytes, .next = NULL, .end = NULL};
}

static void *pool_take(struct pool *pool) {
  if (pool->next == NULL || pool->next + pool->cell_bytes > pool->end) {
    char *slab = mmap(NULL, SLAB_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slab == MAP_FAILED) return NULL;
    *(struct pool **)slab = pool;
    pool->next = slab + SLAB_HEADER_BYTES;
    pool->end = slab + SLAB_BYTES;
  }
  char *cell = pool->next;
  pool->next += pool->cell_bytes;
  if (pool->header_bytes > 0) {
    ((uintptr_t *)cell)[0] = (uintptr_t)pool;
    ((uintptr_t *)cell)[1] = pool->cell_bytes;
  }
  return cell + pool->header_bytes;
}

#endif
