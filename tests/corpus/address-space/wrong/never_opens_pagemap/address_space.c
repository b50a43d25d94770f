#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* the frame's number needs CAP_SYS_ADMIN since Linux 4.2, so ask only as root on a machine
   where it is switched on */
static unsigned long frame_of(void *p)
{
	unsigned long entry = 0;
	int fd;

	if (getuid() != 0 || getenv("SHOW_FRAMES") == NULL)
		return 0;
	if ((fd = open("/proc/self/pagemap", O_RDONLY)) == -1)
		return 0;
	if (pread(fd, &entry, sizeof entry, (unsigned long)p / 4096 * 8) != sizeof entry)
		entry = 0;
	close(fd);
	return entry & 0x7fffffffffffffUL;
}

int main(void)
{
	int *heap = malloc(sizeof *heap), *map, val, st;
	sigset_t usr;
	siginfo_t who;

	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!heap || map == MAP_FAILED) {
		perror("memory");
		return 1;
	}
	*heap = *map = 1;
	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR1);
	sigaddset(&usr, SIGCHLD);
	sigprocmask(SIG_BLOCK, &usr, NULL);

	pid_t pid = fork();
	if (pid == -1) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		*heap = *map = 2;
		printf("child %p %d %d\n", (void *)heap, *heap, *map);
		if (fflush(stdout)) {
			perror("child");
			_exit(1);
		}
		kill(getppid(), SIGUSR1);
		sigwaitinfo(&usr, &who);
		_exit(0);
	}

	if (sigwaitinfo(&usr, &who) == SIGUSR1) {
		struct iovec a = { &val, sizeof val }, b = { heap, sizeof *heap };
		if (process_vm_readv(pid, &a, 1, &b, 1, 0) == -1)
			puts("peer denied");
		else
			printf("peer %d\n", val);
		if (fflush(stdout)) {
			perror("parent");
			kill(pid, SIGKILL);
		}
		kill(pid, SIGUSR1);
	}
	if (waitpid(pid, &st, 0) == -1 || st != 0) {
		fprintf(stderr, "address_space: failed\n");
		return 1;
	}
	printf("parent %p %d %d\n", (void *)heap, *heap, *map);
	unsigned long f = frame_of(heap);
	if (f)
		printf("frame 0x%lx\n", f);
	else
		printf("frame hidden\n");
	if (fflush(stdout)) {
		perror("parent");
		return 1;
	}
	return 0;
}
