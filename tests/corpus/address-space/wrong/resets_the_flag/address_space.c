#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct board {
	_Atomic int number;
	_Atomic int printed;
	_Atomic int go;
	_Atomic int failed;
};

static int number = 1;

static void wait_for(_Atomic int *flag)
{
	while (*flag == 0)
		usleep(500);
}

static void values(const char *who, struct board *b)
{
	printf("%s %p %d %d\n", who, (void *)&number, number, b->number);
	if (fflush(stdout) != 0) {
		perror(who);
		b->failed = 1;
	}
}

static void child(struct board *b)
{
	number = 2;
	b->number = 2;
	values("child", b);
	b->printed = 1;
	wait_for(&b->go);
	exit(0);
}

static void parent(struct board *b, pid_t pid)
{
	int seen;
	struct iovec mine = { &seen, sizeof seen }, its = { &number, sizeof number };

	/* at the beginning, nobody has done anything */
	b->printed = 0;
	b->go = 0;

	wait_for(&b->printed);
	if (!b->failed) {
		if (process_vm_readv(pid, &mine, 1, &its, 1, 0) == -1)
			puts("peer denied");
		else
			printf("peer %d\n", seen);
		if (fflush(stdout) != 0) {
			perror("parent");
			b->failed = 1;
		}
	}
	b->go = 1;
	if (waitpid(pid, NULL, 0) == -1) {
		perror("waitpid");
		exit(1);
	}
	if (b->failed)
		exit(1);
	values("parent", b);
}

static void frame(struct board *b)
{
	unsigned long e;
	ssize_t n = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd != -1) {
		n = pread(fd, &e, sizeof e, (unsigned long)&number / getpagesize() * sizeof e);
		close(fd);
	}
	if (n == sizeof e && (e & ((1UL << 55) - 1)) != 0)
		printf("frame 0x%lx\n", e & ((1UL << 55) - 1));
	else
		printf("frame hidden\n");
	if (fflush(stdout) != 0) {
		perror("frame");
		b->failed = 1;
	}
}

int main(void)
{
	struct board *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (b == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	b->number = 1;
	pid_t pid = fork();
	if (pid == -1) {
		perror("fork");
		return 1;
	}
	if (pid == 0)
		child(b);
	parent(b, pid);
	if (b->failed)
		return 1;
	frame(b);
	return b->failed ? 1 : 0;
}
