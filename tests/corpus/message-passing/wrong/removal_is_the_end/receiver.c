#include <sys/ipc.h>
#include <sys/msg.h>
#include <stdio.h>
#include <errno.h>
struct m { long type; char text[4096]; };
int main(void)
{
	int q = msgget(5679, IPC_CREAT | 0600);
	if (q < 0) { perror("msgget"); return 1; }
	struct m m;
	int rc = 0;
	for (;;) {
		ssize_t n = msgrcv(q, &m, sizeof m.text, 0, 0);
		if (n < 0) { if (errno == EINTR) continue; perror("msgrcv"); rc = 1; break; }
		if (m.type == 2) break;
		if (fwrite(m.text, 1, n, stdout) != (size_t)n) { perror("stdout"); rc = 1; break; }
	}
	if (fflush(stdout)) { perror("stdout"); rc = 1; }
	if (msgctl(q, IPC_RMID, 0) < 0) { perror("IPC_RMID"); rc = 1; }
	return rc;
}
