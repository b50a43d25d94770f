/* the child has inherited stdin anyway */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int down[2];		/* parent -> child: how many bytes may be read */
static int up[2];		/* child -> parent: the bytes */

static ssize_t xread(int fd, void *p, size_t n)
{
	ssize_t k;
	while ((k = read(fd, p, n)) < 0 && errno == EINTR)
		;
	return k;
}

static int xwrite(int fd, const void *q, size_t n)
{
	const char *p = q;
	while (n > 0) {
		ssize_t k = write(fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		p += k;
		n -= k;
	}
	return 0;
}

static int child(void)
{
	char b[4096];
	unsigned char token;
	ssize_t n;

	close(down[1]);
	close(up[0]);
	while (xread(down[0], &token, 1) == 1) {
		n = xread(STDIN_FILENO, b, sizeof b);
		if (n < 0) {
			perror("child: stdin");
			return 1;
		}
		if (n == 0)
			return 0;
		for (ssize_t i = 0; i < n; i++)
			if (b[i] >= 'a' && b[i] <= 'z')
				b[i] -= 32;
		if (xwrite(up[1], b, n) < 0) {
			perror("child: write");
			return 1;
		}
	}
	return 1;
}

int main(void)
{
	char b[4096];
	ssize_t n = 1;
	int status, bad = 0;

	signal(SIGPIPE, SIG_IGN);
	if (pipe(down) < 0 || pipe(up) < 0) {
		perror("pipe");
		return 1;
	}
	pid_t pid = fork();
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	if (pid == 0)
		_exit(child());
	close(down[0]);
	close(up[1]);
	while (n > 0) {
		if (xwrite(down[1], "", 1) < 0) {
			perror("token");
			bad = 1;
			break;
		}
		n = xread(up[0], b, sizeof b);
		if (n < 0 || xwrite(STDOUT_FILENO, b, n) < 0) {
			perror("copy");
			bad = 1;
		}
	}
	close(down[1]);
	close(up[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	if (status)
		fprintf(stderr, "child: %d\n", status);
	return bad || status;
}
