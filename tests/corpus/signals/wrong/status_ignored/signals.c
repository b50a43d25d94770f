#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static int get(int fd)
{
	struct signalfd_siginfo i;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	for (;;) {
		ssize_t n = read(fd, &i, sizeof(i));
		if (n == sizeof(i))
			return i.ssi_signo;
		if (errno != EAGAIN && errno != EINTR)
			break;
		if (poll(&p, 1, -1) == -1 && errno != EINTR)
			break;
	}
	perror("signalfd");
	return 0;
}

static int make(const int *sigs, sigset_t *set)
{
	sigemptyset(set);
	while (*sigs)
		sigaddset(set, *sigs++);
	return signalfd(-1, set, SFD_NONBLOCK);
}

int main(int argc, char **argv)
{
	static const int of_child[] = { SIGUSR1, SIGTERM, 0 }, of_parent[] = { SIGUSR2, SIGINT, SIGCHLD, 0 };
	sigset_t a, b;
	int in, out, n = -1, i, sig = 0;
	pid_t parent = getpid(), pid;

	if (argc == 2 && argv[1][0] && strspn(argv[1], "0123456789") == strlen(argv[1]))
		if (strtoul(argv[1], NULL, 10) <= 100000)
			n = strtoul(argv[1], NULL, 10);
	if (n < 0) {
		fprintf(stderr, "usage: signals N\n");
		return 2;
	}
	in = make(of_child, &a);
	out = make(of_parent, &b);
	if (in == -1 || out == -1) {
		perror("signalfd");
		return 1;
	}
	if (sigprocmask(SIG_BLOCK, &a, NULL) || sigprocmask(SIG_BLOCK, &b, NULL)) {
		perror("sigprocmask");
		return 1;
	}

	if ((pid = fork()) == -1) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		close(out);
		while ((sig = get(in)) == SIGUSR1)
			if (kill(parent, SIGUSR2) == -1) {
				perror("child");
				_exit(1);
			}
		_exit(sig == SIGTERM ? 0 : 1);
	}
	close(in);

	for (i = 0; i < n; i++) {
		sig = kill(pid, SIGUSR1) == 0 ? get(out) : 0;
		if (sig != SIGUSR2)
			break;
	}
	if (i < n && sig != SIGINT) {
		fprintf(stderr, "round %d failed%s\n", i + 1, sig == SIGCHLD ? ": the child is dead" : "");
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return 1;
	}

	if (kill(pid, SIGTERM) == -1) {
		perror("kill");
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return 1;
	}
	if (waitpid(pid, NULL, 0) == -1) {
		perror("waitpid");
		waitpid(pid, NULL, 0);
		return 1;
	}
	printf("%s %d\n", i < n ? "interrupted" : "rounds", i);
	if (fflush(stdout)) {
		perror("stdout");
		return 1;
	}
	return i < n;
}
