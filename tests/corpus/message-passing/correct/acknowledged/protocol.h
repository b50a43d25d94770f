/* protocol of the two programs
 *
 *   sender -> receiver   type 1   the text of one block
 *   receiver -> sender   type 2   "go on", one for each block
 *   sender -> receiver   type 3   there is no more (and no answer to that)
 *
 * All of it goes through one queue; each of the two asks only for the types that are for him.
 * There is never more than one message in the queue.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

enum { BLOCK = 1, GO_ON = 2, THE_END = 3 };

struct packet {
	long kind;
	char text[4000];
};

static bool put(int queue, struct packet *p, long kind, size_t size)
{
	p->kind = kind;
	while (msgsnd(queue, p, size, 0) != 0)
		if (errno != EINTR) {
			perror("msgsnd");
			return false;
		}
	return true;
}

/* types: like that of msgrcv() */
static ssize_t get(int queue, struct packet *p, long types, int flags)
{
	ssize_t n;
	while ((n = msgrcv(queue, p, sizeof p->text, types, flags)) < 0)
		if (errno != EINTR) {
			perror("msgrcv");
			break;
		}
	return n;
}
