/* blocks as in a file system */
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#define KEY	5679
#define BLOCK	1024

enum { FULL = 1, LAST };

struct datagram {
	long type;
	char data[BLOCK];
};

static int complain(const char *call, int id)
{
	perror(call);
	if (id != -1)
		msgctl(id, IPC_RMID, NULL);
	return 1;
}
