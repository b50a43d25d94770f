// run: ./program 2 4
// A pool of threads with a queue of jobs, a condition each for "there is work" and "all done".
// FORGOT finds: deadlock
// One thread is told that there is no more, the others are not.
#include <pthread.h>

#include "textbook.h"

struct job {
  struct job* next;
  int number;
};

static pthread_mutex_t qlock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t qready = PTHREAD_COND_INITIALIZER;
static struct job* head;
static bool closed;
static int sum;

static void* worker(void* arg) {
  (void)arg;
  for (;;) {
    pthread_mutex_lock(&qlock);
    while (head == NULL && !closed) pthread_cond_wait(&qready, &qlock);
    struct job* jp = head;
    if (jp == NULL) {
      pthread_mutex_unlock(&qlock);
      return NULL;
    }
    head = jp->next;
    sum += jp->number;
    pthread_mutex_unlock(&qlock);
    free(jp);
  }
}

int main(int argc, char* argv[]) {
  if (argc != 3) fatal("usage: %s threads jobs", argv[0]);
  const int threads = getInt(argv[1], 1, "threads");
  const int jobs = getInt(argv[2], 1, "jobs");
  pthread_t tid[threads];
  for (int i = 0; i < threads; i++) {
    const int err = pthread_create(&tid[i], NULL, worker, NULL);
    if (err != 0) fatal("can't create thread: %s", strerror(err));
  }
  for (int i = 1; i <= jobs; i++) {
    struct job* jp = malloc(sizeof *jp);
    if (jp == NULL) errExit("malloc");
    jp->number = i;
    pthread_mutex_lock(&qlock);
    jp->next = head;
    head = jp;
    pthread_mutex_unlock(&qlock);
    pthread_cond_signal(&qready);
  }
  pthread_mutex_lock(&qlock);
  closed = true;
  pthread_mutex_unlock(&qlock);
#ifdef FORGOT
  pthread_cond_signal(&qready);
#else
  pthread_cond_broadcast(&qready);
#endif
  for (int i = 0; i < threads; i++) pthread_join(tid[i], NULL);
  printf("sum %d\n", sum);
  exit(EXIT_SUCCESS);
}
