#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct page { sem_t done, go; int error, number; };

static int number = 1;

/* A scratch file holds the address for debugging; a helper cleans it up in the background. */
static pid_t start_cleaner(const char *path)
{
	pid_t pid = fork();
	if (pid == 0) {
		unlink(path);
		exit(0);
	}
	return pid;
}

static void note_address(const char *path)
{
	FILE *f = fopen(path, "w");
	if (f) {
		fprintf(f, "%p\n", (void *)&number);
		fclose(f);
	}
}

static void print_frame(void)
{
	unsigned long entry = 0;
	FILE *f = fopen("/proc/self/pagemap", "rb");
	if (f) {
		fseek(f, (unsigned long)&number / sysconf(_SC_PAGESIZE) * 8, SEEK_SET);
		if (fread(&entry, 8, 1, f) != 1)
			entry = 0;
		fclose(f);
	}
	entry &= (1UL << 55) - 1;
	if (entry)
		printf("frame 0x%lx\n", entry);
	else
		printf("frame hidden\n");
}

int main(void)
{
	const char *path = "/tmp/address.txt";
	int status, copy, failed;
	struct page *p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	if (sem_init(&p->done, 1, 0) < 0 || sem_init(&p->go, 1, 0) < 0) {
		perror("sem_init");
		return 1;
	}
	p->number = 1;
	p->error = 0;
	note_address(path);

	pid_t pid = fork();
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		number = 2;
		p->number = 2;
		printf("child %p %d %d\n", (void *)&number, number, p->number);
		if (fflush(stdout))
			p->error = 1;
		sem_post(&p->done);
		sem_wait(&p->go);
		_exit(p->error);
	}

	sem_wait(&p->done);
	failed = p->error;
	if (!failed) {
		struct iovec mine = { &copy, sizeof copy }, its = { &number, sizeof number };
		if (process_vm_readv(pid, &mine, 1, &its, 1, 0) == -1)
			printf("peer denied\n");
		else
			printf("peer %d\n", copy);
	}
	pid_t cleaner = start_cleaner(path);
	if (cleaner < 0) {
		perror("fork");
		failed = 1;
	} else
		waitpid(cleaner, &status, 0);
	sem_post(&p->go);
	if (waitpid(pid, &status, 0) < 0 || status || failed) {
		fprintf(stderr, "failed\n");
		return 1;
	}
	printf("parent %p %d %d\n", (void *)&number, number, p->number);
	print_frame();
	if (fflush(stdout)) {
		perror("stdout");
		return 1;
	}
	return 0;
}
