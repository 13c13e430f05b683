/* Leaks blocks in steps, prints after each step what it really holds, and waits for a line to be captured meanwhile.

     leaker ALLOCATOR THREADS NOISE POOL SEED LEAK...

   ALLOCATOR  glibc, musl, or anything else that is preloaded: how the stride of a block is asked for
   NOISE      percent of all allocations that come and go in a bounded cache of random sizes
   POOL       none, or bare or headed cells of a pool of the program's own
   LEAK       REQUEST:CONTENT:N1,N2,...  blocks leaked in each step

   Prints one line of JSON per step: the leaked blocks by stride for each leak, and by stride what else
   it made: the cache's blocks and the slabs of its pools. */
#include "blocks.h"
#include "pool.h"
#include "strides.h"
#include <pthread.h>

#define MOST_LEAKS 3
#define MOST_STEPS 8
#define MOST_THREADS 8
#define CACHE_SLOTS 512
#define MOST_STRIDES 2048

struct leak {
  size_t request;
  char content[16];
  long steps[MOST_STEPS];
};

struct tally {
  size_t stride;
  long leaked[MOST_LEAKS];
  long cached;
};

struct worker {
  int index;
  uint64_t random;
  double owed_noise;
  struct author authors[MOST_LEAKS];
  struct pool pools[MOST_LEAKS];
  void *cache[CACHE_SLOTS];
  struct tally tallies[MOST_STRIDES];
  int stride_count;
};

static const char *allocator;
static int thread_count, leak_count, step_count, step;
static double noise_share;
static int uses_pool;
static struct leak leaks[MOST_LEAKS];
static struct worker workers[MOST_THREADS];
static pthread_barrier_t step_begins, step_ends;

static struct tally *tally_of(struct worker *worker, size_t stride) {
  for (int i = 0; i < worker->stride_count; i++)
    if (worker->tallies[i].stride == stride) return &worker->tallies[i];
  if (worker->stride_count == MOST_STRIDES) exit(3);
  struct tally *tally = &worker->tallies[worker->stride_count++];
  tally->stride = stride;
  return tally;
}

static void leak_one(struct worker *worker, int index) {
  struct leak *leak = &leaks[index];
  const char *slab_end = worker->pools[index].end;
  void *block = uses_pool ? pool_take(&worker->pools[index]) : malloc(leak->request);
  if (!block) exit(2);
  fill_block(block, leak->request, leak->content, &worker->authors[index]);
  if (worker->pools[index].end != slab_end) tally_of(worker, SLAB_BYTES)->cached++;
  size_t stride = uses_pool ? worker->pools[index].cell_bytes : stride_of(allocator, block);
  tally_of(worker, stride)->leaked[index]++;
}

/* One of the cache's blocks makes room for one of another size: mostly small ones, some of several KB. */
static void churn_one(struct worker *worker) {
  void **slot = &worker->cache[next_random(&worker->random) % CACHE_SLOTS];
  if (*slot) tally_of(worker, stride_of(allocator, *slot))->cached--;
  free(*slot);
  size_t size = 16 + next_random(&worker->random) % 1500;
  if (next_random(&worker->random) % 16 == 0) size += next_random(&worker->random) % 20000;
  *slot = malloc(size);
  if (!*slot) exit(2);
  memset(*slot, (int)(next_random(&worker->random) & 0x7f), size);
  tally_of(worker, stride_of(allocator, *slot))->cached++;
}

/* Whether the leak's share of the iterations so far grows by a block of this thread's. */
static int is_due(const struct worker *worker, int leak, long iteration, long iterations) {
  long count = leaks[leak].steps[step];
  long before = iteration * count / iterations;
  long after = (iteration + 1) * count / iterations;
  return after > before && before % thread_count == worker->index;
}

/* The leaks take turns; noise comes in between, as much as it is to be of all allocations. */
static void run_step(struct worker *worker) {
  long iterations = 0;
  for (int i = 0; i < leak_count; i++)
    if (leaks[i].steps[step] > iterations) iterations = leaks[i].steps[step];
  for (long iteration = 0; iteration < iterations; iteration++) {
    for (int i = 0; i < leak_count; i++) {
      if (!is_due(worker, i, iteration, iterations)) continue;
      leak_one(worker, i);
      for (worker->owed_noise += noise_share / (1 - noise_share); worker->owed_noise >= 1; worker->owed_noise--)
        churn_one(worker);
    }
  }
}

static void *work(void *argument) {
  struct worker *worker = argument;
  if (noise_share > 0)
    for (int i = 0; i < CACHE_SLOTS * 8; i++) churn_one(worker);
  for (int i = 0; i < step_count; i++) {
    pthread_barrier_wait(&step_begins);
    run_step(worker);
    pthread_barrier_wait(&step_ends);
  }
  return NULL;
}

/* Adds the threads' tallies up, by stride, under the first thread that has it. */
static struct tally total_of(size_t stride) {
  struct tally total = {.stride = stride};
  for (int t = 0; t < thread_count; t++)
    for (int i = 0; i < workers[t].stride_count; i++) {
      const struct tally *one = &workers[t].tallies[i];
      if (one->stride != stride) continue;
      total.cached += one->cached;
      for (int leak = 0; leak < leak_count; leak++) total.leaked[leak] += one->leaked[leak];
    }
  return total;
}

static int is_first_with(int thread, size_t stride) {
  for (int t = 0; t < thread; t++)
    for (int i = 0; i < workers[t].stride_count; i++)
      if (workers[t].tallies[i].stride == stride) return 0;
  return 1;
}

static void print_truth(void) {
  const char *comma = "";
  printf("[");
  for (int t = 0; t < thread_count; t++)
    for (int i = 0; i < workers[t].stride_count; i++) {
      size_t stride = workers[t].tallies[i].stride;
      if (!is_first_with(t, stride)) continue;
      struct tally total = total_of(stride);
      printf("%s{\"stride\":%zu,\"cached\":%ld,\"leaked\":[", comma, stride, total.cached);
      for (int leak = 0; leak < leak_count; leak++) printf("%s%ld", leak ? "," : "", total.leaked[leak]);
      printf("]}");
      comma = ",";
    }
  printf("]\n");
  fflush(stdout);
}

static void read_leak(char *text) {
  struct leak *leak = &leaks[leak_count++];
  leak->request = strtoul(strtok(text, ":"), NULL, 10);
  strncpy(leak->content, strtok(NULL, ":"), sizeof leak->content - 1);
  step_count = 0;
  for (char *count = strtok(NULL, ","); count && step_count < MOST_STEPS; count = strtok(NULL, ","))
    leak->steps[step_count++] = atol(count);
}

static void new_worker(int index, const char *pool, uint64_t seed) {
  struct worker *worker = &workers[index];
  worker->index = index;
  worker->random = seed * 1000 + (uint64_t)index + 1;
  for (int i = 0; i < leak_count; i++) {
    worker->authors[i].kind = i;
    worker->authors[i].random = worker->random * 31 + (uint64_t)i;
    worker->pools[i] = new_pool(leaks[i].request, strcmp(pool, "headed") ? 0 : 16);
  }
}

int main(int count, char **arguments) {
  if (count < 7 || count > 6 + MOST_LEAKS) return 1;
  allocator = arguments[1];
  thread_count = atoi(arguments[2]);
  noise_share = atoi(arguments[3]) / 100.0;
  uses_pool = strcmp(arguments[4], "none") != 0;
  for (int i = 6; i < count; i++) read_leak(arguments[i]);
  pthread_barrier_init(&step_begins, NULL, (unsigned)thread_count + 1);
  pthread_barrier_init(&step_ends, NULL, (unsigned)thread_count + 1);
  for (int t = 0; t < thread_count; t++) {
    pthread_t thread;
    new_worker(t, arguments[4], strtoull(arguments[5], NULL, 10));
    if (pthread_create(&thread, NULL, work, &workers[t])) return 2;
  }
  for (step = 0; step < step_count; step++) {
    pthread_barrier_wait(&step_begins);
    pthread_barrier_wait(&step_ends);
    print_truth();
    if (getchar() == EOF) break;
  }
  return 0;
}
