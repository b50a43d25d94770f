#include "fs.h"

int main(void)
{
	struct datagram d;
	ssize_t size;
	int id = msgget(KEY, IPC_CREAT | 0600);
	if (id == -1)
		return complain("msgget", -1);

	/* A full block is followed by another, the last is not full. */
	do {
		size = read(STDIN_FILENO, d.data, BLOCK);
		if (size == -1)
			return complain("read", id);
		d.type = size == BLOCK ? FULL : LAST;
		if (msgsnd(id, &d, size, 0) == -1)
			return complain("msgsnd", id);
	} while (size == BLOCK);
	return 0;
}
