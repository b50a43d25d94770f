#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/shm.h>

#define LAB_KEY      5678
#define NOTE_WRITTEN 100
#define NOTE_READ    200

struct note {
	long type;
	int  unused;
};

static inline int report(const char *what)
{
	perror(what);
	return 1;
}

static inline int note_send(int queue, struct note *n)
{
	int r;

	n->unused = 0;
	do {
		r = msgsnd(queue, n, sizeof n->unused, 0);
	} while (r < 0 && errno == EINTR);
	return r < 0;
}

static inline int note_receive(int queue, struct note *n, long type)
{
	ssize_t r;

	do {
		r = msgrcv(queue, n, sizeof n->unused, type, 0);
	} while (r < 0 && errno == EINTR);
	return r < 0;
}
