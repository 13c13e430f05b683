/* A server that never forgets a session: a list of structures with texts, beside buffers that come and go. */
#include "step.h"
#include <string.h>

struct session {
	struct session *next;
	const char *(*describe)(const struct session *);
	unsigned long id;
	unsigned int requests, flags;
	char user[32];
	unsigned char token[32];
	char unused[200];
};

static const char *describe(const struct session *session) { return session->user; }

static struct session *sessions;

static unsigned int next_random(void) {
	static unsigned int state = 12345;
	state = state * 1103515245u + 12345u;
	return state >> 8;
}

int main(void) {
	void *buffers[64] = {0};
	unsigned long id = 0;
	for (int step = 0; step < 4; step++) {
		for (int i = 0; i < (step == 0 ? 6000 : 12000); i++) {
			struct session *session = calloc(1, sizeof *session);
			session->next = sessions;
			session->describe = describe;
			session->id = ++id;
			session->requests = next_random() % 50;
			snprintf(session->user, sizeof session->user, "user-%u", next_random() % 100000);
			for (int at = 0; at < 32; at++) session->token[at] = (unsigned char)next_random();
			sessions = session;
			unsigned int slot = next_random() % 64;
			if (i % 16 == 0) {
				free(buffers[slot]);
				buffers[slot] = malloc(500 + next_random() % 6000);
				memset(buffers[slot], 0xa5, 500);
			}
		}
		step_done();
	}
	return 0;
}
