#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* one minute without the receiver taking anything, then he is dead to us */
#define PATIENCE 60

static void fatal(const char *call)
{
	perror(call);
	mq_unlink("/ipc-lab");
	exit(1);
}

int main(void)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 8192 };
	static char text[8192];
	struct timespec limit;
	ssize_t n;
	int r;

	mqd_t q = mq_open("/ipc-lab", O_WRONLY | O_CREAT, 0600, &attr);
	if (q == (mqd_t)-1) {
		perror("mq_open");
		return 1;
	}

	/* looks better with the prompt of the other one */
	sleep(2);

	do {
		while ((n = read(0, text, sizeof text)) < 0)
			if (errno != EINTR)
				fatal("read");
		clock_gettime(CLOCK_REALTIME, &limit);
		limit.tv_sec += PATIENCE;
		while ((r = mq_timedsend(q, text, n, 0, &limit)) < 0)
			if (errno != EINTR)
				fatal("mq_timedsend");
	} while (n != 0);
	return 0;
}
