/* The server does not write the alphabet itself, six children do, five letters each (the last
 * one has only one). Synchronisation with the client: two System V semaphores. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

#define CHILDREN 6
#define LETTERS  5

static int write_part(char *text, int part)
{
	for (int i = part * LETTERS; i < (part + 1) * LETTERS && i < 26; i++)
		text[i] = 'a' + i;
	return 0;
}

/* 1 if all children could be started and did their work */
static int write_all(char *text)
{
	int ok = 1, started = 0, status;

	while (started < CHILDREN) {
		pid_t child = fork();
		if (child == 0)
			_exit(write_part(text, started));
		if (child < 0) {
			perror("fork");
			ok = 0;
			break;
		}
		started++;
	}
	while (started > 0) {
		if (wait(&status) < 0) {
			if (errno == EINTR)
				continue;
			ok = 0;
			if (errno == ECHILD)
				break;
			perror("wait");
			continue;
		}
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
			fprintf(stderr, "a child failed\n");
			ok = 0;
		}
		started--;
	}
	text[26] = '\0';
	return ok;
}

int main(void)
{
	int sem, shm, ok = 0;
	char *text;

	sem = semget(KEY, 2, IPC_CREAT | IPC_EXCL | 0600);
	if (sem < 0) {
		perror("semget");
		return 1;
	}

	shm = shmget(KEY, SIZE, IPC_CREAT | IPC_EXCL | 0600);
	if (shm < 0) {
		perror("shmget");
	} else {
		sleep(1);		/* so that one can look with ipcs */

		text = shmat(shm, NULL, 0);
		if (text == (char *)-1)
			perror("shmat");
		else
			ok = write_all(text) && sem_add(sem, WRITTEN, 1) && sem_add(sem, READ, -1);

		if (shmctl(shm, IPC_RMID, NULL) < 0) {
			perror("shmctl");
			ok = 0;
		}
	}

	if (semctl(sem, 0, IPC_RMID) < 0) {
		perror("semctl");
		ok = 0;
	}
	return !ok;
}
