#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define READ_END 0
#define WRITE_END 1

static int number = 1;
static int *page;
static int done[2], hold[2];

static void check(int bad, const char *what)
{
	if (bad) {
		perror(what);
		exit(1);
	}
}

static void show(const char *who)
{
	printf("%s %p %d %d\n", who, (void *)&number, number, *page);
	check(fflush(stdout), "stdout");
}

static void child(void)
{
	char c;

	close(done[READ_END]);
	number = 2;
	*page = 2;
	show("child");
	check(write(done[WRITE_END], "d", 1) != 1, "write");
	/* the parent closes the pipe: end of file */
	while (read(hold[READ_END], &c, 1) > 0)
		;
	exit(0);
}

static void peek(pid_t pid)
{
	int copy;
	struct iovec a = { .iov_base = &copy, .iov_len = sizeof copy };
	struct iovec b = { .iov_base = &number, .iov_len = sizeof number };

	if (process_vm_readv(pid, &a, 1, &b, 1, 0) == -1)
		printf("peer denied\n");
	else
		printf("peer %d\n", copy);
	check(fflush(stdout), "stdout");
}

static void frame(void)
{
	uint64_t e = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd >= 0 && pread(fd, &e, sizeof e, (uintptr_t)&number / 4096 * sizeof e) != sizeof e)
		e = 0;
	e &= (1ull << 55) - 1;
	if (e)
		printf("frame 0x%llx\n", (unsigned long long)e);
	else
		printf("frame hidden\n");
	check(fflush(stdout), "stdout");
}

int main(void)
{
	int status;
	char c;

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(page == MAP_FAILED, "mmap");
	*page = 1;
	check(pipe(done), "pipe");
	check(pipe(hold), "pipe");
	pid_t pid = fork();
	check(pid == -1, "fork");
	if (pid == 0)
		child();

	close(done[WRITE_END]);
	close(hold[READ_END]);
	if (read(done[READ_END], &c, 1) == 1)
		peek(pid);
	close(hold[WRITE_END]);
	check(waitpid(pid, &status, 0) == -1, "waitpid");
	if (status != 0)
		return 1;
	show("parent");
	frame();
	return 0;
}
