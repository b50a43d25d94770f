#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

int local_number = 1;
sigset_t set;

int next(void)
{
	int sig = 0;
	sigwait(&set, &sig);
	return sig;
}

void line(const char *who, int common)
{
	printf("%s %p %d %d\n", who, (void *)&local_number, local_number, common);
	if (fflush(stdout) != 0) {
		perror(who);
		exit(1);
	}
}

void frame(void)
{
	unsigned long pte = 0;
	FILE *f;

	if ((f = fopen("/proc/self/pagemap", "r"))) {
		if (fseek(f, (unsigned long)&local_number / getpagesize() * 8, SEEK_SET) || !fread(&pte, 8, 1, f))
			pte = 0;
		fclose(f);
	}
	pte = pte << 9 >> 9;
	if (pte)
		printf("frame 0x%lx\n", pte);
	else
		printf("frame hidden\n");
	if (fflush(stdout) != 0) {
		perror("frame");
		exit(1);
	}
}

int main(void)
{
	int *common, st, v, ok = 0;
	pid_t pid, me = getpid();

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);	/* the other one says: go on */
	sigaddset(&set, SIGCHLD);	/* the other one is dead */
	sigprocmask(SIG_BLOCK, &set, NULL);

	common = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (common == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	*common = 1;

	if ((pid = fork()) == 0) {
		local_number = 2;
		*common = 2;
		line("child", *common);
		kill(me, SIGUSR1);
		next();
		exit(0);
	}

	if (next() == SIGUSR1) {
		struct iovec a, b;
		a.iov_base = &v;
		b.iov_base = &local_number;
		a.iov_len = b.iov_len = sizeof(int);
		if (process_vm_readv(pid, &a, 1, &b, 1, 0) == -1)
			printf("peer denied\n");
		else
			printf("peer %d\n", v);
		ok = fflush(stdout) == 0;
		kill(pid, SIGUSR1);
	}
	waitpid(pid, &st, 0);
	if (!ok || st != 0) {
		fprintf(stderr, "sorry\n");
		return 1;
	}
	line("parent", *common);
	frame();
	return 0;
}
