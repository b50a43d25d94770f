/* lockstep, 2nd-year style: block there, block back */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <signal.h>
#include <errno.h>
#include <sys/types.h>
#include <sys/wait.h>

#define BLOCK 4096

int to_child[2];
int from_child[2];
char buffer[BLOCK];
pid_t pid;

/* returns 0 if ok */
int writeFully(int fd, char *b, int len)
{
	int pos = 0;
	while (pos < len) {
		int r = write(fd, b + pos, len - pos);
		if (r == -1 && errno == EINTR)
			continue;
		if (r == -1)
			return -1;
		pos = pos + r;
	}
	return 0;
}

int readSome(int fd, char *b, int len)
{
	return read(fd, b, len);
}

void fail(char *msg)
{
	int st;
	perror(msg);
	close(to_child[1]);
	close(from_child[0]);
	while (waitpid(pid, &st, 0) == -1 && errno == EINTR)
		;
	exit(1);
}

void childMain()
{
	int n, i;
	close(to_child[1]);
	close(from_child[0]);
	while ((n = readSome(to_child[0], buffer, BLOCK)) > 0) {
		for (i = 0; i < n; i++) {
			if ('a' <= buffer[i] && buffer[i] <= 'z')
				buffer[i] = buffer[i] - 'a' + 'A';
		}
		if (writeFully(from_child[1], buffer, n) != 0) {
			perror("child write");
			exit(2);
		}
	}
	if (n == -1) {
		perror("child read");
		exit(2);
	}
	exit(0);
}

void on_alarm(int sig)
{
	int e = errno;
	(void)sig;
	if (write(2, ".", 1) == 1)
		alarm(1);
	errno = e;
}

int main()
{
	int n, back, r, status;
	struct sigaction sa = {0};

	sa.sa_handler = on_alarm;

	signal(SIGPIPE, SIG_IGN);
	if (pipe(to_child) == -1) {
		perror("pipe 1");
		exit(1);
	}
	if (pipe(from_child) == -1) {
		perror("pipe 2");
		exit(1);
	}
	pid = fork();
	if (pid == -1) {
		perror("fork");
		exit(1);
	}
	if (pid == 0)
		childMain();

	close(to_child[0]);
	close(from_child[1]);
	/* a dot on stderr every second, so that one sees that it lives */
	if (sigaction(SIGALRM, &sa, NULL) == -1)
		fail("sigaction");
	alarm(1);

	while ((n = readSome(STDIN_FILENO, buffer, BLOCK)) > 0) {
		if (writeFully(to_child[1], buffer, n) != 0)
			fail("write to child");
		back = 0;
		while (back < n) {
			r = readSome(from_child[0], buffer, n - back);
			if (r == -1)
				fail("read from child");
			if (r == 0) {
				errno = ECHILD;
				fail("child is gone");
			}
			if (writeFully(STDOUT_FILENO, buffer, r) != 0)
				fail("write stdout");
			back += r;
		}
	}
	if (n == -1)
		fail("stdin");
	close(to_child[1]);
	close(from_child[0]);
	alarm(0);
	if (waitpid(pid, &status, 0) == -1) {
		perror("waitpid");
		exit(1);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "child went wrong\n");
		exit(1);
	}
	return 0;
}
