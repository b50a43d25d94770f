#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

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
	struct knock knock;
	struct load load;
	ssize_t n;

	if ((door = msgget(5679, IPC_CREAT | 0600)) == -1)
		return bad("msgget");
	if (msgrcv(door, &knock, sizeof knock.private_queue, 0, 0) == -1)
		return bad("msgrcv door");
	inner = knock.private_queue;

	while ((n = msgrcv(inner, &load, sizeof load.bytes, 0, 0)) > 0)
		if (fwrite(load.bytes, 1, n, stdout) != (size_t)n)
			return bad("stdout");
	if (n == -1)
		return bad("msgrcv inner");
	if (fflush(stdout) == EOF)
		return bad("stdout");

	if (msgctl(inner, IPC_RMID, NULL) == -1)
		return bad("msgctl inner");
	inner = -1;
	if (msgctl(door, IPC_RMID, NULL) == -1)
		return bad("msgctl door");
	return 0;
}
