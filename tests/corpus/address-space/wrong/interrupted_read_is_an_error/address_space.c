#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int number = 1;

/* ^C must not leave a child behind: it is said, and we go on to the end */
static void on_int(int sig)
{
	static const char text[] = "(just a moment)\n";
	int e = errno;
	(void)sig;
	if (write(2, text, sizeof text - 1) < 0)
		_exit(1);
	errno = e;
}

static int print(const char *text)
{
	size_t n = strlen(text);

	while (n > 0) {
		ssize_t w = write(1, text, n);
		if (w == -1 && errno == EINTR)
			continue;
		if (w == -1) {
			perror("write");
			return -1;
		}
		text += w;
		n -= w;
	}
	return 0;
}

static int print_numbers(const char *who, int shared)
{
	char text[80];
	sprintf(text, "%s %p %d %d\n", who, (void *)&number, number, shared);
	return print(text);
}

static int ring(int fd)
{
	ssize_t n;
	while ((n = write(fd, "", 1)) == -1 && errno == EINTR)
		;
	return n == 1 ? 0 : -1;
}

static int look_up(char *text)
{
	uint64_t e = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);
	if (fd != -1) {
		if (pread(fd, &e, sizeof e, (uintptr_t)&number / getpagesize() * sizeof e) != sizeof e)
			e = 0;
		close(fd);
	}
	e &= (UINT64_C(1) << 55) - 1;
	return e ? sprintf(text, "frame 0x%llx\n", (unsigned long long)e) : sprintf(text, "frame hidden\n");
}

int main(void)
{
	struct sigaction sa = { .sa_handler = on_int };
	int up[2], down[2], status, v, bad;
	char c, text[80];

	if (sigaction(SIGINT, &sa, NULL) == -1) {
		perror("sigaction");
		return 1;
	}
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	*shared = 1;
	if (pipe(up) == -1 || pipe(down) == -1) {
		perror("pipe");
		return 1;
	}
	pid_t pid = fork();
	if (pid == -1) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		signal(SIGINT, SIG_IGN);	/* the parent decides */
		close(up[0]);
		close(down[1]);
		number = *shared = 2;
		if (print_numbers("child", *shared) == -1)
			_exit(1);
		if (ring(up[1]) == -1 || read(down[0], &c, 1) == -1) {
			perror("child");
			_exit(1);
		}
		_exit(0);
	}
	close(up[1]);
	close(down[0]);

	if (read(up[0], &c, 1) != 1) {
		perror("the child has not told us");
		bad = 1;
	} else {
		struct iovec a = { &v, sizeof v }, b = { &number, sizeof number };
		strcpy(text, "peer denied\n");
		if (process_vm_readv(pid, &a, 1, &b, 1, 0) == sizeof v)
			sprintf(text, "peer %d\n", v);
		bad = print(text);
	}
	close(down[1]);
	pid_t w;
	while ((w = waitpid(pid, &status, 0)) == -1 && errno == EINTR)
		;
	if (w == -1 || status != 0 || bad) {
		fprintf(stderr, "address_space: failed\n");
		return 1;
	}
	if (print_numbers("parent", *shared) == -1)
		return 1;
	look_up(text);
	return print(text) == -1;
}
