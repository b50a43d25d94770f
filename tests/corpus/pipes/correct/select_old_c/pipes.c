/* exercise 4.  select() because my book has only select(). */
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sys/select.h>

#define N 512		/* select() promises no more than PIPE_BUF, POSIX wants >= 512 */

int up[2], down[2];	/* up: to the child, down: back from it */
int pid;

die(what)
char *what;
{
	int st;

	perror(what);
	if (pid > 0) {
		close(up[1]);		/* a second close does no harm here */
		close(down[0]);
		while (waitpid(pid, &st, 0) == -1 && errno == EINTR)
			;
	}
	exit(1);
}

rd(fd, p)
int fd;
char *p;
{
	int n;

	while ((n = read(fd, p, N)) == -1 && errno == EINTR)
		;
	return n;
}

wr(fd, p, n)
int fd, n;
char *p;
{
	int k;

	while (n > 0) {
		k = write(fd, p, n);
		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return -1;
		p += k, n -= k;
	}
	return 0;
}

child()
{
	char b[N];
	int n, i;

	close(up[1]);
	close(down[0]);
	while ((n = rd(up[0], b)) > 0) {
		for (i = 0; i < n; i++)
			if (b[i] >= 'a' && b[i] <= 'z')
				b[i] = b[i] - 32;
		if (wr(down[1], b, n) == -1) {
			perror("child write");
			_exit(2);
		}
	}
	if (n == -1)
		perror("child read");
	_exit(n == -1);
}

main()
{
	char b[N], c[N];
	int n, m, eof, st, top;
	fd_set r, w;

	signal(SIGPIPE, SIG_IGN);
	if (pipe(up) == -1 || pipe(down) == -1)
		die("pipe");
	if ((pid = fork()) == -1)
		die("fork");
	if (pid == 0)
		child();
	close(up[0]);
	close(down[1]);
	top = (up[1] > down[0] ? up[1] : down[0]) + 1;

	m = 0;		/* bytes in b that are still to go */
	eof = 0;
	for (;;) {
		FD_ZERO(&r);
		FD_ZERO(&w);
		FD_SET(down[0], &r);
		if (m > 0)
			FD_SET(up[1], &w);
		else if (!eof)
			FD_SET(0, &r);
		if (select(top, &r, &w, (fd_set *)0, (struct timeval *)0) == -1) {
			if (errno == EINTR)
				continue;
			die("select");
		}
		if (m > 0 && FD_ISSET(up[1], &w)) {
			if (wr(up[1], b, m) == -1)
				die("write to child");
			m = 0;
		} else if (m == 0 && !eof && FD_ISSET(0, &r)) {
			if ((m = rd(0, b)) == -1)
				die("stdin");
			if (m == 0) {
				eof = 1;
				close(up[1]);
			}
		}
		if (FD_ISSET(down[0], &r)) {
			if ((n = rd(down[0], c)) == -1)
				die("read from child");
			if (n == 0)
				break;
			if (wr(1, c, n) == -1)
				die("stdout");
		}
	}
	if (!eof)
		close(up[1]);

	while (waitpid(pid, &st, 0) == -1)
		if (errno != EINTR) {
			perror("waitpid");
			exit(1);
		}
	if (st != 0) {
		fprintf(stderr, "the child is dead, status %x\n", st);
		exit(1);
	}
	exit(0);
}
