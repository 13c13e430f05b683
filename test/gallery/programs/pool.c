/* A pool of its own: slabs of 1 MB from mmap, cut into nodes of 96 bytes of a tree that only grows. */
#define _GNU_SOURCE
#include "step.h"
#include <sys/mman.h>

struct node {
	struct node *left, *right, *parent;
	double key;
	unsigned int colour, height;
	char unused[56];
};

enum { slab_bytes = 1 << 20, header_bytes = 64 };

static struct node *allocate(void) {
	static char *slab;
	static size_t used = slab_bytes;
	if (used + sizeof(struct node) > slab_bytes) {
		slab = mmap(NULL, slab_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (slab == MAP_FAILED) exit(1);
		*(size_t *)slab = slab_bytes;
		used = header_bytes;
	}
	struct node *node = (struct node *)(slab + used);
	used += sizeof *node;
	return node;
}

int main(void) {
	struct node *last = NULL;
	double key = 0;
	for (int step = 0; step < 3; step++) {
		for (int i = 0; i < (step == 0 ? 30000 : 60000); i++) {
			struct node *node = allocate();
			node->parent = last;
			node->key = key += 1.37;
			node->height = (unsigned int)rand() % 19;
			if (last) *(rand() % 3 ? &last->left : &last->right) = node;
			last = node;
		}
		step_done();
	}
	return 0;
}
