#include <sys/shm.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>
struct seg { atomic_int flag; char text[32]; };
int main(void)
{
	int id = shmget(5678, sizeof(struct seg), IPC_CREAT | IPC_EXCL | 0600);
	if (id < 0) { perror("shmget"); return 1; }
	struct seg *s = shmat(id, 0, 0);
	if (s == (void *)-1) { perror("shmat"); shmctl(id, IPC_RMID, 0); return 1; }
	while (s->flag != 2) sleep(3);
	if (shmctl(id, IPC_RMID, 0)) { perror("rmid"); return 1; }
	return 0;
}
