#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 60	/* as in the sender */

static void fatal(const char *call)
{
	perror(call);
	mq_unlink("/ipc-lab");
	exit(1);
}

static ssize_t receive(mqd_t q, char *text, size_t size)
{
	struct timespec limit;
	ssize_t n;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += PATIENCE;
	while ((n = mq_timedreceive(q, text, size, NULL, &limit)) < 0)
		if (errno != EINTR)
			fatal("mq_timedreceive");
	return n;
}

int main(void)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 8192 };
	static char text[8192];
	ssize_t n;

	mqd_t q = mq_open("/ipc-lab", O_RDONLY | O_CREAT, 0600, &attr);
	if (q == (mqd_t)-1) {
		perror("mq_open");
		return 1;
	}
	fputs("waiting for the sender\n", stderr);

	while ((n = receive(q, text, sizeof text)) != 0) {
		if (fwrite(text, 1, n, stdout) != (size_t)n)
			fatal("stdout");
	}
	if (fflush(stdout) != 0)
		fatal("stdout");

	if (mq_unlink("/ipc-lab") < 0) {
		perror("mq_unlink");
		return 1;
	}
	return 0;
}
