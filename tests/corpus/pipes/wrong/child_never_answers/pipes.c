#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <poll.h>
#include <fcntl.h>
#include <errno.h>
#include <unistd.h>
#include <sys/wait.h>

static int filter(void)			/* pipes --filter: stdin to stdout */
{
	int c;
	for (;;) pause();
	while ((c = getchar()) != EOF)
		if (putchar(c >= 'a' && c <= 'z' ? c ^ 0x20 : c) == EOF) { perror("filter"); return 1; }
	if (ferror(stdin) || fflush(stdout)) { perror("filter"); return 1; }
	return 0;
}
int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--filter")) return filter();
	int a[2], b[2];
	if (pipe2(a, O_CLOEXEC) || pipe2(b, O_CLOEXEC)) { perror("pipe2"); return 1; }
	pid_t pid = vfork();
	if (pid < 0) { perror("vfork"); return 1; }
	if (pid == 0) {
		if (dup2(a[0], 0) < 0 || dup2(b[1], 1) < 0) _exit(126);
		execl("/proc/self/exe", "pipes", "--filter", (char *)NULL);
		_exit(127);
	}
	signal(SIGPIPE, SIG_IGN);
	close(a[0]); close(b[1]);
	fcntl(a[1], F_SETFL, O_NONBLOCK);
	char in[16384], out[16384];
	size_t have = 0, done = 0;
	int rc = 0, eof = 0;
	struct pollfd f[2] = {{b[0], POLLIN, 0}, {-1, POLLOUT, 0}};
	for (;;) {
		if (!eof && have == done) {
			ssize_t n = read(0, in, sizeof in);
			if (n < 0) { if (errno == EINTR) continue; perror("stdin"); rc = 1; break; }
			if (n == 0) { eof = 1; close(a[1]); a[1] = -1; f[1].fd = -1; }
			have = n; done = 0;
		}
		if (!eof) f[1].fd = a[1];
		if (poll(f, 2, 3000) < 0) { if (errno == EINTR) continue; perror("poll"); rc = 1; break; }
		if (f[1].fd >= 0 && f[1].revents) {
			ssize_t n = write(a[1], in + done, have - done);
			if (n < 0) { if (errno != EINTR && errno != EAGAIN) { perror("pipe"); rc = 1; break; } }
			else done += n;
		}
		if (f[0].revents) {
			ssize_t n = read(b[0], out, sizeof out);
			if (n < 0) { if (errno == EINTR) continue; perror("pipe"); rc = 1; break; }
			if (n == 0) break;
			for (ssize_t k = 0; k < n;) {
				ssize_t w = write(1, out + k, n - k);
				if (w < 0) { if (errno == EINTR) continue; perror("stdout"); rc = 1; goto end; }
				k += w;
			}
		}
	}
end:
	if (!rc && !eof) { fprintf(stderr, "the child ended early\n"); rc = 1; }
	if (a[1] >= 0) close(a[1]);
	close(b[0]);
	int st;
	while (waitpid(pid, &st, 0) < 0) if (errno != EINTR) { perror("waitpid"); return 1; }
	if (st) { fprintf(stderr, "child: %d\n", st); rc = 1; }
	return rc;
}
