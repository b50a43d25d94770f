#include "mq.h"
#include <time.h>
/* an empty message is the end: data never come in empty messages */
int main(void)
{
	static char buf[SIZE];
	mqd_t q = open_queue(O_WRONLY);
	ssize_t n;
	do {
		do n = read(0, buf, SIZE); while (n < 0 && errno == EINTR);
		if (n < 0) die("read");
		struct timespec t;
		clock_gettime(CLOCK_REALTIME, &t);
		t.tv_sec += 5;
		while (mq_timedsend(q, buf, n, 0, &t) < 0)
			if (errno != EINTR) die("mq_send");
	} while (n > 0);
	mq_close(q);
	return 0;
}
