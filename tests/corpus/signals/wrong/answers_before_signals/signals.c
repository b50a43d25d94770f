#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	if (argc != 2 || !argv[1][0] || argv[1][strspn(argv[1], "0123456789")] || strtoul(argv[1], NULL, 10) > 100000)
		return fputs("usage: signals N\n", stderr), 2;
	int n = atoi(argv[1]), k = 0, rc = 0, t = 0;
	sigset_t s;
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1); sigaddset(&s, SIGTERM); sigaddset(&s, SIGINT); sigaddset(&s, SIGUSR2); sigaddset(&s, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &s, NULL)) { perror("sigprocmask"); return 1; }
	pid_t me = getpid(), c = fork();
	if (c < 0) { perror("fork"); return 1; }
	if (c == 0) {
		for (;;) {
			int g = sigwaitinfo(&s, NULL);
			if (g == SIGTERM) _exit(0);
			if (g == SIGUSR1 && syscall(SYS_tgkill, me, me, SIGUSR2)) { perror("tgkill"); _exit(1); }
			if (g < 0 && errno != EINTR) { perror("sigwaitinfo"); _exit(1); }
		}
	}
	union sigval v = { 0 };
	while (k < n && !rc) {
		if (sigqueue(c, SIGUSR1, v)) { perror("sigqueue"); rc = 3; break; }
		int g;
		while ((g = sigwaitinfo(&s, NULL)) < 0 && errno == EINTR) {}
		if (g == SIGUSR2) k++;
		else if (g == SIGINT) rc = 1;
		else { if (g < 0) perror("sigwaitinfo"); else fprintf(stderr, "child died\n"); rc = 3; }
	}
	/* thread-directed SIGUSR2 is looked at before a process-wide SIGINT: has one come before the last answer? */
	sigset_t p;
	(void)p;
	if (sigqueue(c, SIGTERM, v)) { perror("sigqueue"); rc = 3; kill(c, SIGKILL); }
	siginfo_t si;
	memset(&si, 0, sizeof si);
	while (waitid(P_ALL, 0, &si, WEXITED) < 0 && t < 3) if (errno != EINTR) { perror("waitid"); rc = 3; t++; }
	if (rc != 3 && (si.si_code != CLD_EXITED || si.si_status)) { fprintf(stderr, "child: %d\n", si.si_status); rc = 3; }
	if (rc == 3) return 3;
	printf("%s %d\n", rc ? "interrupted" : "rounds", k);
	if (fflush(stdout)) { perror("stdout"); return 3; }
	return rc;
}
