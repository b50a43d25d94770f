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
#define CLEAN do {  } while (0)
static void die(const char *w) { perror(w); CLEAN; if (id >= 0) shmctl(id, IPC_RMID, 0); exit(1); }
static void fin(void *p) { if (shmdt(p)) die("shmdt"); int i = id; id = -1; if (shmctl(i, IPC_RMID, 0)) die("IPC_RMID"); }
int main(void)
{
	unlink("/tmp/ctl"); struct ctl *c = ctl(O_CREAT | O_EXCL); if (c == MAP_FAILED) die("/tmp/ctl");
	if ((id = shmget(5678, sizeof(struct seg), IPC_CREAT | IPC_EXCL | 0600)) < 0) die("shmget");
	struct seg *s = shmat(id, 0, 0);
	if (s == (void *)-1) die("shmat");
	memcpy(s->t, ABC, 27);
	atomic_store(&c->ready, 1);
	while (!atomic_load(&c->seen)) nanosleep(&(struct timespec){0, 50000000}, 0);
	munmap(c, 4096);
	unlink("/tmp/ctl");
	fin(s);
	return 0;
}
