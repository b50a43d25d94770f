#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

/* The queue with the well-known key is the door: there the sender announces a private queue, which nobody
 * else can disturb, and everything else goes there. */

struct knock { long type; int private_queue; };
struct load  { long type; char bytes[4000]; };

int door = -1, inner = -1;

int bad(const char *what)
{
	perror(what);
	if (inner != -1)
		msgctl(inner, IPC_RMID, NULL);
	if (door != -1)
		msgctl(door, IPC_RMID, NULL);
	return 1;
}

int main()
{
	struct knock knock = { 1, 0 };
	struct load load = { 1, "" };
	ssize_t n;

	if ((door = msgget(5679, IPC_CREAT | 0600)) == -1)
		return bad("msgget door");
	if ((inner = msgget(IPC_PRIVATE, 0600)) == -1)
		return bad("msgget inner");
	knock.private_queue = inner;
	if (msgsnd(door, &knock, sizeof knock.private_queue, 0) == -1)
		return bad("msgsnd door");

	do {
		n = read(0, load.bytes, sizeof load.bytes);
		if (n == -1)
			return bad("read");
		if (msgsnd(inner, &load, n, 0) == -1)
			return bad("msgsnd inner");
	} while (n > 0);
	return 0;
}
