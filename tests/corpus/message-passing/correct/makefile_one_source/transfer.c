/* Sender and receiver are the same: both copy one message after another, until an empty one. Only
 * where from and where to is different.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "/ipc-lab"
enum { SIZE = 4000 };

#ifdef SEND
#define MODE O_WRONLY
#else
#define MODE O_RDONLY
#endif

static mqd_t queue;
static char text[SIZE];

static void check(long result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	mq_unlink(NAME);
	exit(EXIT_FAILURE);
}

#define AGAIN(r, call) do r = (call); while (r < 0 && errno == EINTR)

#ifdef SEND

static long get(void)
{
	long n;
	AGAIN(n, read(0, text, SIZE));
	check(n, "stdin");
	return n;
}

static void put(long n)
{
	long r;
	AGAIN(r, mq_send(queue, text, n, 0));
	check(r, "mq_send");
}

#else

static long get(void)
{
	long n;
	AGAIN(n, mq_receive(queue, text, SIZE, NULL));
	check(n, "mq_receive");
	return n;
}

static void put(long n)
{
	long r, done = 0;
	while (done < n) {
		AGAIN(r, write(1, text + done, n - done));
		check(r, "stdout");
		done += r;
	}
}

#endif

int main(void)
{
	long n;
	struct mq_attr attr = { .mq_maxmsg = 10, .mq_msgsize = SIZE };

	queue = mq_open(NAME, MODE | O_CREAT, 0600, &attr);
	if (queue == (mqd_t)-1) {
		perror("mq_open");
		return EXIT_FAILURE;
	}
	do {
		n = get();
		put(n);
	} while (n > 0);

#ifdef RECEIVE
	if (mq_unlink(NAME) != 0) {
		perror("mq_unlink");
		return EXIT_FAILURE;
	}
#endif
	return EXIT_SUCCESS;
}
