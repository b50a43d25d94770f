#include "common.h"

int main(void)
{
	/* IPC_EXCL: never one that somebody else has left */
	int id = shmget(KEY, sizeof(struct segment), IPC_CREAT | IPC_EXCL | 0600);
	struct segment *s;
	int i, bad = 0;

	if (id < 0) {
		perror("server: shmget");
		return 1;
	}
	s = shmat(id, NULL, 0);
	if (s == (void *) -1) {
		perror("server: shmat");
		shmctl(id, IPC_RMID, NULL);
		return 1;
	}
	if (sem_init(&s->full, 1, 0) < 0 || sem_init(&s->done, 1, 0) < 0) {
		perror("server: sem_init");
		shmctl(id, IPC_RMID, NULL);
		return 1;
	}
	__atomic_store_n(&s->ready, 4711, __ATOMIC_RELEASE);
	s->message.from = 1;
	s->message.to = 2;
	for (i = 0; i < 26; i++)
		s->message.letters[i] = 'a' + i;
	if (sem_post(&s->full) < 0) {
		perror("server: sem_post");
		bad = 1;
	}
	while (!bad && sem_wait(&s->done) < 0)
		if (errno != EINTR) {
			perror("server: sem_wait");
			bad = 1;
		}
	if (shmctl(id, IPC_RMID, NULL) < 0) {
		perror("server: shmctl");
		bad = 1;
	}
	return bad;
}
