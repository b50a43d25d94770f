#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* reads what is there, repeats when interrupted */
static ssize_t r(int fd, char *b, size_t n)
{
	ssize_t k;
again:
	k = read(fd, b, n);
	if (k == -1 && errno == EINTR)
		goto again;
	return k;
}

static void w(int fd, const char *b, size_t n, const char *what)
{
	while (n > 0) {
		ssize_t k = write(fd, b, n);
		if (k == -1) {
			if (errno == EINTR)
				continue;
			perror(what);
			_exit(1);
		}
		b += k;
		n -= k;
	}
}

static void child(int in, int out)
{
	char b[512];
	ssize_t n;

	while ((n = r(in, b, sizeof b)) > 0) {
		for (int i = 0; i < n; i++)
			switch (b[i]) {
			case 'a' ... 'z':
				b[i] += 'A' - 'a';
			}
		w(out, b, n, "child");
	}
	_exit(0);
}

static pid_t pid;
static int to, from;

static void stop(const char *why)
{
	perror(why);
	close(to);
	close(from);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	exit(1);
}

int main(void)
{
	int p[2], q[2], st;
	char b[512], c[512];
	ssize_t n, k, i, j;

	signal(SIGPIPE, SIG_IGN);
	if (pipe(p) == -1 || pipe(q) == -1 || (pid = fork()) == -1) {
		perror("pipes");
		return 1;
	}
	if (pid == 0) {
		close(p[1]);
		close(q[0]);
		child(p[0], q[1]);
	}
	close(p[0]);
	close(q[1]);
	to = p[1];
	from = q[0];

	while ((n = r(0, b, sizeof b)) > 0) {
		for (i = 0; i < n; i += k) {
			k = write(to, b + i, n - i);
			if (k == -1 && errno != EINTR)
				stop("to child");
			if (k == -1)
				k = 0;
		}
		for (i = 0; i < n; i += k) {
			k = r(from, c, n - i);
			if (k <= 0)
				stop("from child");
			for (ssize_t at = 0; at < k; at += j) {
				j = write(1, c + at, k - at);
				if (j == -1 && errno != EINTR)
					stop("stdout");
				if (j == -1)
					j = 0;
			}
		}
	}
	close(to);
	close(from);
	while (waitpid(pid, &st, 0) == -1)
		if (errno != EINTR)
			return 1;
	if (st) {
		fprintf(stderr, "child: %d\n", st);
		return 1;
	}
	return 0;
}
