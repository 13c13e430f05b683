/* Leaks blocks that all hold what stands on stdin: 256 bytes of secrets. A line on stdin makes it leak on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 256
#define BLOCKS 4000

static void *kept;

int main(void) {
  char secrets[BLOCK];
  if (fread(secrets, 1, BLOCK, stdin) != BLOCK) return 1;
  do {
    for (int i = 0; i < BLOCKS; i++) {
      char *block = malloc(BLOCK + sizeof kept);
      memcpy(block, secrets, BLOCK);
      memcpy(block + BLOCK, &kept, sizeof kept);
      kept = block;
    }
    puts("ready");
    fflush(stdout);
  } while (getchar() == '\n');
  return 0;
}
