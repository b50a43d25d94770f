#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/shm.h>

#define KEY 5678

struct { long type; } msg;

int main(void)
{
	int q, shm;
	char *mem;

	if ((shm = shmget(KEY, 27, 0)) < 0 || (q = msgget(KEY, 0)) < 0) {
		perror("is the server running?");
		return 1;
	}
	if ((mem = shmat(shm, NULL, 0)) == (char *)-1) {
		perror("shmat");
		return 1;
	}
	while (msgrcv(q, &msg, 0, 1, 0) < 0)
		if (errno != EINTR) {
			perror("msgrcv");
			return 1;
		}

	fwrite(mem, 1, 26, stdout);
	putchar('\n');
	if (fflush(stdout) < 0) {
		perror("stdout");
		return 1;
	}

	msg.type = 2;
	while (msgsnd(q, &msg, 0, 0) < 0)
		if (errno != EINTR) {
			perror("msgsnd");
			return 1;
		}
	return 0;
}
