#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int main(void)
{
	int id = shmget(5678, 27, 0);
	if (id < 0) {
		perror("shmget");
		return 1;
	}
	sem_t *filled = sem_open("/filled", 0);
	sem_t *emptied = sem_open("/emptied", 0);
	char *from = shmat(id, NULL, SHM_RDONLY);
	if (filled == SEM_FAILED || emptied == SEM_FAILED || from == (char *)-1) {
		perror("client");
		return 1;
	}
	while (sem_wait(filled) != 0)
		if (errno != EINTR)
			return 1;
	int failed = puts(from) == EOF || fflush(stdout) == EOF;
	sem_post(emptied);
	return failed;
}
