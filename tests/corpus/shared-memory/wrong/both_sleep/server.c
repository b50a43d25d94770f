#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define KEY 5678
#define LETTERS "abcdefghijklmnopqrstuvwxyz"

int main(void)
{
	int id = shmget(KEY, sizeof LETTERS, IPC_CREAT | 0666);
	if (id == -1) {
		perror("server: shmget");
		return 1;
	}
	char *shared = shmat(id, NULL, 0);
	if (shared == (char *)-1) {
		perror("server: shmat");
		shmctl(id, IPC_RMID, NULL);
		return 1;
	}
	memcpy(shared, LETTERS, sizeof LETTERS);

	sleep(4);	/* now the client has read them */

	shmdt(shared);
	if (shmctl(id, IPC_RMID, NULL) == -1) {
		perror("server: shmctl");
		return 1;
	}
	return 0;
}
