#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <sys/shm.h>
#define S1 "/alpha-written"
#define S2 "/alpha-read"
#include <signal.h>
#include <unistd.h>
static volatile sig_atomic_t late_now;
static void late(int s) { (void)s; late_now = 1; }
int main(void)
{
    struct sigaction sa = { .sa_handler = late };
    if (sigaction(SIGALRM, &sa, NULL) == -1) { perror("client: sigaction"); return 1; }
    alarm(15);
    sem_t *a, *b;
    int id = shmget(5678, 27, 0);
    char *p, buf[27];
    if (id < 0) { perror("client: shmget"); return 1; }
    if ((a = sem_open(S1, 0)) == SEM_FAILED || (b = sem_open(S2, 0)) == SEM_FAILED) { perror("client: sem_open"); return 1; }
    if ((p = shmat(id, 0, 0)) == (char *)-1) { perror("client: shmat"); return 1; }
    if (sem_wait(a) == -1) { perror("client: sem_wait"); return 1; }
    alarm(0);
    strcpy(buf, p);
    if (puts(buf) == EOF || fflush(stdout)) { perror("client: stdout"); return 1; }
    if (sem_post(b)) { perror("client: sem_post"); return 1; }
    return 0;
}
