#ifndef COMMON_H
#define COMMON_H

#include <pthread.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/shm.h>

/*
 * Layout of the segment. A barrier would be nicer, but it has to be initialised first, and the
 * client has to know that it was. So we have the byte "there" anyway and can as well use only it
 * and its brother. Both are accessed with __atomic_ functions only.
 */
struct layout {
	uint8_t there;
	uint8_t fetched;
	char    abc[26];
};

#define ABC "abcdefghijklmnopqrstuvwxyz"
#define SEGMENT 5678

#endif
