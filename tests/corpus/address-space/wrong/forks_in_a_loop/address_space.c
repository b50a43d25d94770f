#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 100	/* the first one prints */

struct page {
	sem_t printed, go;
	int number;
};

static int number = 1;

static int print(const char *who, struct page *p)
{
	printf("%s %p %d %d\n", who, (void *)&number, number, p->number);
	return fflush(stdout);
}

static void wait_at(sem_t *s)
{
	while (sem_wait(s) == -1 && errno == EINTR)
		;
}

int main(void)
{
	pid_t pid[CHILDREN];
	int i, made = 0, value, failed = 0, status;
	unsigned long entry = 0;
	struct page *p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || sem_init(&p->printed, 1, 0) || sem_init(&p->go, 1, 0)) {
		perror("page");
		return 1;
	}
	p->number = 1;
	for (i = 0; i < CHILDREN; i++) {
		if ((pid[i] = fork()) == -1) {
			perror("fork");
			failed = 1;
			break;
		}
		if (pid[i] == 0) {
			number = 2;
			if (i == 0) {
				p->number = 2;
				failed = print("child", p);
				sem_post(&p->printed);
			}
			wait_at(&p->go);
			_exit(failed ? 1 : 0);
		}
		made++;
	}
	if (made > 0)
		wait_at(&p->printed);
	if (!failed) {
		struct iovec a = { &value, sizeof value }, b = { &number, sizeof number };
		if (process_vm_readv(pid[0], &a, 1, &b, 1, 0) == -1)
			printf("peer denied\n");
		else
			printf("peer %d\n", value);
		failed = fflush(stdout);
	}
	for (i = 0; i < made; i++)
		sem_post(&p->go);
	for (i = 0; i < made; i++)
		if (waitpid(pid[i], &status, 0) == -1 || status != 0)
			failed = 1;
	if (failed || print("parent", p)) {
		fprintf(stderr, "failed\n");
		return 1;
	}
	int fd = open("/proc/self/pagemap", O_RDONLY);
	if (fd != -1) {
		if (pread(fd, &entry, 8, (unsigned long)&number / 4096 * 8) != 8)
			entry = 0;
		close(fd);
	}
	entry &= (1UL << 55) - 1;
	if (entry)
		printf("frame 0x%lx\n", entry);
	else
		printf("frame hidden\n");
	return fflush(stdout) ? 1 : 0;
}
