/* Aufgabe 4, Pipes.
 * Jede Sekunde kommt SIGALRM und zeigt auf stderr, wie weit es ist. SIGALRM kann jeden Aufruf mit
 * EINTR unterbrechen (kein SA_RESTART), das ist kein Fehler. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t tick;

static void alarm_handler(int s) { (void)s; tick = 1; }

static int lesen(int fd, char *p, int n)
{
	for (;;) {
		int k = read(fd, p, n);
		if (k >= 0 || errno != EINTR)
			return k;
	}
}

static int schreiben(int fd, const char *p, int n)
{
	while (n > 0) {
		int k = write(fd, p, n);
		if (k >= 0) {
			p += k;
			n -= k;
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return 0;
}

static int kind(int ein, int aus)
{
	char b[1000];
	int n;
	while ((n = lesen(ein, b, sizeof b)) > 0) {
		for (int i = 0; i < n; ++i)
			if (b[i] >= 'a' && b[i] <= 'z')
				b[i] -= 'a' - 'A';
		if (schreiben(aus, b, n) < 0) {
			perror("Kind: schreiben");
			return 1;
		}
	}
	if (n < 0)
		perror("Kind: lesen");
	return n < 0;
}

/* Der Elternprozess schickt hoechstens HALB viele Bytes mehr, als er zurueck hat: das fasst die
 * Pipe immer, also blockiert write nie, und poll braucht nur auf das Lesen zu warten. */
enum { HALB = 2048 };

static int eltern(int *hin, int her)
{
	char b[HALB], c[HALB];
	long unterwegs = 0, fertig = 0;
	int zuende = 0;

	for (;;) {
		struct pollfd p[2] = {{ her, POLLIN, 0 },
		                      { !zuende && unterwegs == 0 ? 0 : -1, POLLIN, 0 }};
		int r = poll(p, 2, -1);
		if (tick) {
			tick = 0;
			fprintf(stderr, "%ld Bytes\n", fertig);
		}
		if (r < 0) {
			if (errno == EINTR)
				continue;
			perror("poll");
			return 1;
		}
		if (p[1].revents) {
			int n = lesen(0, b, sizeof b);
			if (n < 0 || schreiben(*hin, b, n) < 0) {
				perror(n < 0 ? "stdin" : "an das Kind");
				return 1;
			}
			unterwegs = n;
			if (n == 0) {
				zuende = 1;
				close(*hin);
				*hin = -1;
			}
		}
		if (p[0].revents) {
			int n = lesen(her, c, sizeof c);
			if (n == 0)
				return 0;
			if (n < 0 || schreiben(1, c, n) < 0) {
				perror(n < 0 ? "vom Kind" : "stdout");
				return 1;
			}
			unterwegs -= n;
			fertig += n;
		}
	}
}

int main(void)
{
	int hin[2], her[2];
	struct sigaction sa;
	struct itimerval sekunde = {{ 1, 0 }, { 1, 0 }};

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = alarm_handler;
	signal(SIGPIPE, SIG_IGN);
	if (sigaction(SIGALRM, &sa, NULL) < 0) {
		perror("sigaction");
		return 1;
	}
	if (pipe(hin) < 0) {
		perror("pipe");
		return 1;
	}
	if (pipe(her) < 0) {
		perror("pipe");
		return 1;
	}
	pid_t pid = fork();
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		close(hin[1]);
		close(her[0]);
		_exit(kind(hin[0], her[1]));
	}
	close(hin[0]);
	close(her[1]);
	setitimer(ITIMER_REAL, &sekunde, NULL);

	int schlecht = eltern(&hin[1], her[0]), status;
	if (hin[1] >= 0)
		close(hin[1]);
	close(her[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) {
			perror("waitpid");
			return 1;
		}
	if (status != 0) {
		fprintf(stderr, "Das Kind ist gestorben: %d\n", status);
		return 1;
	}
	return schlecht;
}
