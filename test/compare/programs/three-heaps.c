// Fills the main heap, a thread's arena and mapped memory with as much as it is told, then waits to be dumped.
// Usage: three-heaps BLOCKS THREAD_BLOCKS MEGABYTES
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct node {
  struct node *next;
  void (*call)(void);
  char text[184];
};

static struct node *lists[2];
static pthread_barrier_t filled;

static void nothing(void) {}

static void fill(struct node **list, int count) {
  for (int index = 0; index < count; index++) {
    struct node *one = malloc(sizeof *one);
    one->next = *list;
    one->call = nothing;
    memset(one->text, index, sizeof one->text);
    *list = one;
  }
}

static void *work(void *count) {
  fill(&lists[1], *(int *)count);
  pthread_barrier_wait(&filled);
  pause();
  return NULL;
}

// Records that no allocator knows: a pointer into the program, a number, and nothing.
static void pool(int megabytes) {
  size_t size = (size_t)megabytes << 20;
  char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (size_t at = 0; at + 512 <= size; at += 512) {
    void (*call)(void) = nothing;
    memcpy(memory + at, &call, sizeof call);
    memcpy(memory + at + 8, &at, sizeof at);
  }
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  int of_thread = atoi(arguments[2]);
  pthread_t thread;
  pthread_barrier_init(&filled, NULL, 2);
  pthread_create(&thread, NULL, work, &of_thread);
  pthread_barrier_wait(&filled);
  fill(&lists[0], atoi(arguments[1]));
  pool(atoi(arguments[3]));
  puts("ready");
  fflush(stdout);
  pause();
}
