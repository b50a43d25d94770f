/* first try, in C */
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int main(void)
{
	int id = shmget(5678, 27, IPC_CREAT | 0600);
	char *p = shmat(id, NULL, 0);

	sprintf(p, "abcdefghijklmnopqrstuvwxyz");
	getchar();
	shmctl(id, IPC_RMID, NULL);
	return 0;
}
