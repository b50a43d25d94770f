#define _GNU_SOURCE /* MSG_EXCEPT */
#include "protocol.h"

static bool receive_all(int queue)
{
	struct packet p;

	for (;;) {
		/* everything but what I have sent myself */
		ssize_t n = get(queue, &p, GO_ON, MSG_EXCEPT);
		if (n < 0)
			return false;
		if (p.kind == THE_END)
			return true;
		if (fwrite(p.text, 1, (size_t)n, stdout) < (size_t)n || fflush(stdout) != 0) {
			perror("stdout");
			return false;
		}
		if (!put(queue, &p, GO_ON, 0))
			return false;
	}
}

int main(void)
{
	bool good;
	int queue = msgget(5679, IPC_CREAT | 0660);
	if (queue < 0) {
		perror("msgget");
		return EXIT_FAILURE;
	}
	good = receive_all(queue);
	if (msgctl(queue, IPC_RMID, NULL) != 0) {
		perror("msgctl");
		good = false;
	}
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
