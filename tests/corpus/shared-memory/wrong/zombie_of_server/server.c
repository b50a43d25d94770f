#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/shm.h>

/*
 * parent:  makes queue and segment, waits for the child (end of pipe), then
 *          for the client (message), cleans up
 * child:   fills the segment
 */

#define KEY 5678

int q, shm;
struct { long type; } msg;

void cleanup(void)
{
	if (shm > -1 && shmctl(shm, IPC_RMID, NULL) < 0)
		perror("shmctl");
	if (q > -1 && msgctl(q, IPC_RMID, NULL) < 0)
		perror("msgctl");
}

void error(const char *s)
{
	perror(s);
	cleanup();
	exit(1);
}

void child_fills(char *to)
{
	int fd[2];
	char c;
	ssize_t n;

	if (pipe(fd) < 0)
		error("pipe");
	switch (fork()) {
	case -1:
		error("fork");
		break;
	case 0:
		close(fd[0]);
		for (c = 'a'; c <= 'z'; c++)
			*to++ = c;
		*to = '\0';
		_exit(0);
	}
	close(fd[1]);
	while ((n = read(fd[0], &c, 1)) < 0 && errno == EINTR)
		;
	if (n < 0)
		error("read");
	close(fd[0]);
}

int main(void)
{
	char *mem;

	q = shm = -1;
	if ((q = msgget(KEY, IPC_CREAT | IPC_EXCL | 0600)) < 0)
		error("msgget");
	if ((shm = shmget(KEY, 27, IPC_CREAT | IPC_EXCL | 0600)) < 0)
		error("shmget");
	if ((mem = shmat(shm, NULL, 0)) == (char *)-1)
		error("shmat");

	child_fills(mem);

	msg.type = 1;
	while (msgsnd(q, &msg, 0, 0) < 0)
		if (errno != EINTR)
			error("msgsnd");
	while (msgrcv(q, &msg, 0, 2, 0) < 0)
		if (errno != EINTR)
			error("msgrcv");

	cleanup();
	return 0;
}
