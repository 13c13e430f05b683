// A process to be captured: says where it holds what, then does what the lines on its stdin ask for.
//   grow COUNT SIZE   leaks blocks, each with its number in its first word
//   threads COUNT     starts threads that sleep
//   done              answers; every line is answered by one
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t written_static[512] = {0x5157a71c};
static void **last;

static void *sleeper(void *argument) {
  for (;;) sleep(1000);
  return argument;
}

int main(void) {
  size_t megabyte = 1 << 20;
  uint64_t *words = malloc(64 * sizeof *words);
  for (int i = 0; i < 64; i++) words[i] = 0x1122334455667788u + i;
  written_static[100] = 0xc0ffee;
  char *sparse = mmap(NULL, 16 * megabyte, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  sparse[5 * megabyte] = 42;
  char *reserved = mmap(NULL, megabyte, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *shared = mmap(NULL, megabyte, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  memset(shared + 4096, 7, 4096);
  char *hidden = mmap(NULL, megabyte, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(hidden, 9, megabyte);
  madvise(hidden, megabyte, MADV_DONTDUMP);
  printf("{\"words\":\"%p\",\"written\":\"%p\",\"sparse\":\"%p\",\"reserved\":\"%p\",\"shared\":\"%p\",\"hidden\":\"%p\"}\n",
         (void *)words, (void *)written_static, (void *)sparse, (void *)reserved, (void *)shared, (void *)hidden);
  fflush(stdout);
  char line[100];
  uint64_t number = 0;
  while (fgets(line, sizeof line, stdin)) {
    size_t count = 0, size = 0;
    if (sscanf(line, "grow %zu %zu", &count, &size) == 2) {
      for (size_t i = 0; i < count; i++) {
        void **block = malloc(size);
        memset(block, 0x2a, size);
        block[0] = (void *)++number;
        block[1] = last;
        last = block;
      }
    } else if (sscanf(line, "threads %zu", &count) == 1) {
      pthread_t thread;
      for (size_t i = 0; i < count; i++) pthread_create(&thread, NULL, sleeper, NULL);
    }
    printf("done\n");
    fflush(stdout);
  }
  return 0;
}
