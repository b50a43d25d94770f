#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	int shmid = shmget(5678, 27, 0666)
	char *shm;
	int i;

	if (shmid < 0) {
		perror("shmget");
		exit(1);
	}
	shm = shmat(shmid, NULL, 0);
	for (i = 0; i < 26; i++)
		putchar(shm[i]);
	putchar('\n');
	shm[26] = '*';
	return 0;
}
