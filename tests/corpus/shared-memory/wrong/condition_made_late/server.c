#include "shared.h"
static int id = -1;
static segment *s = (void *)-1;
static void fatal(const char *w, int e) { fprintf(stderr, "server: %s: %s\n", w, strerror(e)); if (id >= 0) shmctl(id, IPC_RMID, NULL); exit(EXIT_FAILURE); }
#define T(call) do { int r_ = (call); if (r_) fatal(#call, r_); } while (0)
int main(void)
{
	if ((id = shmget(KEY, sizeof *s, IPC_CREAT | IPC_EXCL | 0600)) == -1) fatal("shmget", errno);
	if ((s = shmat(id, NULL, 0)) == (void *)-1) fatal("shmat", errno);
	pthread_mutexattr_t ma; pthread_condattr_t ca;
	T(pthread_mutexattr_init(&ma));
	T(pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED));
	T(pthread_mutexattr_setrobust(&ma, PTHREAD_MUTEX_ROBUST));
	T(pthread_mutexattr_settype(&ma, PTHREAD_MUTEX_ERRORCHECK));
	T(pthread_condattr_init(&ca));
	T(pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED));
	T(pthread_condattr_setclock(&ca, CLOCK_MONOTONIC));
	T(pthread_mutex_init(&s->lock, &ma));
	s->initialised = true;
	T(pthread_cond_init(&s->changed, &ca));
	T(xlock(s));
	for (char c = 'a'; c <= 'z'; c++) s->letters[c - 'a'] = c;
	s->state = FULL;
	T(pthread_cond_broadcast(&s->changed));
	while (s->state != READ) {
		struct timespec t;
		clock_gettime(CLOCK_MONOTONIC, &t);
		t.tv_sec += 60;
		int r = pthread_cond_timedwait(&s->changed, &s->lock, &t);
		if (r == EOWNERDEAD) { pthread_mutex_consistent(&s->lock); r = 0; }
		if (r && r != ETIMEDOUT) fatal("cond_timedwait", r);
	}
	T(pthread_mutex_unlock(&s->lock));
	if (shmdt(s)) fatal("shmdt", errno);
	if (shmctl(id, IPC_RMID, NULL)) fatal("IPC_RMID", errno);
	return 0;
}
