#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int glob = 1;
int semid = -1;
pid_t parent;

/* the parent removes what it has made, on every way out */
static void cleanup(void)
{
	if (getpid() == parent && semid != -1)
		semctl(semid, 0, IPC_RMID);
}

static int sem(int number, int op)
{
	struct sembuf s = { number, op, 0 };
	int r;
	while ((r = semop(semid, &s, 1)) == -1 && errno == EINTR)
		;
	if (r == -1)
		perror("semop");
	return r;
}

static int print(const char *who, int *page)
{
	printf("%s %p %d %d\n", who, (void *)&glob, glob, *page);
	if (fflush(stdout) == 0)
		return 0;
	perror(who);
	return -1;
}

static void frame(void)
{
	uint64_t word = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd != -1) {
		word = (uintptr_t)&glob / sysconf(_SC_PAGESIZE);
		lseek(fd, word * sizeof word, SEEK_SET);
		if (read(fd, &word, sizeof word) == 0)
			word = 0;       /* no such page */
		close(fd);
	}
	word &= (1ULL << 55) - 1;
	if (word)
		printf("frame 0x%llx\n", (unsigned long long)word);
	else
		printf("frame hidden\n");
}

int main(void)
{
	struct page { int value; int trouble; } *page;
	int peer, st, ok;

	parent = getpid();
	atexit(cleanup);
	page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	page->value = 1;
	page->trouble = 0;
	if ((semid = semget(IPC_PRIVATE, 2, 0600)) == -1) {
		perror("semget");
		return 1;
	}
	pid_t pid = fork();
	if (pid == -1) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		glob = page->value = 2;
		page->trouble = print("child", &page->value) == -1;
		if (sem(0, 1) == -1) {
			semctl(semid, 0, IPC_RMID);     /* or the parent would wait for ever */
			return 1;
		}
		return sem(1, -1) == -1;
	}

	ok = sem(0, -1) == 0 && !page->trouble;
	if (ok) {
		struct iovec l = { &peer, sizeof peer }, r = { &glob, sizeof glob };
		if (process_vm_readv(pid, &l, 1, &r, 1, 0) == -1)
			printf("peer denied\n");
		else
			printf("peer %d\n", peer);
		ok = fflush(stdout) == 0;
	}
	if (!ok || sem(1, 1) == -1) {
		kill(pid, 15);
		ok = 0;
	}
	waitpid(pid, &st, 0);
	if (!ok || st != 0) {
		fprintf(stderr, "address_space: stopped\n");
		return 1;
	}
	if (print("parent", &page->value) == -1)
		return 1;
	frame();
	if (fflush(stdout)) {
		perror("frame");
		return 1;
	}
	return 0;
}
