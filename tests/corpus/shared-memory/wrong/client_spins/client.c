#include "page.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

// More threads see it sooner.
#define LOOKERS 8

static void *look(void *p)
{
    struct page *page = p;

    while (!atomic_load(&page->good_bye)) {
        // not yet
    }
    return NULL;
}

static int wait_for_good_bye(struct page *page)
{
    pthread_t lookers[LOOKERS];
    int n;

    for (n = 0; n < LOOKERS; n++)
        if (pthread_create(&lookers[n], NULL, look, page) != 0)
            break;
    look(page);
    while (n > 0)
        pthread_join(lookers[--n], NULL);
    return 0;
}

int main(void)
{
    int id = shmget(KEY, sizeof(struct page), 0);
    if (id == -1)
        return perror("shmget"), 1;
    int set = semget(KEY, 2, 0);
    if (set == -1)
        return perror("semget"), 1;
    struct page *page = shmat(id, NULL, 0);
    if (page == (struct page *)-1)
        return perror("shmat"), 1;

    if (sem_change(set, WRITTEN, -1) == -1)
        return perror("semop"), 1;
    puts(page->alphabet);
    if (fflush(stdout) == EOF)
        return perror("stdout"), 1;
    if (sem_change(set, READ, 1) == -1)
        return perror("semop"), 1;

    return wait_for_good_bye(page);
}
