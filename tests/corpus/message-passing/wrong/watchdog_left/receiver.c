#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "/ipc-lab"
#define SIZE 5000

static char text[SIZE];

static int run(mqd_t q)
{
	ssize_t n, w, at;

	while ((n = mq_receive(q, text, SIZE, NULL)) != 0) {
		if (n == -1) {
			perror("mq_receive");
			return 1;
		}
		for (at = 0; at < n; at += w)
			if ((w = write(1, text + at, n - at)) == -1) {
				perror("write");
				return 1;
			}
	}
	return 0;
}

int main(void)
{
	struct mq_attr attr = { 0 };
	int status;
	mqd_t q;

	attr.mq_maxmsg = 8;
	attr.mq_msgsize = SIZE;
	if ((q = mq_open(NAME, O_RDONLY | O_CREAT, 0600, &attr)) == (mqd_t)-1) {
		perror("mq_open");
		return 1;
	}
	status = run(q);
	if (mq_unlink(NAME) == -1) {
		perror("mq_unlink");
		status = 1;
	}
	return status;
}
