/*
 *  print what comes through the message queue.
 */
#include <stdio.h>
#define KEY 5679
#define MAXLINE 500

struct { long type; char line[MAXLINE]; } m;
int q;

main()
{
	register n, i;
	int bad = 0;

	if ((q = msgget(KEY, 01000 | 0666)) < 0) {
		perror("msgget");
		exit(1);
	}
	while (!bad && (n = msgrcv(q, &m, (long)MAXLINE, 0L, 0L)) > 0)
		for (i = 0; i < n && !bad; i++)
			bad = putchar(m.line[i]) == EOF;
	if (n < 0) {
		perror("msgrcv");
		bad = 1;
	}
	if (bad || fflush(stdout)) {
		perror("stdout");
		bad = 1;
	}
	if (msgctl(q, 0, 0L) < 0) {	/* 0 is IPC_RMID */
		perror("msgctl");
		bad = 1;
	}
	exit(bad);
}
