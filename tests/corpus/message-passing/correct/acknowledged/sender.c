#include "protocol.h"

static bool send_all(int queue)
{
	struct packet p;
	size_t n;

	while ((n = fread(p.text, 1, sizeof p.text, stdin)) > 0) {
		if (!put(queue, &p, BLOCK, n))
			return false;
		if (get(queue, &p, GO_ON, 0) < 0)
			return false;
	}
	if (ferror(stdin)) {
		perror("stdin");
		return false;
	}
	return put(queue, &p, THE_END, 0);
}

int main(void)
{
	int queue = msgget(5679, IPC_CREAT | 0660);
	if (queue < 0) {
		perror("msgget");
		return EXIT_FAILURE;
	}
	if (send_all(queue))
		return EXIT_SUCCESS;
	msgctl(queue, IPC_RMID, NULL);
	return EXIT_FAILURE;
}
