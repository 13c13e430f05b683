/* A healthy process: what it holds is bounded. Prints a line after each step, and waits for one to be captured meanwhile.

     steady MODE STEPS SEED

   MODE  churn    a working set of random sizes, replaced all the time
         queue    blocks of one size that are handed in and taken out
         warm-up  builds its working set in the first two steps, then works on it
         filling  a cache of blocks of one size that fills up in the first half, then replaces
         mixed    a cache of very different sizes that fills up in the first half, then replaces
         keeping  keeps blocks of very different sizes all the time: grows, but no size of block is to blame
         sessions blocks live for about a step, in groups that are freed together */
#include "blocks.h"

#define SLOTS 8192

static void *slots[SLOTS];
static uint64_t rng;
static struct author author;

/* From 16 bytes to 16 KB, as many between 16 and 32 as between 8 and 16 KB. */
static size_t mixed_size(void) {
  size_t octave = (size_t)16 << next_random(&rng) % 10;
  return octave + next_random(&rng) % octave;
}

static void put(int slot, size_t size, const char *content) {
  free(slots[slot]);
  slots[slot] = malloc(size);
  if (!slots[slot]) exit(2);
  fill_block(slots[slot], size, content, &author);
}

static int any_slot(int limit) { return (int)(next_random(&rng) % (uint64_t)limit); }

static void churn(int replacements, int limit) {
  for (int i = 0; i < replacements; i++) put(any_slot(limit), 16 + next_random(&rng) % 2000, "random");
}

static void queue(int messages) {
  static int in;
  for (int i = 0; i < messages; i++) {
    int waiting = 200 + any_slot(400);
    put(in % SLOTS, 512, "list");
    int out = (in + SLOTS - waiting) % SLOTS;
    free(slots[out]);
    slots[out] = NULL;
    in++;
  }
}

/* Fills the slots up to the step's limit, in order, and then replaces at random among them. */
static void fill_up(int step, int steps, const char *content, size_t fixed) {
  static int filled;
  int full = (steps + 1) / 2;
  int limit = step >= full ? SLOTS : SLOTS / full * step;
  for (; filled < limit; filled++) put(filled, fixed ? fixed : mixed_size(), content);
  for (int i = 0; i < SLOTS / 4; i++) put(any_slot(filled), fixed ? fixed : mixed_size(), content);
}

static void keep(int blocks) {
  for (int i = 0; i < blocks; i++) {
    size_t size = mixed_size();
    void *block = malloc(size);
    if (!block) exit(2);
    fill_block(block, size, "random", &author);
  }
}

static void sessions(int rounds) {
  int group = any_slot(SLOTS / 64) * 64;
  for (int i = 0; i < rounds; i++, group = any_slot(SLOTS / 64) * 64)
    for (int k = 0; k < 64; k++) put(group + k, k % 4 == 0 ? 1000 : 96 + (size_t)k, "vtable");
}

static void run_step(const char *mode, int step, int steps) {
  if (!strcmp(mode, "churn")) churn(step == 1 ? SLOTS * 6 : SLOTS * 3, SLOTS);
  else if (!strcmp(mode, "queue")) queue(20000 + any_slot(5000));
  else if (!strcmp(mode, "warm-up")) churn(SLOTS * 3, step == 1 ? SLOTS / 4 : SLOTS);
  else if (!strcmp(mode, "filling")) fill_up(step, steps, "list", 1000);
  else if (!strcmp(mode, "mixed")) fill_up(step, steps, "random", 0);
  else if (!strcmp(mode, "keeping")) keep(1500);
  else if (!strcmp(mode, "sessions")) sessions(step == 1 ? 1200 : 400);
  else exit(1);
}

int main(int count, char **arguments) {
  if (count != 4) return 1;
  int steps = atoi(arguments[2]);
  rng = strtoull(arguments[3], NULL, 10) * 77 + 1;
  author.random = rng + 1;
  for (int step = 1; step <= steps; step++) {
    run_step(arguments[1], step, steps);
    printf("[]\n");
    fflush(stdout);
    if (getchar() == EOF) break;
  }
  return 0;
}
