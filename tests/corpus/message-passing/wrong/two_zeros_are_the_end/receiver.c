#include "q.h"
int main(void)
{
	int q = queue(), rc = 0;
	if (q == -1) { perror("msgget"); return 1; }
	struct line l;
	do {
		ssize_t n;
		while ((n = msgrcv(q, &l, sizeof l.mtext, 0, MSG_NOERROR)) == -1) if (errno != EINTR) { perror("msgrcv"); msgctl(q, IPC_RMID, NULL); return 1; }
		for (ssize_t i = 0; i < n; i++) putchar_unlocked(l.mtext[i]);
	} while (l.mtype != 2 && !(l.mtext[0] == 0 && l.mtext[1] == 0));
	if (ferror(stdout) || fflush(stdout)) { perror("stdout"); rc = 1; }
	if (msgctl(q, IPC_RMID, NULL)) { perror("msgctl"); rc = 1; }
	return rc;
}
