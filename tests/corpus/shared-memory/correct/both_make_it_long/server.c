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
/* as in shm_overview(7): whoever comes opens, sizes and maps */
static struct ctl *ctl(int flags)
{
	int fd = shm_open("/ctl", O_RDWR | flags, 0600);
	if (fd < 0) return NULL;
	struct ctl *c = ftruncate(fd, sizeof *c) ? MAP_FAILED : mmap(0, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (c == MAP_FAILED && flags) { int e = errno; shm_unlink("/ctl"); errno = e; }
	return c == MAP_FAILED ? NULL : c;
}
static struct ctl *c;
#define CLEAN do { if (c) shm_unlink("/ctl"); } while (0)
static void die(const char *w) { perror(w); CLEAN; if (id >= 0) shmctl(id, IPC_RMID, 0); exit(1); }
static void fin(void *p) { if (shmdt(p)) die("shmdt"); int i = id; id = -1; if (shmctl(i, IPC_RMID, 0)) die("IPC_RMID"); }
int main(void)
{
	if (!(c = ctl(O_CREAT | O_EXCL))) die("/ctl");
	if ((id = shmget(5678, sizeof(struct seg), IPC_CREAT | IPC_EXCL | 0600)) < 0) die("shmget");
	struct seg *s = shmat(id, 0, 0);
	if (s == (void *)-1) die("shmat");
	memcpy(s->t, ABC, 27);
	atomic_store(&c->ready, 1);
	while (!atomic_load(&c->seen)) usleep(50000);
	c = NULL;
	if (shm_unlink("/ctl")) die("shm_unlink");
	fin(s);
	return 0;
}
