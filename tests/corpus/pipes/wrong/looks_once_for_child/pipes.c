#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static ssize_t some(int fd, char *b, size_t n)
{
	ssize_t k;
	do
		k = read(fd, b, n);
	while (k == -1 && errno == EINTR);
	return k;
}

static int all(int fd, const char *b, size_t n)
{
	size_t i = 0;
	do {
		ssize_t k = write(fd, b + i, n - i);
		if (k == -1 && errno != EINTR)
			return -1;
		i += k > 0 ? k : 0;
	} while (i < n);
	return 0;
}

static void child(int in, int out)
{
	char b[PIPE_BUF];
	ssize_t n;

	while ((n = some(in, b, sizeof b)) > 0) {
		for (char *c = b; c < b + n; c++)
			if (strchr("qwertzuiopasdfghjklyxcvbnm", *c) && *c)
				*c -= 32;
		if (all(out, b, n) == -1)
			break;
	}
	if (n)
		say("child: %s", strerror(errno));
	close(in);
	close(out);
	_exit(n != 0);
}

int main(void)
{
	char b[PIPE_BUF], c[PIPE_BUF];
	int p[2], q[2], open = 1, status = 0;
	ssize_t n = 0, m = 1;
	const char *bad = NULL;

	signal(SIGPIPE, SIG_IGN);
	if (pipe(p) || pipe(q)) {
		say("pipe: %s", strerror(errno));
		return 1;
	}
	pid_t pid = fork();
	if (pid == -1) {
		say("fork: %s", strerror(errno));
		return 1;
	}
	if (!pid) {
		close(p[1]);
		close(q[0]);
		child(p[0], q[1]);
	}
	close(p[0]);
	close(q[1]);

	while (!bad && m) {
		struct pollfd f[2] = {{q[0], POLLIN, 0}, {-1, POLLIN, 0}};
		if (n > 0)
			f[1] = (struct pollfd){p[1], POLLOUT, 0};
		else if (open)
			f[1].fd = 0;
		if (poll(f, 2, -1) == -1) {
			if (errno != EINTR)
				bad = "poll";
			continue;
		}
		if (f[0].revents) {
			m = some(q[0], c, sizeof c);
			if (m == -1)
				bad = "answer";
			else if (m && all(1, c, m) == -1)
				bad = "stdout";
		}
		if (f[1].revents && !bad && m) {
			if (n > 0) {
				if (all(p[1], b, n) == -1)
					bad = "question";
				n = 0;
			} else if ((n = some(0, b, sizeof b)) == 0) {
				open = 0;
				close(p[1]);
			} else if (n == -1)
				bad = "stdin";
		}
	}
	if (bad || open) {
		say("%s: %s", bad ? bad : "the child is gone", bad ? strerror(errno) : "too early");
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return 1;
	}
	/* it has nothing to do any more, so it need not be waited for for long */
	if (waitpid(pid, &status, WNOHANG) == -1 || status) {
		say("child: status %d", status);
		return 1;
	}
	return 0;
}
