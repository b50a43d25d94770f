/* a thread feeds the child; main collects */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int a[2], b[2];

struct result { int error; };

static int transfer(int from, int to, void (*change)(char *, ssize_t))
{
	char buf[8192];
	for (;;) {
		ssize_t n = read(from, buf, sizeof buf);
		if (n == 0)
			return 0;
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return errno;
		}
		if (change)
			change(buf, n);
		for (ssize_t i = 0; i < n;) {
			ssize_t k = write(to, buf + i, n - i);
			if (k < 0 && errno != EINTR)
				return errno;
			if (k > 0)
				i += k;
		}
	}
}

static void upper(char *p, ssize_t n)
{
	while (n-- > 0) {
		if (*p >= 'a' && *p <= 'z')
			*p -= 'a' - 'A';
		p++;
	}
}

static void *feed(void *arg)
{
	struct result *r = arg;
	r->error = transfer(0, a[1], NULL);
	close(a[1]);
	return NULL;
}

int main(void)
{
	struct result fed = { 0 };
	pthread_t t;
	int e, status = 0;

	signal(SIGPIPE, SIG_IGN);
	if (pipe(a) < 0 || pipe(b) < 0) {
		perror("pipe");
		return 1;
	}
	pid_t pid = fork();
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		close(a[1]);
		close(b[0]);
		e = transfer(a[0], b[1], upper);
		if (e)
			fprintf(stderr, "child: %s\n", strerror(e));
		_exit(e != 0);
	}
	close(a[0]);
	close(b[1]);
	e = pthread_create(&t, NULL, feed, &fed);
	if (e != 0)
		fprintf(stderr, "pthread_create: %s\n", strerror(e));
	else {
		e = transfer(b[0], 1, NULL);
		if (e)
			fprintf(stderr, "collecting: %s\n", strerror(e));
		close(b[0]);
		pthread_join(t, NULL);
		if (fed.error) {
			fprintf(stderr, "feeding: %s\n", strerror(fed.error));
			e = fed.error;
		}
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) {
			perror("waitpid");
			return 1;
		}
	if (status)
		fprintf(stderr, "child: status %d\n", status);
	return e || status;
}
