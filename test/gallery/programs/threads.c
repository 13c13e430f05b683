/* Threads that are started for each job and wait for ever: each keeps its stack. */
#include "step.h"
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static void *work(void *argument) {
	char scratch[24 * 1024];
	memset(scratch, (int)(size_t)argument | 1, sizeof scratch);
	for (;;) {
		pause();
		if (scratch[0] == 0) return NULL;
	}
}

int main(void) {
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 256 * 1024);
	size_t count = 0;
	for (int step = 0; step < 3; step++) {
		for (int i = 0; i < (step == 0 ? 6 : 12); i++) {
			pthread_t thread;
			if (pthread_create(&thread, &attributes, work, (void *)++count)) return 1;
		}
		usleep(200000);
		step_done();
	}
	return 0;
}
