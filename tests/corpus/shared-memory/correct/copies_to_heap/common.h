#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define KEY 5678

/* what is sent: at a fixed place, behind the semaphores */
struct message {
	int from, to;
	char reserved[56];
	char letters[26];
	char end;
	char padding[165];
};

struct segment {
	int ready;		/* 4711: the semaphores can be used */
	sem_t full, done;
	struct message message;
};
