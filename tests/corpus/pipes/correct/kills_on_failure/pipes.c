// When anything goes wrong in the parent, the child is shot: no need to think about what it is just
// waiting for. SIGPIPE is not ignored here but blocked, in both processes.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RING 8192u	// a power of two

static pid_t child = 0;

static int reap(void)
{
	int status;
	pid_t p;

	do
		p = waitpid(child, &status, 0);
	while (p < 0 && errno == EINTR);
	return p < 0 ? -1 : status;
}

static void die(const char *why)
{
	fprintf(stderr, "pipes: %s: %s\n", why, strerror(errno));
	if (child > 0) {
		kill(child, SIGKILL);
		reap();
	}
	exit(3);
}

static void child_loop(int in, int out)
{
	char text[RING];

	for (;;) {
		ssize_t got = read(in, text, sizeof text);
		if (got == 0)
			_exit(0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		for (char *c = text; c < text + got; c++)
			if (*c >= 'a' && *c <= 'z')
				*c -= 'a' - 'A';
		for (ssize_t at = 0; at < got;) {
			ssize_t put = write(out, text + at, got - at);
			if (put >= 0)
				at += put;
			else if (errno != EINTR)
				goto bad;
		}
	}
bad:
	fprintf(stderr, "pipes: child: %s\n", strerror(errno));
	_exit(4);
}

int main(void)
{
	static char ring[RING];
	uint32_t head = 0, tail = 0;	// head - tail bytes are read and not sent
	int to[2], from[2], open = 1;
	sigset_t block;

	sigemptyset(&block);
	sigaddset(&block, SIGPIPE);
	sigprocmask(SIG_BLOCK, &block, NULL);

	if (pipe(to) || pipe(from))
		die("pipe");
	if ((child = fork()) < 0)
		die("fork");
	if (child == 0) {
		close(to[1]);
		close(from[0]);
		child_loop(to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);

	for (;;) {
		const uint32_t used = head - tail;
		struct pollfd p[3] = {
			{.fd = open && used < RING ? 0 : -1, .events = POLLIN},
			{.fd = used ? to[1] : -1, .events = POLLOUT},
			{.fd = from[0], .events = POLLIN},
		};

		if (poll(p, 3, -1) < 0) {
			if (errno == EINTR)
				continue;
			die("poll");
		}
		if (p[0].revents) {
			uint32_t at = head % RING, room = RING - used;
			if (room > RING - at)
				room = RING - at;
			ssize_t n = read(0, ring + at, room);
			if (n < 0 && errno != EINTR)
				die("stdin");
			if (n > 0)
				head += n;
			if (n == 0)
				open = 0;
		}
		if (p[1].revents) {
			uint32_t at = tail % RING, n = used;
			if (n > RING - at)
				n = RING - at;
			if (n > 4096)	// more could block
				n = 4096;
			ssize_t sent = write(to[1], ring + at, n);
			if (sent < 0 && errno != EINTR)
				die("write to child");
			if (sent > 0)
				tail += sent;
		}
		if (!open && head == tail && to[1] >= 0) {
			close(to[1]);
			to[1] = -1;
		}
		if (p[2].revents) {
			char back[RING];
			ssize_t n = read(from[0], back, sizeof back);
			if (n == 0)
				break;
			if (n < 0 && errno != EINTR)
				die("read from child");
			for (ssize_t at = 0; at < n;) {
				ssize_t put = write(1, back + at, n - at);
				if (put < 0 && errno != EINTR)
					die("stdout");
				if (put > 0)
					at += put;
			}
		}
	}

	int status = reap();
	if (status != 0)
		fprintf(stderr, "pipes: the child's status is %d\n", status);
	return status != 0;
}
