#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int ordinary = 1;
int *shared;
int up[2], down[2];

void child(void)
{
	char c = 'x';
	ssize_t r;

	close(up[0]);
	close(down[1]);
	ordinary = 2;
	*shared = 2;
	if (printf("child %p %d %d\n", (void *)&ordinary, ordinary, *shared) < 0 || fflush(stdout) == EOF) {
		perror("child: stdout");
		_exit(1);
	}
	while ((r = write(up[1], &c, 1)) == -1 && errno == EINTR)
		;
	if (r != 1) {
		perror("child: write");
		_exit(1);
	}
	_exit(0);
}

int main(void)
{
	pid_t pid;
	int status, value = 0, error = 0, fd;
	ssize_t r;
	char c;
	uint64_t entry = 0;
	struct iovec mine = { &value, sizeof(value) }, his = { &ordinary, sizeof(ordinary) };

	signal(SIGPIPE, SIG_IGN);
	shared = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	*shared = 1;
	if (pipe(up) == -1 || pipe(down) == -1) {
		perror("pipe");
		return 1;
	}
	pid = fork();
	if (pid == -1) {
		perror("fork");
		return 1;
	}
	if (pid == 0)
		child();
	close(up[1]);
	close(down[0]);
	while ((r = read(up[0], &c, 1)) == -1 && errno == EINTR)
		;
	if (r != 1) {
		if (r == -1)
			perror("read");
		else
			fprintf(stderr, "the child said nothing\n");
		error = 1;
	}
	if (!error) {
		if (process_vm_readv(pid, &mine, 1, &his, 1, 0) == sizeof(value))
			printf("peer %d\n", value);
		else
			printf("peer denied\n");
		if (fflush(stdout) == EOF) {
			perror("stdout");
			error = 1;
		}
	}
	if (!error) {
		while ((r = write(down[1], "g", 1)) == -1 && errno == EINTR)
			;
		if (r != 1 && errno != EPIPE) {
			perror("write");
			error = 1;
		}
	}
	close(up[0]);
	close(down[1]);
	while ((r = waitpid(pid, &status, 0)) == -1 && errno == EINTR)
		;
	if (r == -1) {
		perror("waitpid");
		return 1;
	}
	if (!error && status != 0) {
		fprintf(stderr, "the child failed\n");
		error = 1;
	}
	if (error)
		return 1;
	printf("parent %p %d %d\n", (void *)&ordinary, ordinary, *shared);
	fd = open("/proc/self/pagemap", O_RDONLY);
	if (fd != -1) {
		if (pread(fd, &entry, 8, (off_t)((uintptr_t)&ordinary / sysconf(_SC_PAGESIZE) * 8)) != 8)
			entry = 0;
		close(fd);
	}
	entry &= (1ULL << 55) - 1;
	if (entry == 0)
		printf("frame hidden\n");
	else
		printf("frame 0x%llx\n", (unsigned long long)entry);
	if (fflush(stdout) == EOF) {
		perror("stdout");
		return 1;
	}
	return 0;
}
