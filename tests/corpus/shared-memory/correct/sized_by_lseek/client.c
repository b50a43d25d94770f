#define _GNU_SOURCE
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/sem.h>
#include <sys/msg.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <semaphore.h>
#include <pthread.h>
#include <signal.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <time.h>
#include <unistd.h>
#define ABC "abcdefghijklmnopqrstuvwxyz"
static int id = -1;
struct seg { char t[32]; };
struct ctl { atomic_int ready, seen; };
static struct ctl *ctl(int fl) { int f = open("/tmp/ctl", O_RDWR | fl, 0600); if (f < 0) return MAP_FAILED; if (lseek(f, 4095, SEEK_SET) < 0 || write(f, "", 1) != 1) return MAP_FAILED; void *p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0); close(f); return p; }
static void die(const char *w) { perror(w); exit(1); }
static int print(const char *t) { int bad = printf("%.26s\n", t) != 27 || fflush(stdout); if (bad) perror("stdout"); return bad; }
int main(void)
{
	if ((id = shmget(5678, 0, 0)) < 0) die("shmget");
	struct seg *s = shmat(id, 0, 0);
	if (s == (void *)-1) die("shmat");
	int bad = 0;
	struct ctl *c = ctl(0);
	if (c == MAP_FAILED) die("/tmp/ctl");
	while (!atomic_load(&c->ready)) nanosleep(&(struct timespec){0, 50000000}, 0);
	bad = print(s->t);
	atomic_store(&c->seen, 1);
	return bad;
}
