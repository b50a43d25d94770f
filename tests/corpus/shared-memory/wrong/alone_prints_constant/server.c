#include "common.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	int id;
	struct layout *l;

	/* remove what is there already */
	if ((id = shmget(SEGMENT, 0, 0)) >= 0)
		shmctl(id, IPC_RMID, NULL);

	if ((id = shmget(SEGMENT, sizeof *l, IPC_CREAT | IPC_EXCL | 0600)) < 0) {
		perror("server: shmget");
		return 1;
	}
	if ((l = shmat(id, NULL, 0)) == (void *)-1) {
		perror("server: shmat");
		shmctl(id, IPC_RMID, NULL);
		return 1;
	}

	memcpy(l->abc, ABC, sizeof l->abc);
	__atomic_store_n(&l->there, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&l->fetched, __ATOMIC_ACQUIRE))
		usleep(1000);

	if (shmctl(id, IPC_RMID, NULL) < 0) {
		perror("server: shmctl");
		return 1;
	}
	return 0;
}
