#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLK 4096
#define TIMEOUT 3	/* s.  a child that needs longer for 4 KB is dead */

static void upcase(char *p, char *end)
{
	while (p != end) {
		if (*p >= 'a' && *p <= 'z')
			*p ^= 32;
		p++;
	}
}

static int full_write(int fd, char *p, int n)
{
	while (n) {
		int k = write(fd, p, n);
		if (k == -1) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		n -= k;
		p += k;
	}
	return 0;
}

/* -2: time-out */
static int timed_read(int fd, char *p)
{
	fd_set set;
	int r;

	do {
		struct timeval tv = { TIMEOUT, 0 };
		FD_ZERO(&set);
		FD_SET(fd, &set);
		r = select(fd + 1, &set, NULL, NULL, &tv);
	} while (r == -1 && errno == EINTR);
	if (r == -1)
		return -1;
	if (r == 0)
		return -2;
	do
		r = read(fd, p, BLK);
	while (r == -1 && errno == EINTR);
	return r;
}

static int plain_read(int fd, char *p)
{
	int r;
	while ((r = read(fd, p, BLK)) == -1 && errno == EINTR)
		;
	return r;
}

static int run_child(int in, int out)
{
	char b[BLK];
	int n;

	while ((n = plain_read(in, b)) > 0) {
		upcase(b, b + n);
		if (full_write(out, b, n) == -1)
			return 1;
	}
	return n == -1;
}

static const char *run_parent(int out, int in)
{
	char b[BLK], c[BLK];
	int n, k;

	while ((n = plain_read(0, b)) > 0) {
		if (full_write(out, b, n) == -1)
			return "cannot send";
		while (n > 0) {
			k = timed_read(in, c);
			if (k == -2)
				return "no answer from the child";
			if (k <= 0)
				return "cannot receive";
			if (full_write(1, c, k) == -1)
				return "cannot print";
			n -= k;
		}
	}
	return n < 0 ? "cannot read" : NULL;
}

int main(void)
{
	int x[2], y[2], st;
	pid_t pid;
	const char *msg;

	signal(SIGPIPE, SIG_IGN);
	if (pipe(x) == -1 || pipe(y) == -1 || (pid = fork()) == -1) {
		fprintf(stderr, "cannot start: %s\n", strerror(errno));
		return 1;
	}
	if (pid == 0) {
		close(x[1]);
		close(y[0]);
		st = run_child(x[0], y[1]);
		if (st)
			perror("child");
		_exit(st);
	}
	close(x[0]);
	close(y[1]);
	msg = run_parent(x[1], y[0]);
	if (msg) {
		fprintf(stderr, "pipes: %s\n", msg);
		kill(pid, SIGTERM);
	}
	close(x[1]);
	close(y[0]);
	while (waitpid(pid, &st, 0) == -1)
		if (errno != EINTR)
			return 1;
	if (st)
		fprintf(stderr, "pipes: child status %d\n", st);
	return msg || st;
}
