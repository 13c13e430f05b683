/*
 * leak: a loop of malloc() whose blocks are never freed and never written to.
 *
 * The three programs of Dmitry Vostokov's Dump2Picture article, written anew: the request is fixed
 * when it is compiled (-DREQUEST=0xFFFF, -DREQUEST=0xFF, -DREQUEST=0xFF/4), the arguments say how
 * many blocks there are to be at each dump:
 *
 *     leak-65535 107 259 488
 *
 * At each step it prints one JSON line with what it counted itself, then waits to be dumped:
 * on Linux and other Unixes it stops itself (continue it with SIGCONT), on Windows it waits for a
 * line on stdin. After the last step it ends.
 *
 *     gcc -O2 -DREQUEST=0xFFFF -o leak-65535 leak.c
 *     x86_64-w64-mingw32-gcc -O2 -DREQUEST=0xFFFF -o leak-65535.exe leak.c
 *     cl /O2 /DREQUEST=0xFFFF /Fe:leak-65535.exe leak.c
 */
#ifdef _WIN32
#define _CRT_SECURE_NO_WARNINGS
#else
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#endif

#include <stdio.h>
#include <stdlib.h>

#ifndef REQUEST
#define REQUEST 0xFFFF
#endif

/* Storing each pointer here keeps the compiler from dropping a malloc() whose result is unused. */
static void *volatile last;

static void wait_to_be_dumped(void)
{
#ifdef _WIN32
	int c;
	do
		c = getchar();
	while (c != '\n' && c != EOF);
#else
	raise(SIGSTOP);
#endif
}

int main(int argc, char **argv)
{
	unsigned long count = 0;
	int step;

	if (argc < 2) {
		fprintf(stderr, "usage: %s COUNT...  (blocks alive at each dump)\n", argv[0]);
		return 2;
	}
	/* Without buffers of stdio's own, the leak is all that happens on the heap. */
	setvbuf(stdout, NULL, _IONBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0);

	for (step = 1; step < argc; step++) {
		unsigned long target = strtoul(argv[step], NULL, 10);

		while (count < target) {
			last = malloc(REQUEST);
			if (last == NULL) {
				fprintf(stderr, "out of memory after %lu blocks\n", count);
				return 1;
			}
			count++;
		}
		printf("{\"step\":%d,\"request\":%lu,\"count\":%lu}\n", step, (unsigned long)(REQUEST), count);
		wait_to_be_dumped();
	}
	return 0;
}
