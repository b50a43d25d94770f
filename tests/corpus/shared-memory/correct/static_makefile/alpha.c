#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <time.h>
struct page { _Atomic int s; char abc[27]; };
static void nap(void) { nanosleep(&(struct timespec){ 0, 10000000 }, NULL); }
#ifdef SERVER
int main(void)
{
	/* all zero is right for us, so an old one will do, too */
	int id = shmget(5678, sizeof(struct page), IPC_CREAT | 0600);
	if (id < 0) { perror("shmget"); return 1; }
	struct page *p = shmat(id, NULL, 0);
	if (p == (void *)-1) { perror("shmat"); shmctl(id, IPC_RMID, NULL); return 1; }
	for (int i = 0; i < 26; i++) p->abc[i] = 'a' + i;
	p->abc[26] = 0;
	atomic_store_explicit(&p->s, 1, memory_order_release);
	while (atomic_load_explicit(&p->s, memory_order_acquire) != 2) nap();
	if (shmctl(id, IPC_RMID, NULL) < 0) { perror("shmctl"); return 1; }
	return 0;
}
#else
int main(void)
{
	char abc[27];
	int n = 0;
	int id = shmget(5678, sizeof(struct page), 0);
	if (id < 0) { perror("shmget"); return 1; }
	struct page *p = shmat(id, NULL, 0);
	if (p == (void *)-1) { perror("shmat"); return 1; }
	while (atomic_load_explicit(&p->s, memory_order_acquire) != 1) { if (n++ > 1100) { fputs("no server\n", stderr); return 1; } nap(); }
	memcpy(abc, p->abc, sizeof abc);
	atomic_store_explicit(&p->s, 2, memory_order_release);
	if (puts(abc) < 0 || fflush(stdout)) { perror("stdout"); return 1; }
	return 0;
}
#endif
