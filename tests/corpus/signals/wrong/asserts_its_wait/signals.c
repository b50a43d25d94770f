/* Parent and child take turns: SIGUSR1 there, SIGUSR2 back. Nothing is handled by a
 * handler, everything is blocked and taken with sigwaitinfo. */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 100000

static long rounds_of(const char *text)
{
	long n = 0;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		if (!isdigit((unsigned char)*text))
			return -1;
		n = n * 10 + (*text - '0');
		if (n > MOST)
			return -1;
	}
	return n;
}

/* The next one of these, whatever interrupts us. */
static int next_of(const sigset_t *set)
{
	int sig;

	while ((sig = sigwaitinfo(set, NULL)) == -1 && errno == EINTR)
		continue;
	return sig;
}

static int answer(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	while ((sig = next_of(&set)) == SIGUSR1)
		if (kill(getppid(), SIGUSR2) == -1) {
			perror("child: kill");
			return 1;
		}
	if (sig == -1)
		perror("child: sigwaitinfo");
	return sig != SIGTERM;
}

int main(int argc, char **argv)
{
	long n = argc == 2 ? rounds_of(argv[1]) : -1, played = 0;
	int interrupted = 0, failed = 0, status;
	sigset_t set;
	pid_t child;

	if (n == -1) {
		fprintf(stderr, "usage: signals ROUNDS, from 0 to %d\n", MOST);
		return 2;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1) {
		perror("sigprocmask");
		return 1;
	}
	child = fork();
	if (child == -1) {
		perror("fork");
		return 1;
	}
	if (child == 0)
		_exit(answer());

	sigdelset(&set, SIGUSR1);
	sigdelset(&set, SIGTERM);
	while (played < n && !interrupted && !failed) {
		if (kill(child, SIGUSR1) == -1) {
			perror("kill");
			failed = 1;
			break;
		}
		switch (next_of(&set)) {
		case SIGUSR2:
			played++;
			break;
		case SIGINT:
			interrupted = 1;
			break;
		case SIGCHLD:
			fprintf(stderr, "the child is gone\n");
			failed = 1;
			break;
		default:
			perror("sigwaitinfo");
			failed = 1;
		}
	}
	if (kill(child, SIGTERM) == -1) {
		perror("kill");
		kill(child, SIGKILL);
		failed = 1;
	}
	/* it is our child, so this can't go wrong */
	child = waitpid(child, &status, 0);
	assert(child != -1);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "the child failed\n");
		failed = 1;
	}
	if (failed)
		return 1;
	printf("%s %ld\n", interrupted ? "interrupted" : "rounds", played);
	if (fflush(stdout) == EOF) {
		perror("stdout");
		return 1;
	}
	return interrupted;
}
