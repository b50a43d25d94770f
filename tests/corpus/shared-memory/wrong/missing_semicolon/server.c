#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
	int shmid = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0666);
	char *shm;
	int i;

	if (shmid < 0) {
		perror("shmget");
		exit(1);
	}
	shm = shmat(shmid, NULL, 0);
	for (i = 0; i < 26; i++)
		shm[i] = 'a' + i;

	while (shm[26] != '*')
		sleep(1);
	shmctl(shmid, IPC_RMID, NULL);
	return 0;
}
