#include <time.h>
#include "common.h"

int main(void)
{
	struct timespec nap = { 0, 10000000 };
	struct message *copy = malloc(sizeof *copy);
	int tries = 0;
	int id = shmget(KEY, sizeof(struct segment), 0600);
	struct segment *s;

	if (copy == NULL || id < 0) {
		perror("client: shmget");
		return 1;
	}
	s = shmat(id, NULL, 0);
	if (s == (void *) -1) {
		perror("client: shmat");
		return 1;
	}
	/* the server is just about to make the semaphores: a minute is enough */
	while (__atomic_load_n(&s->ready, __ATOMIC_ACQUIRE) != 4711) {
		if (++tries > 6000) {
			fprintf(stderr, "client: the server never got ready\n");
			return 1;
		}
		nanosleep(&nap, NULL);
	}
	while (sem_wait(&s->full) < 0)
		if (errno != EINTR) {
			perror("client: sem_wait");
			return 1;
		}
	memcpy(copy, &s->message, sizeof *copy);
	if (sem_post(&s->done) < 0) {
		perror("client: sem_post");
		return 1;
	}
	if (puts(copy->letters) == EOF || fflush(stdout) == EOF) {
		perror("client: stdout");
		return 1;
	}
	free(copy);
	return 0;
}
