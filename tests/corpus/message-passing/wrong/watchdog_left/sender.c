#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "/ipc-lab"
#define SIZE 5000

static mqd_t q;

/* If the receiver is dead, we shall not wait for ever: after ten minutes the child ends us. */
static int watchdog(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == 0) {
		sleep(600);
		kill(parent, SIGTERM);
		_exit(0);
	}
	return child == -1 ? -1 : 0;
}

static int run(void)
{
	static char text[SIZE];
	ssize_t n;

	do {
		n = read(0, text, SIZE);
		if (n == -1) {
			perror("read");
			return 1;
		}
		if (mq_send(q, text, n, 0) == -1) {
			perror("mq_send");
			return 1;
		}
		if (n > 0)
			continue;
		/* the end is out, so the rest is up to the receiver */
		return 0;
	} while (1);
}

int main(void)
{
	struct mq_attr attr = { 0 };

	attr.mq_maxmsg = 8;
	attr.mq_msgsize = SIZE;
	if ((q = mq_open(NAME, O_WRONLY | O_CREAT, 0600, &attr)) == (mqd_t)-1) {
		perror("mq_open");
		return 1;
	}
	if (watchdog() == -1) {
		perror("fork");
		mq_unlink(NAME);
		return 1;
	}
	if (run() == 0)
		return 0;
	mq_unlink(NAME);
	return 1;
}
