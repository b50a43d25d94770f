#include "mq.h"
int main(void)
{
	static char buf[SIZE];
	mqd_t q = open_queue(O_RDONLY);
	for (;;) {
		ssize_t n = mq_receive(q, buf, SIZE, NULL);
		if (n < 0) {
			if (errno == EINTR) continue;
			die("mq_receive");
		}
		if (n == 0) break;
		if (fwrite(buf, 1, n, stdout) != (size_t)n) die("stdout");
	}
	if (fflush(stdout) != 0) die("stdout");
	mq_close(q);
	if (mq_unlink(NAME) < 0) {
		perror("mq_unlink");
		return 1;
	}
	return 0;
}
