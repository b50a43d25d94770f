/* The parent does not wait for ever: a child that has not answered for half a minute is taken for dead. */
#define _GNU_SOURCE
#define PATIENCE 30

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum { PLAYED, STOPPED, FAILED } end_t;

static sigset_t child_set, parent_set;

static int sigwait_or_zero(const sigset_t *set) {
	for (;;) {
		int sig = sigwaitinfo(set, NULL);
		if (sig != -1) return sig;
		if (errno != EINTR) { perror("sigwaitinfo"); return 0; }
	}
}

static int child(pid_t parent) {
	for (;;) {
		switch (sigwait_or_zero(&child_set)) {
		case SIGTERM: return 0;
		case SIGUSR1: if (kill(parent, SIGUSR2) == 0) break;
			      perror("child: kill");
			      /* fall through */
		default:      return 1;
		}
	}
}

static end_t game(pid_t pid, int n, int *k) {
	while (*k < n) {
		if (kill(pid, SIGUSR1) != 0) { perror("kill"); return FAILED; }
		alarm(PATIENCE);
		int sig = sigwait_or_zero(&parent_set);
		alarm(0);
		switch (sig) {
		case SIGINT:  return STOPPED;
		case SIGUSR2: ++*k; break;
		case SIGALRM: fprintf(stderr, "no answer for %d seconds\n", PATIENCE); return FAILED;
		case SIGCHLD: fprintf(stderr, "child died\n"); return FAILED;
		default:      return FAILED;
		}
	}
	sigset_t p;
	if (sigpending(&p) != 0) { perror("sigpending"); return FAILED; }
	return sigismember(&p, SIGINT) ? STOPPED : PLAYED;
}

int main(int argc, char *argv[]) {
	if (argc != 2) {
usage:		fprintf(stderr, "usage: %s N\n", argc ? argv[0] : "signals");
		return 2;
	}
	char *s = argv[1];
	do if (*s < '0' || *s > '9') goto usage; while (*++s);
	unsigned long n = strtoul(argv[1], NULL, 10);
	if (n > 100000) goto usage;

	sigset_t all;
	sigemptyset(&child_set);
	sigaddset(&child_set, SIGUSR1);
	sigaddset(&child_set, SIGTERM);
	sigemptyset(&parent_set);
	sigaddset(&parent_set, SIGINT);
	sigaddset(&parent_set, SIGUSR2);
	sigaddset(&parent_set, SIGALRM);
	sigaddset(&parent_set, SIGCHLD);
	sigorset(&all, &child_set, &parent_set);
	if (sigprocmask(SIG_BLOCK, &all, NULL) != 0) { perror("sigprocmask"); return 1; }

	pid_t me = getpid(), pid = fork();
	if (pid < 0) { perror("fork"); return 1; }
	if (pid == 0) _exit(child(me));

	int k = 0, status;
	end_t end = game(pid, n, &k);
	if (end != FAILED && kill(pid, SIGTERM) != 0) { perror("kill"); end = FAILED; }
	if (end == FAILED) kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == -1) {
		if (errno == EINTR) continue;
		perror("waitpid");
		if (errno == ECHILD) return 1;
		end = FAILED;
		kill(pid, SIGKILL);
	}
	if (end == FAILED) return 1;
	if (status != 0) { fprintf(stderr, "child died\n"); return 1; }
	printf("%s %d\n", end == STOPPED ? "interrupted" : "rounds", k);
	if (fflush(stdout) != 0) { perror("stdout"); return 1; }
	return end == STOPPED;
}
