#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>
#include <sys/shm.h>
#include "shm.h"
int main()
{
	int id, ok = 0, st;
	area *a;
	pthread_mutexattr_t at;
	if ((id = shmget(5678, sizeof *a, 0644 | IPC_CREAT | IPC_EXCL)) == -1) return perror("shmget"), 1;
	if ((a = shmat(id, 0, 0)) == (void *)-1) { perror("shmat"); goto rm; }
	if (pthread_mutexattr_init(&at) || pthread_mutexattr_setpshared(&at, 1) ||
	    pthread_mutexattr_setrobust(&at, PTHREAD_MUTEX_ROBUST) || pthread_mutex_init(&a->m, &at)) {
		fprintf(stderr, "no mutex\n");
		goto rm;
	}
	__atomic_store_n(&a->ready, 1, __ATOMIC_SEQ_CST);
	if (lock(&a->m)) goto rm;
	strcpy(a->abc, "abcdefghijklmnopqrstuvwxyz");
	a->letters = 26;
	a->state = 1;
	pthread_mutex_unlock(&a->m);
	do {
		usleep(10000);
		if (lock(&a->m)) goto rm;
		st = a->state;
		pthread_mutex_unlock(&a->m);
	} while (st != 2);
	ok = 1;
rm:
	if (shmctl(id, IPC_RMID, 0) == -1) { perror("shmctl"); ok = 0; }
	return !ok;
}
