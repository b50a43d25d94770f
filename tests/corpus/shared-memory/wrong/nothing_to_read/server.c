#include "proto.h"

int main(void)
{
	struct note n;
	int queue, segment;
	char *mem;

	if (shmget(LAB_KEY, 0, 0) >= 0) {
		/* we do not know whose it is, so better keep away from it */
		fprintf(stderr, "there is already a segment with our key\n");
		return 1;
	}

	queue = msgget(LAB_KEY, IPC_CREAT | 0600);
	if (queue < 0)
		return report("msgget");
	segment = shmget(LAB_KEY, 27, IPC_CREAT | IPC_EXCL | 0600);
	if (segment < 0) {
		report("shmget");
		msgctl(queue, IPC_RMID, NULL);
		return 1;
	}

	int bad = 1;
	mem = shmat(segment, NULL, 0);
	if (mem == (char *)-1) {
		report("shmat");
	} else {
		strcpy(mem, "abcdefghijklmnopqrstuvwxyz");
		n.type = NOTE_WRITTEN;
		bad = note_send(queue, &n) || note_receive(queue, &n, NOTE_READ);
		if (bad)
			report("queue");
	}

	if (shmctl(segment, IPC_RMID, NULL) < 0)
		bad = report("shmctl");
	if (msgctl(queue, IPC_RMID, NULL) < 0)
		bad = report("msgctl");
	return bad;
}
