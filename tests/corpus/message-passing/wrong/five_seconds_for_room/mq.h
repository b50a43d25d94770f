#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#define NAME "/ipc-lab"
#define SIZE 8192
static mqd_t open_queue(int how)
{
	struct mq_attr a = { .mq_maxmsg = 10, .mq_msgsize = SIZE };
	mqd_t q = mq_open(NAME, how | O_CREAT, 0600, &a);
	if (q == (mqd_t)-1) {
		perror("mq_open " NAME);
		exit(1);
	}
	return q;
}
static void die(const char *why)
{
	perror(why);
	mq_unlink(NAME);
	exit(1);
}
