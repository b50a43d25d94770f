#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "lab.h"

int main(void)
{
	int shm = shmget(KEY, SIZE, 0);
	if (shm < 0) {
		perror("shmget");
		return 1;
	}
	int sem = semget(KEY, 2, 0);
	if (sem < 0) {
		perror("semget");
		return 1;
	}
	char *text = shmat(shm, NULL, 0);
	if (text == (char *)-1) {
		perror("shmat");
		return 1;
	}

	if (!sem_add(sem, WRITTEN, -1))
		return 1;
	int lost = fputs(text, stdout) == EOF || fputc('\n', stdout) == EOF || fflush(stdout) == EOF;
	if (lost)
		perror("stdout");
	if (!sem_add(sem, READ, 1))
		return 1;
	return lost;
}
