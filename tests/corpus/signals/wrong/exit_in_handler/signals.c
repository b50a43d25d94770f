#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t parent;

static void ping(int sig) {
	int saved = errno;
	(void)sig;
	if (kill(parent, SIGUSR2) == -1)
		_exit(EXIT_FAILURE);	/* the parent will notice */
	errno = saved;
}

static void terminate(int sig) {
	(void)sig;
	exit(EXIT_SUCCESS);
}

static int install(int sig, void (*f)(int)) {
	struct sigaction sa = { .sa_handler = f, .sa_flags = SA_RESTART };
	sigfillset(&sa.sa_mask);
	return sigaction(sig, &sa, NULL);
}

/* Read one signal, 0 if that fails. */
static int receive(int fd) {
	struct signalfd_siginfo info;
	ssize_t r;
	do {
		r = read(fd, &info, sizeof info);
	} while (r == -1 && errno == EINTR);
	if (r != (ssize_t)sizeof info) {
		perror("read");
		return 0;
	}
	return (int)info.ssi_signo;
}

static void cleanup(pid_t child) {
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

int main(int argc, char *argv[]) {
	const char *a = argc == 2 ? argv[1] : "x";
	int n = 0, round = 0, sig = SIGUSR2, fd, status;
	do {
		if (*a < '0' || *a > '9' || (n = n * 10 + (*a - '0')) > 100000) {
			fprintf(stderr, "usage: signals N\n");
			return 2;
		}
	} while (*++a);

	sigset_t parents, childs;
	sigemptyset(&parents);
	sigaddset(&parents, SIGINT);
	sigaddset(&parents, SIGUSR2);
	sigaddset(&parents, SIGCHLD);
	sigemptyset(&childs);
	sigaddset(&childs, SIGUSR1);
	sigaddset(&childs, SIGTERM);
	parent = getpid();
	if (sigprocmask(SIG_BLOCK, &parents, NULL) == -1 || sigprocmask(SIG_BLOCK, &childs, NULL) == -1
	    || install(SIGUSR1, ping) == -1 || install(SIGTERM, terminate) == -1
	    || (fd = signalfd(-1, &parents, SFD_CLOEXEC)) == -1) {
		perror("signals");
		return 1;
	}

	pid_t child = fork();
	if (child == -1) {
		perror("fork");
		return 1;
	}
	if (child == 0) {
		close(fd);
		if (sigprocmask(SIG_UNBLOCK, &childs, NULL) == -1) {
			perror("child");
			_exit(EXIT_FAILURE);
		}
		while (1)
			pause();
	}

	while (round < n && sig == SIGUSR2) {
		if (kill(child, SIGUSR1) == -1) {
			perror("kill");
			sig = 0;
		} else if ((sig = receive(fd)) == SIGUSR2) {
			round++;
		} else if (sig == SIGCHLD) {
			fprintf(stderr, "the child died\n");
			sig = 0;
		}
	}
	close(fd);
	if (sig == 0 || kill(child, SIGTERM) == -1) {
		if (sig != 0)
			perror("kill");
		cleanup(child);
		return 1;
	}
	if (waitpid(child, &status, 0) == -1) {
		perror("waitpid");
		cleanup(child);
		return 1;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
		fprintf(stderr, "the child failed\n");
		return 1;
	}
	printf("%s %d\n", sig == SIGINT ? "interrupted" : "rounds", round);
	if (fflush(stdout) == EOF) {
		perror("stdout");
		return 1;
	}
	return sig == SIGINT ? 1 : 0;
}
