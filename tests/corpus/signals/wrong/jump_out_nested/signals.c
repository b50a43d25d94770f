/* signals.c
 *
 * sleeping until a signal comes, without missing one: the handler jumps back to where we were,
 * so it does not matter whether pause() has begun already (Stevens, "Advanced Programming ...")
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf here;
static sigset_t inside;         /* the mask while we wait */

static void hop(int sig) { siglongjmp(here, sig); }

static int wait_signal(void)
{
	int sig;

	if ((sig = sigsetjmp(here, 1)) != 0)
		return sig;
	if (sigprocmask(SIG_SETMASK, &inside, NULL) == 0)
		for (;;)
			pause();
	perror("sigprocmask");
	return 0;
}

static int
answer(pid_t to)
{
	int sig;

	while ((sig = wait_signal()) == SIGUSR1)
		if (kill(to, SIGUSR2) == -1) {
			perror("kill");
			return 1;
		}
	return sig == SIGTERM ? 0 : 1;
}

static int
ask(pid_t whom, int n, int *done)
{
	int sig = SIGUSR2;

	while (*done < n && sig == SIGUSR2) {
		if (kill(whom, SIGUSR1) == -1) {
			perror("kill");
			return -1;
		}
		sig = wait_signal();
		if (sig == SIGUSR2)
			++*done;
		if (sig == SIGCHLD)
			fprintf(stderr, "child died after %d rounds\n", *done);
	}
	return sig == SIGINT ? 1 : sig == SIGUSR2 ? 0 : -1;
}

int
main(int argc, char **argv)
{
	static int list[] = { SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD, 0 };
	struct sigaction sa;
	sigset_t outside;
	int *s, n, done = 0, result, status;
	pid_t parent, child;

	if (argc != 2 || argv[1][0] == 0 || argv[1][strspn(argv[1], "0123456789")] != 0 ||
	    strtol(argv[1], NULL, 10) > 100000) {
		fprintf(stderr, "usage: signals N\n");
		return 2;
	}
	n = strtol(argv[1], NULL, 10);

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = hop;
	sigemptyset(&sa.sa_mask);
	sigemptyset(&outside);
	for (s = list; *s; s++)
		sigaddset(&outside, *s);
	if (sigprocmask(SIG_BLOCK, &outside, &inside) == -1) {
		perror("sigprocmask");
		return 1;
	}
	for (s = list; *s; s++) {
		sigdelset(&inside, *s);
		if (sigaction(*s, &sa, NULL) == -1) {
			perror("sigaction");
			return 1;
		}
	}
	parent = getpid();
	child = fork();
	if (child == -1) {
		perror("fork");
		return 1;
	}
	if (child == 0)
		_exit(answer(parent));

	result = ask(child, n, &done);
	if (result >= 0 && kill(child, SIGTERM) == -1) {
		perror("kill");
		result = -1;
	}
	if (result < 0)
		kill(child, SIGKILL);
	if (waitpid(child, &status, 0) == -1) {
		perror("waitpid");
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		return 1;
	}
	if (result >= 0 && status != 0)
		fprintf(stderr, "child died\n");
	if (result < 0 || status != 0)
		return 1;
	if (printf("%s %d\n", result ? "interrupted" : "rounds", done) < 0 || fflush(stdout) == EOF) {
		perror("stdout");
		return 1;
	}
	return result;
}
