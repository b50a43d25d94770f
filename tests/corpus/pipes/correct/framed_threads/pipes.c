/* Messages: two bytes of length, then so many bytes. Length 0 says that there are no more.
 * The child does not need the end of file, it stops at the empty message. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 3000

static int all(ssize_t (*op)(int, void *, size_t), int fd, void *buf, size_t n)
{
	char *p = buf;
	while (n) {
		ssize_t k = op(fd, p, n);
		if (k < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		if (k == 0) {
			errno = EPIPE;		/* the end in the middle of a message */
			return -1;
		}
		p += k;
		n -= k;
	}
	return 0;
}

static ssize_t wr(int fd, void *buf, size_t n) { return write(fd, buf, n); }

static int send_msg(int fd, unsigned char *text, unsigned n)
{
	unsigned char m[2 + MOST];
	m[0] = n & 255;
	m[1] = n >> 8;
	memcpy(m + 2, text, n);
	return all(wr, fd, m, n + 2);
}

static int recv_msg(int fd, unsigned char *text)
{
	unsigned char h[2];
	if (all(read, fd, h, 2) < 0)
		return -1;
	int n = h[0] | h[1] << 8;
	return all(read, fd, text, n) < 0 ? -1 : n;
}

static void child(int in, int out)
{
	unsigned char text[MOST];
	int n;
	do {
		if ((n = recv_msg(in, text)) < 0) {
			perror("child: receive");
			_exit(1);
		}
		for (int i = 0; i < n; i++)
			if (text[i] >= 'a' && text[i] <= 'z')
				text[i] -= 32;
		if (send_msg(out, text, n) < 0) {
			perror("child: send");
			_exit(1);
		}
	} while (n > 0);
	_exit(0);
}

static int to = -1;

/* result: NULL, or what went wrong. Always closes the pipe. */
static void *sender(void *unused)
{
	unsigned char text[MOST];
	char *wrong = unused;
	ssize_t n;
	do {
		while ((n = read(0, text, sizeof text)) < 0 && errno == EINTR)
			;
		if (n < 0)
			wrong = "stdin";
		else if (send_msg(to, text, n) < 0)
			wrong = "send";
		if (wrong)
			perror(wrong);
	} while (n > 0 && !wrong);
	close(to);
	return wrong;
}

static int reap(pid_t pid)
{
	int st = -1;
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	if (st)
		fprintf(stderr, "child ended with status 0x%x\n", st);
	return st != 0;
}

int main(void)
{
	int a[2], b[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(a) < 0 || pipe(b) < 0)
		return perror("pipe"), 1;
	pid_t pid = fork();
	if (pid < 0)
		return perror("fork"), 1;
	if (pid == 0) {
		close(a[1]);
		close(b[0]);
		child(a[0], b[1]);
	}
	close(a[0]);
	close(b[1]);
	to = a[1];

	pthread_t t;
	int e = pthread_create(&t, NULL, sender, NULL);
	if (e) {
		fprintf(stderr, "pthread_create: %s\n", strerror(e));
		close(to);
		close(b[0]);
		reap(pid);
		return 1;
	}

	unsigned char text[MOST];
	int n, bad = 0;
	while ((n = recv_msg(b[0], text)) > 0)
		if (all(wr, 1, text, n) < 0) {
			perror("stdout");
			bad = 1;
			break;
		}
	if (n < 0) {
		perror("receive");
		bad = 1;
	}
	close(b[0]);
	if (bad) {
		/* the sender may sit in read(0) for hours: get rid of the child, then leave, with the thread */
		kill(pid, SIGKILL);
		reap(pid);
		_exit(1);
	}
	void *wrong;
	pthread_join(t, &wrong);
	return reap(pid) || wrong;
}
