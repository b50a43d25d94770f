#include <stdio.h>
#include <errno.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define KEY   5678
#define LINE  27        /* a..z and the newline */

enum { EMPTY, FULL, DONE };

struct page {
	char	line[LINE];
	int	state;
};

static void
await(struct page *p, int state)
{
	while (__atomic_load_n(&p->state, __ATOMIC_ACQUIRE) != state)
		usleep(5000);
}
#define SET(p, s) __atomic_store_n(&(p)->state, (s), __ATOMIC_RELEASE)
