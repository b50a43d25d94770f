#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

volatile sig_atomic_t pong = 0, stop = 0, dead = 0;

void h(int s)
{
	if (s == SIGUSR2) pong = 1;
	if (s == SIGINT) stop = 1;
	if (s == SIGCHLD) dead = 1;
}

int hook(int s)
{
	struct sigaction a;
	memset(&a, 0, sizeof(a));
	a.sa_handler = h;
	a.sa_flags = SA_RESTART;
	return sigaction(s, &a, 0);
}

int worker(pid_t boss, sigset_t *w)
{
	int s;
	while (sigwait(w, &s) == 0) {
		if (s == SIGTERM) return 0;
		if (kill(boss, SIGUSR2)) break;
	}
	fprintf(stderr, "worker failed\n");
	return 1;
}

int main(int argc, char **argv)
{
	pid_t boss = getpid(), pid;
	sigset_t w, b;
	int i, n = 0, st, bad = 0;
	char *c;

	if (argc != 2 || !*argv[1]) { fprintf(stderr, "usage: signals N\n"); return 2; }
	for (c = argv[1]; *c; c++) {
		if (*c < '0' || *c > '9' || (n = n * 10 + *c - '0') > 100000) {
			fprintf(stderr, "signals: %s is no number of rounds\n", argv[1]);
			return 2;
		}
	}

	/* for the child */
	sigemptyset(&w);
	sigaddset(&w, SIGUSR1);
	sigaddset(&w, SIGTERM);
	/* for me */
	sigemptyset(&b);
	sigaddset(&b, SIGINT);
	sigaddset(&b, SIGUSR2);
	sigaddset(&b, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &w, 0) || hook(SIGINT) || hook(SIGUSR2) || hook(SIGCHLD)) {
		perror("setup");
		return 1;
	}

	pid = fork();
	if (pid < 0) { perror("fork"); return 1; }
	if (pid == 0) _exit(worker(boss, &w));

	for (i = 0; i < n && !stop && !bad; ) {
		pong = 0;
		if (kill(pid, SIGUSR1)) { perror("kill"); bad = 1; break; }
		while (!pong && !stop && !dead)
			;		/* wait for the answer */
		if (pong) i++;
		else if (dead) { fprintf(stderr, "child died\n"); bad = 1; }
	}
	if (sigprocmask(SIG_BLOCK, &b, 0)) { perror("sigprocmask"); bad = 1; }
	if (!bad && kill(pid, SIGTERM)) { perror("kill"); bad = 1; }
	if (bad) kill(pid, SIGKILL);
	if (waitpid(pid, &st, 0) < 0) {
		perror("waitpid");
		kill(pid, SIGKILL);
		waitpid(pid, &st, 0);
		return 1;
	}
	if (!bad && st) { fprintf(stderr, "child died\n"); bad = 1; }
	if (bad) return 1;
	printf("%s %d\n", stop ? "interrupted" : "rounds", i);
	if (fflush(stdout)) { perror("stdout"); return 1; }
	return stop;
}
