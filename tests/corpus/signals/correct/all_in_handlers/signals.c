/*
 * signals N
 *
 * Everything happens in the handlers. main() of the parent only waits for the child to end,
 * main() of the child does not do anything at all.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t rounds, answered, interrupted, trouble;
static pid_t parent, child;

static void
send_or_end(int sig)
{
	if (trouble)
		return;
	if (kill(child, sig) == -1) {
		trouble = errno;
		kill(child, SIGKILL);
	}
}

/* ------------------------------------------------ parent's handlers */
static void
on_answer(int sig)
{
	int e = errno;

	(void)sig;
	answered = answered + 1;
	if (!interrupted)	/* else SIGTERM is on its way already */
		send_or_end(answered < rounds ? SIGUSR1 : SIGTERM);
	errno = e;
}

static void
on_int(int sig)
{
	int e = errno;

	(void)sig;
	if (!interrupted) {
		interrupted = 1;
		send_or_end(SIGTERM);
	}
	errno = e;
}

/* ------------------------------------------------ child's handlers */
static void
on_request(int sig)
{
	static const char msg[] = "child: cannot answer\n";
	int e = errno;

	(void)sig;
	if (kill(parent, SIGUSR2) == -1) {
		if (write(STDERR_FILENO, msg, sizeof msg - 1) < 0)
			_exit(4);
		_exit(3);
	}
	errno = e;
}

static void
on_term(int sig)
{
	(void)sig;
	_exit(0);
}

static int
catch(int sig, void (*handler)(int))
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = handler;
	sa.sa_flags = SA_RESTART;
	sigfillset(&sa.sa_mask);	/* one at a time */
	if (sigaction(sig, &sa, NULL) == 0)
		return 0;
	perror("sigaction");
	return -1;
}

static long
number(const char *s)
{
	long n = 0;

	if (*s == '\0')
		return -1;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return -1;
		n = n * 10 + (*s - '0');
		if (n > 100000)
			return -1;
	}
	return n;
}

int
main(int argc, char *argv[])
{
	sigset_t all, none;
	siginfo_t info;
	long n;
	int status = -1, r;

	if (argc != 2 || (n = number(argv[1])) < 0) {
		fputs("usage: signals N (0-100000)\n", stderr);
		exit(2);
	}
	rounds = n;
	parent = getpid();

	sigfillset(&all);
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &all, NULL) == -1) {
		perror("sigprocmask");
		exit(1);
	}
	if (catch(SIGUSR1, on_request) || catch(SIGTERM, on_term) ||
	    catch(SIGUSR2, on_answer) || catch(SIGINT, on_int))
		exit(1);

	switch (child = fork()) {
	case -1:
		perror("fork");
		exit(1);
	case 0:
		if (sigprocmask(SIG_SETMASK, &none, NULL) == -1) {
			perror("child: sigprocmask");
			_exit(1);
		}
		for (;;)
			pause();	/* nothing is waited for here: the handlers do it all */
	}

	/* The parent's handlers must not run before `child' has its value: they are still blocked. */
	send_or_end(n > 0 ? SIGUSR1 : SIGTERM);
	if (sigprocmask(SIG_SETMASK, &none, NULL) == -1) {
		trouble = errno;
		kill(child, SIGKILL);
	}

	/* WNOWAIT: the child stays a zombie, so its number is good for kill() until nobody calls it. */
	do
		r = waitid(P_PID, child, &info, WEXITED | WNOWAIT);
	while (r == -1 && errno == EINTR);
	if (r == -1) {
		trouble = errno;
		kill(child, SIGKILL);
	}
	if (sigprocmask(SIG_SETMASK, &all, NULL) == -1)
		trouble = errno;
	while (waitpid(child, &status, 0) == -1)
		if (errno != EINTR) {
			trouble = errno;
			kill(child, SIGKILL);
			waitpid(child, NULL, 0);
			break;
		}

	if (trouble) {
		fprintf(stderr, "signals: %s\n", strerror(trouble));
		exit(1);
	}
	if (status != 0) {
		fprintf(stderr, "signals: child died (%d) after %d answers\n", status, (int)answered);
		exit(1);
	}
	printf(interrupted ? "interrupted %d\n" : "rounds %d\n", (int)answered);
	if (fclose(stdout) == EOF) {
		perror("stdout");
		exit(1);
	}
	exit(interrupted);
}
