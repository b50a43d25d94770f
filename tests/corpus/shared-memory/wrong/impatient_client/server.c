#include <stdio.h>
#include <stdatomic.h>
#include <sys/shm.h>
#include <unistd.h>
struct z { char abc[27]; atomic_bool full, read; };
int main(void)
{
	int id = shmget(5678, sizeof(struct z), IPC_CREAT | IPC_EXCL | 0600);
	if (id == -1) { perror("shmget"); return 1; }
	struct z *z = shmat(id, NULL, 0);
	if (z == (void *)-1) { perror("shmat"); shmctl(id, IPC_RMID, NULL); return 1; }
	sleep(1);       /* thinks about what comes after s */
	for (int i = 0; i < 26; i++) z->abc[i] = 'a' + i;
	z->full = 1;
	while (!z->read) usleep(100000);
	if (shmctl(id, IPC_RMID, NULL) == -1) { perror("shmctl"); return 1; }
	return 0;
}
