#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

#ifndef NDEBUG
#define DEBUG(...) fprintf(stderr, __VA_ARGS__)
#else
#define DEBUG(...)
#endif

struct pipes {
	int up_r, up_w, down_r, down_w;
};

static int num = 1;

static int make(struct pipes *p)
{
	int f[2];

	if (pipe(f) == -1)
		return -1;
	p->up_r = f[0], p->up_w = f[1];
	if (pipe(f) == -1)
		return -1;
	p->down_r = f[0], p->down_w = f[1];
	return 0;
}

static int out(const char *line)
{
	if (fputs(line, stdout) != EOF && fflush(stdout) != EOF)
		return 0;
	perror("stdout");
	return -1;
}

static int out_values(const char *who, int shared)
{
	char line[80];

	sprintf(line, "%s %p %d %d\n", who, (void *)&num, num, shared);
	return out(line);
}

static int child(struct pipes *p, int *shared)
{
	char c = 0;

	close(p->up_r);
	close(p->down_w);
	num = 2;
	*shared = 2;
	if (out_values("child", *shared) == -1)
		return 1;
	if (write(p->up_w, &c, 1) != 1 || read(p->down_r, &c, 1) == -1) {
		perror("child");
		return 1;
	}
	return 0;
}

static int parent(struct pipes *p, pid_t pid, int *shared)
{
	char c, line[80] = "peer denied\n";
	int value;
	struct iovec local = { &value, sizeof value }, remote = { &num, sizeof num };

	close(p->up_w);
	close(p->down_r);
	DEBUG("child is %d, the page has %d in it\n", (int)pid, *shared);
	if (read(p->up_r, &c, 1) != 1) {
		fprintf(stderr, "child is silent\n");
		return 1;
	}
	DEBUG("child has printed, the page has %d in it\n", *shared);
	if (process_vm_readv(pid, &local, 1, &remote, 1, 0) == sizeof value)
		sprintf(line, "peer %d\n", value);
	return out(line);
}

static int frame(void)
{
	char line[80] = "frame hidden\n";
	unsigned long e = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd != -1) {
		if (pread(fd, &e, 8, (unsigned long)&num / getpagesize() * 8) == 8 && (e <<= 9))
			sprintf(line, "frame 0x%lx\n", e >> 9);
		close(fd);
	}
	return out(line);
}

int main(void)
{
	struct pipes p;
	int status, bad;
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED || make(&p) == -1) {
		perror("address_space");
		return 1;
	}
	*shared = 1;
	pid_t pid = fork();
	if (pid == -1) {
		perror("fork");
		return 1;
	}
	if (pid == 0)
		return child(&p, shared);
	bad = parent(&p, pid, shared);
	close(p.down_w);
	if (waitpid(pid, &status, 0) == -1 || status || bad)
		return 1;
	return out_values("parent", *shared) == -1 || frame() == -1;
}
