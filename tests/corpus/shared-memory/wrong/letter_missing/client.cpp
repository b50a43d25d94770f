#include <iostream>
#include <cstdio>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>
#include "types.h"

int main()
{
    int id = shmget(SHM_KEY, sizeof(Page), 0);
    if (id < 0)
    {
        perror("shmget");
        return 1;
    }
    Page* page = (Page*)shmat(id, NULL, 0);
    if (page == (Page*)-1)
    {
        perror("shmat");
        return 1;
    }

    while (__sync_fetch_and_add(&page->filled, 0) == 0)
        usleep(1000);
    std::cout << page->letters << std::endl;
    __sync_lock_test_and_set(&page->wasRead, 1);
    return std::cout.good() ? 0 : 1;
}
