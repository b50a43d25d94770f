#include "shared.h"
static void fatal(const char *w, int e) { fprintf(stderr, "client: %s: %s\n", w, strerror(e)); exit(EXIT_FAILURE); }
int main(void)
{
	int id = shmget(KEY, sizeof(segment), 0);
	if (id == -1) fatal("shmget", errno);
	segment *s = shmat(id, NULL, 0);
	if (s == (void *)-1) fatal("shmat", errno);
	while (!s->initialised) nanosleep(&(struct timespec){0, 20 * 1000 * 1000}, NULL);
	int r = xlock(s);
	if (r) fatal("lock", r);
	while (s->state != FULL) {
		r = pthread_cond_wait(&s->changed, &s->lock);
		if (r == EOWNERDEAD) { pthread_mutex_consistent(&s->lock); r = 0; }
		if (r) { pthread_mutex_unlock(&s->lock); fatal("wait", r); }
	}
	char copy[28];
	memcpy(copy, s->letters, 27);
	s->state = READ;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (puts(copy) == EOF || fflush(stdout) == EOF) fatal("stdout", errno);
	return 0;
}
