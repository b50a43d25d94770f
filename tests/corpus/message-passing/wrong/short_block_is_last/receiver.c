#include "fs.h"

int main(void)
{
	struct datagram d;
	ssize_t size, done, n;
	int id = msgget(KEY, IPC_CREAT | 0600);
	if (id == -1)
		return complain("msgget", -1);

	do {
		size = msgrcv(id, &d, BLOCK, 0, 0);
		if (size == -1)
			return complain("msgrcv", id);
		for (done = 0; done < size; done += n) {
			n = write(STDOUT_FILENO, d.data + done, size - done);
			if (n == -1)
				return complain("write", id);
		}
	} while (d.type == FULL);

	if (msgctl(id, IPC_RMID, NULL) == -1)
		return complain("msgctl", -1);
	return 0;
}
