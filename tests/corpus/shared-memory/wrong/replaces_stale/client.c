/*
 * client - prints what the server has put into the segment
 */
#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>

#define KEY	5678
#define SIZE	27

static int change(int set, unsigned short which, short by)
{
	struct sembuf op = { which, by, 0 };

	while (semop(set, &op, 1) == -1)
		if (errno != EINTR)
			return -1;
	return 0;
}

int main(void)
{
	const struct timespec nap = { 0, 10 * 1000 * 1000 };
	int id, set = -1, tries;
	const char *text;

	id = shmget(KEY, SIZE, 0);
	if (id == -1) {
		perror("client: shmget");
		return 1;
	}
	/* the server makes the semaphores after the segment */
	for (tries = 0; tries < 1500 && set == -1; tries++) {
		set = semget(KEY, 2, 0);
		if (set == -1)
			nanosleep(&nap, NULL);
	}
	if (set == -1) {
		perror("client: semget");
		return 1;
	}
	text = shmat(id, NULL, SHM_RDONLY);
	if (text == (const char *)-1) {
		perror("client: shmat");
		return 1;
	}
	if (change(set, 0, -1) == -1) {
		perror("client: semop");
		return 1;
	}
	puts(text);
	if (fflush(stdout) != 0 || change(set, 1, 1) == -1) {
		perror("client");
		return 1;
	}
	return 0;
}
