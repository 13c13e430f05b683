/* The leaker for Windows heaps: starts itself once more as the process that leaks, and writes that one's dumps.

     wine-leaker PREFIX STEPS LEAK...        LEAK  REQUEST:CONTENT:COUNT_PER_STEP

   Writes PREFIX1.dmp and on, and prints one line of JSON per step: the leaked blocks by stride for each leak. */
#include <windows.h>
#include <dbghelp.h>
#include "blocks.h"

#define MOST_LEAKS 3
#define MOST_BLOCKS 100000
#define MOST_GAP (4 << 20)

struct leak {
  size_t request;
  char content[16];
  long per_step;
  long count;
  struct author author;
  uintptr_t blocks[MOST_BLOCKS];
};

static struct leak leaks[MOST_LEAKS];
static int leak_count;

static void read_leak(const char *text) {
  struct leak *leak = &leaks[leak_count];
  char copy[80];
  strncpy(copy, text, sizeof copy - 1);
  leak->request = strtoul(strtok(copy, ":"), NULL, 10);
  strncpy(leak->content, strtok(NULL, ":"), sizeof leak->content - 1);
  leak->per_step = atol(strtok(NULL, ":"));
  leak->author.kind = leak_count;
  leak->author.random = 77 + (uint64_t)leak_count++;
}

static int by_address(const void *a, const void *b) {
  uintptr_t left = *(const uintptr_t *)a, right = *(const uintptr_t *)b;
  return left < right ? -1 : left > right;
}

/* The commonest distance between neighbours: heaps here hand out neighbouring blocks where nothing else allocates. */
static size_t commonest_distance(struct leak *leak) {
  static uintptr_t sorted[MOST_BLOCKS];
  static size_t gaps[MOST_BLOCKS];
  memcpy(sorted, leak->blocks, sizeof *sorted * (size_t)leak->count);
  qsort(sorted, (size_t)leak->count, sizeof *sorted, by_address);
  for (long i = 0; i + 1 < leak->count; i++) gaps[i] = sorted[i + 1] - sorted[i];
  qsort(gaps, (size_t)leak->count - 1, sizeof *gaps, by_address);
  size_t best = 0;
  long run = 0, longest = 0;
  for (long i = 0; i + 1 < leak->count; i++) {
    run = i > 0 && gaps[i] == gaps[i - 1] ? run + 1 : 1;
    if (run > longest && gaps[i] < MOST_GAP) longest = run, best = gaps[i];
  }
  return best;
}

static void print_truth(void) {
  printf("[");
  for (int i = 0; i < leak_count; i++) {
    printf("%s{\"stride\":%u,\"cached\":0,\"leaked\":[", i ? "," : "", (unsigned)commonest_distance(&leaks[i]));
    for (int k = 0; k < leak_count; k++) printf("%s%ld", k ? "," : "", k == i ? leaks[k].count : 0);
    printf("]}");
  }
  printf("]\n");
  fflush(stdout);
}

static void leak_blocks(void) {
  for (int i = 0; i < leak_count; i++)
    for (long k = 0; k < leaks[i].per_step && leaks[i].count < MOST_BLOCKS; k++) {
      void *block = HeapAlloc(GetProcessHeap(), 0, leaks[i].request);
      if (!block) exit(2);
      fill_block(block, leaks[i].request, leaks[i].content, &leaks[i].author);
      leaks[i].blocks[leaks[i].count++] = (uintptr_t)block;
    }
}

static int write_dump(const PROCESS_INFORMATION *process, const char *prefix, int step) {
  char path[400];
  snprintf(path, sizeof path, "%s%d.dmp", prefix, step);
  HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) return 0;
  MINIDUMP_TYPE type = MiniDumpWithFullMemory | MiniDumpWithFullMemoryInfo | MiniDumpWithThreadInfo;
  BOOL written = MiniDumpWriteDump(process->hProcess, process->dwProcessId, file, type, NULL, NULL, NULL);
  CloseHandle(file);
  return written;
}

static int lead(int count, char **arguments, HANDLE ready, HANDLE go) {
  char command[1000] = "";
  snprintf(command, sizeof command, "\"%s\" --leak", arguments[0]);
  for (int i = 2; i < count; i++) strcat(strcat(command, " "), arguments[i]);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION process;
  if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) return 3;
  for (int step = 1; step <= atoi(arguments[2]); step++) {
    HANDLE either[2] = {ready, process.hProcess};
    if (WaitForMultipleObjects(2, either, FALSE, 60000) != WAIT_OBJECT_0) return 4;
    Sleep(100);
    if (!write_dump(&process, arguments[1], step)) return 5;
    SetEvent(go);
  }
  return 0;
}

int main(int count, char **arguments) {
  char name[2][60];
  int is_leaking = count > 2 && !strcmp(arguments[1], "--leak");
  DWORD leader = is_leaking ? (DWORD)atol(getenv("ACCURACY_LEADER")) : GetCurrentProcessId();
  snprintf(name[0], sizeof name[0], "%lu", (unsigned long)leader);
  SetEnvironmentVariableA("ACCURACY_LEADER", name[0]);
  snprintf(name[0], sizeof name[0], "accuracy-ready-%lu", (unsigned long)leader);
  snprintf(name[1], sizeof name[1], "accuracy-go-%lu", (unsigned long)leader);
  HANDLE ready = CreateEventA(NULL, FALSE, FALSE, name[0]);
  HANDLE go = CreateEventA(NULL, FALSE, FALSE, name[1]);
  if (!is_leaking) return lead(count, arguments, ready, go);
  for (int i = 3; i < count; i++) read_leak(arguments[i]);
  for (int step = 0; step < atoi(arguments[2]); step++) {
    leak_blocks();
    print_truth();
    SetEvent(ready);
    WaitForSingleObject(go, 60000);
  }
  return 0;
}
