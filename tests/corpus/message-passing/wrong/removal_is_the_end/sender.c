#include <sys/ipc.h>
#include <sys/msg.h>
#include <stdio.h>
#include <errno.h>
#include <unistd.h>
struct m { long type; char text[4096]; };
int main(void)
{
	int q = msgget(5679, IPC_CREAT | 0600);
	if (q < 0) { perror("msgget"); return 1; }
	struct m m;
	for (;;) {
		ssize_t n = read(0, m.text, sizeof m.text);
		if (n < 0) {
			if (errno == EINTR) continue;
			perror("read"); msgctl(q, IPC_RMID, 0); return 1;
		}
		m.type = n ? 1 : 2;
		while (msgsnd(q, &m, n, 0) < 0)
			if (errno == EIDRM || errno == EINVAL) return 0; else if (errno != EINTR) { perror("msgsnd"); msgctl(q, IPC_RMID, 0); return 1; }
		if (n == 0) return 0;
	}
}
