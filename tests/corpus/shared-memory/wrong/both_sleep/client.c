#include <stdio.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define KEY 5678
#define LETTERS 26

int main(void)
{
	int id = shmget(KEY, LETTERS + 1, 0);
	if (id == -1) {
		perror("client: shmget");
		return 1;
	}

	sleep(1);	/* the server is still writing */

	const char *shared = shmat(id, NULL, SHM_RDONLY);
	if (shared == (const char *)-1) {
		perror("client: shmat");
		return 1;
	}
	for (int i = 0; i < LETTERS; i++)
		putchar(shared[i]);
	putchar('\n');
	if (fflush(stdout) == EOF) {
		perror("client: stdout");
		return 1;
	}
	shmdt(shared);
	return 0;
}
