#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

/*
 * SIGUSR1 from the child: it has printed.  SIGUSR1 from the parent: go.
 * SIGCHLD: the child is no more.
 */
static volatile sig_atomic_t usr1, chld;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		usr1 = 1;
	else
		chld = 1;
}

static int v = 1;

static int put(const char *who, int w)
{
	printf("%s %p %d %d\n", who, (void *)&v, v, w);
	return fflush(stdout);
}

int main(void)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	int status, z;

	if (sigaction(SIGUSR1, &sa, NULL) == -1 || sigaction(SIGCHLD, &sa, NULL) == -1) {
		perror("sigaction");
		return 1;
	}
	int *w = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (w == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	*w = 1;
	pid_t parent = getpid();
	sigset_t mask;
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);

	pid_t pid = fork();
	if (pid == -1) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		/* blocked until we look for it, so that none is missed here */
		sigprocmask(SIG_BLOCK, &mask, NULL);
		v = *w = 2;
		if (put("child", *w)) {
			perror("child");
			_exit(1);
		}
		kill(parent, SIGUSR1);
		int sig;
		sigwait(&mask, &sig);
		_exit(0);
	}

	while (!usr1 && !chld)
		pause();
	int good = usr1;
	if (good) {
		struct iovec a = { &z, sizeof z }, b = { &v, sizeof v };
		if (process_vm_readv(pid, &a, 1, &b, 1, 0) == -1)
			printf("peer denied\n");
		else
			printf("peer %d\n", z);
		good = fflush(stdout) == 0;
		kill(pid, SIGUSR1);
	}
	if (waitpid(pid, &status, 0) == -1 || status != 0 || !good) {
		fprintf(stderr, "address_space: error\n");
		return 1;
	}
	if (put("parent", *w)) {
		perror("parent");
		return 1;
	}
	unsigned long e = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);
	if (fd != -1) {
		if (pread(fd, &e, sizeof e, (unsigned long)&v / getpagesize() * sizeof e) != sizeof e)
			e = 0;
		close(fd);
	}
	e &= 0x7fffffffffffffUL;
	if (e)
		printf("frame 0x%lx\n", e);
	else
		printf("frame hidden\n");
	if (fflush(stdout)) {
		perror("parent");
		return 1;
	}
	return 0;
}
