#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

/* A pipe holds 64 KiB, so that is the best size for a block. */
#define BLOCK 65536

static struct {
	long type;
	char data[BLOCK];
} message;

int main(void)
{
	ssize_t n;
	int id = msgget(5679, IPC_CREAT | 0600);

	if (id == -1) {
		perror("sender: msgget");
		return 1;
	}
	message.type = 1;
	while ((n = read(STDIN_FILENO, message.data, BLOCK)) != 0) {
		if (n == -1) {
			if (errno == EINTR)
				continue;
			perror("sender: read");
			goto give_up;
		}
		if (msgsnd(id, &message, n, 0) == -1) {
			perror("sender: msgsnd");
			goto give_up;
		}
	}
	message.type = 2;
	if (msgsnd(id, &message, 0, 0) == -1) {
		perror("sender: msgsnd");
		goto give_up;
	}
	return 0;

give_up:
	msgctl(id, IPC_RMID, NULL);
	return 1;
}
