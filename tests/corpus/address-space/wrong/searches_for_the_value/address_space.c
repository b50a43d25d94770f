#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

static int n = 1;

/* Something for the child to do: the x with hash(x) == 2. */
static uint64_t hash(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ULL;
	return x ^ x >> 33;
}

static int find_two(void)
{
	uint64_t x = 0;
	while (hash(x) != 2)
		x++;
	return (int)hash(x);
}

static int print(const char *who, int m)
{
	printf("%s %p %d %d\n", who, (void *)&n, n, m);
	return fflush(stdout);
}

int main(void)
{
	int st, v, bad;
	unsigned long e = 0;
	int *m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (m == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	*m = 1;
	pid_t pid = fork();
	if (pid == -1) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		n = *m = find_two();
		if (print("child", *m)) {
			perror("child");
			_exit(1);
		}
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(pid, &st, WUNTRACED) == -1 || !WIFSTOPPED(st)) {
		fprintf(stderr, "no child\n");
		return 1;
	}
	struct iovec a = { &v, sizeof v }, b = { &n, sizeof n };
	if (process_vm_readv(pid, &a, 1, &b, 1, 0) == -1)
		printf("peer denied\n");
	else
		printf("peer %d\n", v);
	bad = fflush(stdout);
	kill(pid, SIGCONT);
	if (waitpid(pid, &st, 0) == -1 || st || bad || print("parent", *m)) {
		fprintf(stderr, "failed\n");
		return 1;
	}
	int fd = open("/proc/self/pagemap", O_RDONLY);
	if (fd != -1) {
		if (pread(fd, &e, 8, (unsigned long)&n / 4096 * 8) != 8)
			e = 0;
		close(fd);
	}
	e &= (1UL << 55) - 1;
	if (e)
		printf("frame 0x%lx\n", e);
	else
		printf("frame hidden\n");
	return fflush(stdout) ? 1 : 0;
}
