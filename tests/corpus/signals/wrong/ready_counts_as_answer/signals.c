/* 2nd-year style, pselect as a wait with a mask; ready signal from the child */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <errno.h>
#include <unistd.h>
#include <sys/select.h>
#include <sys/types.h>
#include <sys/wait.h>

#define TRUE 1
#define FALSE 0
#define CHECK(call) if ((call) == -1) { perror(#call); cleanup(); exit(EXIT_FAILURE + 2); }

int child = 0;
volatile sig_atomic_t usr1 = FALSE;
volatile sig_atomic_t usr2 = FALSE;
volatile sig_atomic_t term = FALSE;
volatile sig_atomic_t intr = FALSE;
volatile sig_atomic_t dead = FALSE;

void cleanup(void)
{
	if (child > 0) {
		kill(child, SIGKILL);
		while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
			;
	}
}

void on_usr1(int s) { (void)s; usr1 = TRUE; }
void on_usr2(int s) { (void)s; usr2 = TRUE; }
void on_term(int s) { (void)s; term = TRUE; }
void on_int(int s)  { (void)s; intr = TRUE; }
void on_chld(int s) { (void)s; dead = TRUE; }

void set_handler(int sig, void (*fn)(int))
{
	struct sigaction act;
	memset(&act, 0, sizeof(act));
	act.sa_handler = fn;
	sigemptyset(&act.sa_mask);
	CHECK(sigaction(sig, &act, NULL));
}

void wait_for_signal(sigset_t *mask)
{
	if (pselect(0, NULL, NULL, NULL, NULL, mask) == -1 && errno != EINTR) {
		perror("pselect");
		cleanup();
		exit(3);
	}
}

int main(int argc, char **argv)
{
	sigset_t all, none;
	int n, i, rounds = 0, status;

	if (argc != 2 || strlen(argv[1]) == 0) {
		fprintf(stderr, "usage: %s N\n", argv[0]);
		return 2;
	}
	n = 0;
	for (i = 0; argv[1][i] != '\0'; i++) {
		if (argv[1][i] < '0' || argv[1][i] > '9') {
			fprintf(stderr, "usage: %s N\n", argv[0]);
			return 2;
		}
		n = n * 10 + (argv[1][i] - '0');
		if (n > 100000) {
			fprintf(stderr, "usage: %s N, N <= 100000\n", argv[0]);
			return 2;
		}
	}

	sigfillset(&all);
	sigemptyset(&none);
	CHECK(sigprocmask(SIG_BLOCK, &all, NULL));
	set_handler(SIGUSR2, on_usr2);
	set_handler(SIGINT, on_int);
	set_handler(SIGCHLD, on_chld);

	CHECK(child = fork());
	if (child == 0) {
		set_handler(SIGUSR1, on_usr1);
		set_handler(SIGTERM, on_term);
		CHECK(kill(getppid(), SIGUSR2));   /* I am ready */
		sleep(1);
		while (TRUE) {
			while (!usr1 && !term)
				wait_for_signal(&none);
			if (term)
				exit(0);
			usr1 = FALSE;
			CHECK(kill(getppid(), SIGUSR2));
		}
	}

	while (rounds < n && !intr && !dead) {
		CHECK(kill(child, SIGUSR1));
		while (!usr2 && !dead && !intr)
			wait_for_signal(&none);
		if (usr2 && !dead) {
			usr2 = FALSE;
			rounds++;
		}
	}
	if (dead) {
		fprintf(stderr, "child is dead\n");
		cleanup();
		return 3;
	}
	CHECK(kill(child, SIGTERM));
	CHECK(waitpid(child, &status, 0));
	if (status != 0) {
		fprintf(stderr, "child failed\n");
		return 3;
	}
	child = 0;
	printf("%s %d\n", intr ? "interrupted" : "rounds", rounds);
	CHECK(fflush(stdout));
	return intr ? 1 : 0;
}
