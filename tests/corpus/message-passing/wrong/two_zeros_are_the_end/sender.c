#include "q.h"
int main(void)
{
	int q = queue(), c = 0;
	if (q == -1) { perror("msgget"); return 1; }
	struct line l;
	size_t n = 0;
	do {
		c = getchar();
		if (c != EOF) l.mtext[n++] = c;
		if (c == EOF && ferror(stdin)) { perror("stdin"); msgctl(q, IPC_RMID, NULL); return 1; }
		if (c == EOF || n == sizeof l.mtext || c == '\n') {
			l.mtype = c == EOF ? 2 : 1;
			while (msgsnd(q, &l, n, 0)) if (errno != EINTR) { perror("msgsnd"); msgctl(q, IPC_RMID, NULL); return 1; }
			n = 0;
		}
	} while (c != EOF);
	return 0;
}
