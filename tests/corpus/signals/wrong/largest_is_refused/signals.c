#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h>
static long parse(int argc, char **argv)
{
	long n = 0;
	if (argc != 2 || !*argv[1]) return -1;
	for (const char *p = argv[1]; *p; p++) {
		if (*p < '0' || *p > '9') return -1;
		n = n * 10 + (*p - '0');
		if (n >= 100000) return -1;
	}
	return n;
}
static int next(const sigset_t *s)
{
	int r;
	do r = sigwaitinfo(s, NULL); while (r < 0 && errno == EINTR);
	return r;
}
int main(int argc, char **argv)
{
	long n = parse(argc, argv), k = 0;
	if (n < 0) { fprintf(stderr, "usage: %s N\n", argv[0] ? argv[0] : "signals"); return 2; }
	sigset_t s;
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1); sigaddset(&s, SIGUSR2); sigaddset(&s, SIGTERM); sigaddset(&s, SIGINT); sigaddset(&s, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &s, NULL)) { perror("sigprocmask"); return 1; }
	pid_t parent = getpid(), child = fork();
	if (child < 0) { perror("fork"); return 1; }
	if (child == 0) {
		sigdelset(&s, SIGCHLD);
		for (;;) switch (next(&s)) {
			case SIGUSR1: if (kill(parent, SIGUSR2)) { perror("kill"); _exit(1); } break;
			case SIGTERM: _exit(0);
			case -1: perror("sigwaitinfo"); _exit(1);
		}
	}
	int interrupted = 0, rc = 0, dead = 0, st;
	sigdelset(&s, SIGUSR1); sigdelset(&s, SIGTERM);
	while (k < n && !interrupted && !rc) {
		if (kill(child, SIGUSR1)) { perror("kill"); rc = 3; break; }
		for (int got = 0; !got;) switch (next(&s)) {
			case SIGUSR2: k++; got = 1; break;
			case SIGINT: interrupted = got = 1; break;
			case SIGCHLD: fprintf(stderr, "the child died\n"); dead = got = 1; rc = 3; break;
			case -1: perror("sigwaitinfo"); rc = 3; got = 1; break;
		}
	}
	if (!dead && kill(child, SIGTERM)) { perror("kill"); rc = 3; kill(child, SIGKILL); }
	pid_t w;
	while ((w = waitpid(child, &st, 0)) < 0 && errno == EINTR) ;
	if (w < 0) { perror("waitpid"); while (wait(NULL) < 0 && errno == EINTR) ; return 3; }
	if (rc) return rc;
	if (!WIFEXITED(st) || WEXITSTATUS(st)) { fprintf(stderr, "child failed\n"); return 3; }
	if (printf(interrupted ? "interrupted %ld\n" : "rounds %ld\n", k) < 0 || fflush(stdout)) { perror("stdout"); return 3; }
	return interrupted;
}
