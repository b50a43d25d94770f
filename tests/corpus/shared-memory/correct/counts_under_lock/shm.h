#include <pthread.h>
typedef struct {
	int ready;            /* __atomic */
	pthread_mutex_t m;    /* robust */
	int state;
	int letters;
	char abc[32];
} area;
static inline int lock(pthread_mutex_t *m)
{
	int e = pthread_mutex_lock(m);
	if (e == EOWNERDEAD) e = pthread_mutex_consistent(m);
	if (e) fprintf(stderr, "lock: %s\n", strerror(e));
	return e;
}
