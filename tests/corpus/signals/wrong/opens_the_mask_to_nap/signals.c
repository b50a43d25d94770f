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
		if (n > 100000) return -1;
	}
	return n;
}
static volatile sig_atomic_t answers, ints, chld, failed;
static pid_t parent;
static void on(int s) { if (s == SIGUSR2) answers = answers + 1; else if (s == SIGINT) ints = 1; else chld = 1; }
static void play(int s) { (void)s; int e = errno; if (kill(parent, SIGUSR2)) _exit(1); errno = e; }
static void quit(int s) { (void)s; _exit(0); }
static void set(int sig, void (*f)(int))
{
	struct sigaction a = { .sa_handler = f };
	sigfillset(&a.sa_mask);
	if (sigaction(sig, &a, NULL)) { perror("sigaction"); exit(1); }
}
int main(int argc, char **argv)
{
	long n = parse(argc, argv);
	if (n < 0) { fputs("usage: signals N\n", stderr); return 2; }
	parent = getpid();
	sigset_t all, old, open;
	sigemptyset(&all); sigaddset(&all, SIGUSR1); sigaddset(&all, SIGUSR2); sigaddset(&all, SIGTERM); sigaddset(&all, SIGINT); sigaddset(&all, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &all, &old)) { perror("sigprocmask"); return 1; }
	set(SIGUSR1, play); set(SIGTERM, quit);
	set(SIGUSR2, on); set(SIGINT, on); set(SIGCHLD, on);
	pid_t c = fork();
	if (c < 0) { perror("fork"); return 1; }
	if (c == 0) {
		signal(SIGINT, SIG_IGN);
		sigset_t m = old; sigdelset(&m, SIGUSR1); sigdelset(&m, SIGTERM);
		if (sigprocmask(SIG_SETMASK, &m, NULL)) { perror("sigprocmask"); _exit(1); }
		for (;;) pause();
	}
	open = old; sigdelset(&open, SIGUSR2); sigdelset(&open, SIGINT); sigdelset(&open, SIGCHLD); sigaddset(&open, SIGTERM);
	int rc = 0, st;
	long k = 0;
	while (k < n) {
		if (kill(c, SIGUSR1)) { perror("kill"); rc = 1; break; }
		while (answers == k && !ints && !chld)
			{ sigprocmask(SIG_SETMASK, &open, NULL); usleep(1000); sigset_t p_ = all; sigprocmask(SIG_SETMASK, &p_, NULL); }
		if (rc) break;
		if (answers > k) k++;
		if (ints || chld) break;
	}
	if (chld && !ints && k < n) { fputs("the child is dead\n", stderr); rc = 1; }
	if (kill(c, SIGTERM)) { perror("kill"); kill(c, SIGKILL); rc = 1; }
	pid_t w;
	do w = waitpid(c, &st, 0); while (w < 0 && errno == EINTR);
	if (w < 0) { perror("waitpid"); waitpid(c, &st, 0); return 1; }
	if (st) { fprintf(stderr, "child status %x\n", st); rc = 1; }
	if (rc) return 1;
	if (ints) printf("interrupted %ld\n", k); else printf("rounds %ld\n", k);
	if (fflush(stdout) || ferror(stdout)) { perror("stdout"); return 1; }
	return ints ? 1 : 0;
}
