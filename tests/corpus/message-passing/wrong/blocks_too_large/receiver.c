#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#define BLOCK 65536

static struct {
	long type;
	char data[BLOCK];
} message;

static int print(ssize_t size)
{
	ssize_t at = 0, n;

	while (at < size) {
		n = write(STDOUT_FILENO, message.data + at, size - at);
		if (n == -1)
			return -1;
		at += n;
	}
	return 0;
}

int main(void)
{
	ssize_t n;
	int status = 0;
	int id = msgget(5679, IPC_CREAT | 0600);

	if (id == -1) {
		perror("receiver: msgget");
		return 1;
	}
	for (;;) {
		n = msgrcv(id, &message, BLOCK, 0, 0);
		if (n == -1) {
			perror("receiver: msgrcv");
			status = 1;
			break;
		}
		if (message.type == 2)
			break;
		if (print(n) == -1) {
			perror("receiver: write");
			status = 1;
			break;
		}
	}
	if (msgctl(id, IPC_RMID, NULL) == -1 && errno != EINVAL) {
		perror("receiver: msgctl");
		status = 1;
	}
	return status;
}
