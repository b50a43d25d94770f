/*
 * server - fills the segment, tells the client, waits for it
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

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
	int id, set, status = 1;
	char *text;

	id = shmget(KEY, SIZE, IPC_CREAT | IPC_EXCL | 0600);
	if (id == -1 && errno == EEXIST) {
		/* of a run that was killed: put a fresh one in its place */
		id = shmget(KEY, 0, 0);
		if (id == -1 || shmctl(id, IPC_RMID, NULL) == -1 ||
		    shmget(KEY, SIZE, IPC_CREAT | IPC_EXCL | 0600) == -1) {
			perror("server: old segment");
			return 1;
		}
		fprintf(stderr, "server: found an old segment, start me again\n");
		return 1;
	}
	if (id == -1) {
		perror("server: shmget");
		return 1;
	}
	set = semget(KEY, 2, IPC_CREAT | IPC_EXCL | 0600);
	if (set == -1) {
		perror("server: semget");
		shmctl(id, IPC_RMID, NULL);
		return 1;
	}
	text = shmat(id, NULL, 0);
	if (text == (char *)-1) {
		perror("server: shmat");
	} else {
		strcpy(text, "abcdefghijklmnopqrstuvwxyz");
		if (change(set, 0, 1) == 0 && change(set, 1, -1) == 0)
			status = 0;
		else
			perror("server: semop");
	}
	shmctl(id, IPC_RMID, NULL);
	semctl(set, 0, IPC_RMID);
	return status;
}
