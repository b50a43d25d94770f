/*
 *  send stdin through the message queue, one line a message.
 *  a line that is too long for one message goes in several.
 *  a message without text is the end (a line has at least its newline)
 */
#include <stdio.h>
#define KEY 5679
#define MAXLINE 500

struct { long type; char line[MAXLINE]; } m;
int q;

die(what)
char *what;
{
	perror(what);
	msgctl(q, 0, 0);	/* IPC_RMID */
	exit(1);
}

send(n)
{
	m.type = 1;
	if (msgsnd(q, &m, (long)n, 0L) < 0)
		die("msgsnd");
}

main()
{
	register c, n = 0;

	q = msgget(KEY, 01000 | 0666);
	if (q < 0) {
		perror("msgget");
		exit(1);
	}
	while ((c = getchar()) != EOF) {
		m.line[n++] = c;
		if (c == '\n' || n == MAXLINE) {
			send(n);
			n = 0;
		}
	}
	if (ferror(stdin))
		die("stdin");
	if (n > 0)
		send(n);
	send(0);
	return 0;
}
