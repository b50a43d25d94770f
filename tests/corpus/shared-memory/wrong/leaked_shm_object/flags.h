#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

/* The alphabet is in the System V segment, the flags are elsewhere: in /dev/shm */
#define FLAGS "/alphabet_flags"

struct flags {
	atomic_bool written;
	atomic_bool read;
};

static void die(const char *s)
{
	perror(s);
	exit(1);
}

static struct flags *map_flags(int fd)
{
	void *p = mmap(NULL, sizeof(struct flags), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

static void wait_true(atomic_bool *b)
{
	while (!atomic_load(b))
		usleep(500);
}
