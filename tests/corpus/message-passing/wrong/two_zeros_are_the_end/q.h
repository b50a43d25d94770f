#include <sys/ipc.h>
#include <sys/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>
#include <time.h>
struct line { long mtype; char mtext[256]; };
/* the sender sends type 1: a piece; type 2: a piece, and it is the last */
static int queue(void)
{
	for (;;) {
		int q = msgget(5679, IPC_CREAT | IPC_EXCL | 0600);
		if (q != -1 || errno != EEXIST) return q;
		q = msgget(5679, 0600);
		if (q != -1 || errno != ENOENT) return q;
	}
}
