#include "page.h"

#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

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

    while (!atomic_load(&page->good_bye)) {
        // wait
    }
    return 0;
}
