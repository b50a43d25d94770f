/*
 * Two pipes, one child. The child closes what it does not need, if only after a look at the
 * first bytes, because an empty input needs no work at all.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUFSZ 2000

static int in_read(int fd, unsigned char *b)
{
	int n;
	do {
		n = read(fd, b, BUFSZ);
	} while (n < 0 && errno == EINTR);
	return n;
}

static int out_write(int fd, unsigned char *b, int n)
{
	int done = 0;
	while (done < n) {
		int k = write(fd, b + done, n - done);
		if (k < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		done += k;
	}
	return done;
}

static int child_process(int r, int w, int other_w, int other_r)
{
	unsigned char b[BUFSZ];
	int n, first = 1;

	close(other_w);
	for (;;) {
		n = in_read(r, b);
		if (n <= 0)
			break;
		if (first) {
			close(other_r);
			first = 0;
		}
		for (int i = 0; i < n; i++)
			if (b[i] > 96 && b[i] < 123)
				b[i] -= 32;
		if (out_write(w, b, n) < 0) {
			n = -1;
			break;
		}
	}
	if (n < 0)
		perror("child");
	return n < 0;
}

int main(void)
{
	unsigned char b[BUFSZ], c[BUFSZ];
	int p1[2], p2[2], n, k, left, status, err = 0;

	signal(SIGPIPE, SIG_IGN);
	if (pipe(p1) < 0 || pipe(p2) < 0) {
		perror("pipe");
		return 1;
	}
	pid_t pid = fork();
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	if (pid == 0)
		_exit(child_process(p1[0], p2[1], p1[1], p2[0]));
	close(p1[0]);
	close(p2[1]);
	while (!err && (n = in_read(0, b)) != 0) {
		if (n < 0 || out_write(p1[1], b, n) < 0) {
			err = 1;
			perror("sending");
			break;
		}
		/* the same number of bytes comes back */
		for (left = n; left > 0 && !err; left -= k) {
			k = in_read(p2[0], c);
			if (k <= 0 || out_write(1, c, k) < 0) {
				err = 1;
				perror("receiving");
			}
		}
	}
	close(p1[1]);
	close(p2[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) {
			perror("waitpid");
			return 1;
		}
	if (status) {
		fprintf(stderr, "child: status %d\n", status);
		err = 1;
	}
	return err;
}
