#include <iostream>
#include <csignal>
#include <cstdlib>
#include <cstdio>
#include <pthread.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>
#include "types.h"

using std::cerr;
using std::endl;

class Server
{
public:
    Server();
    ~Server();
    void fillIn();
    void waitForReader();

private:
    int id;
    Page* page;
};

Server::Server() : id(-1), page(NULL)
{
    // an old segment is in our way
    int old = shmget(SHM_KEY, 0, 0);
    if (old >= 0)
        shmctl(old, IPC_RMID, NULL);

    id = shmget(SHM_KEY, sizeof(Page), IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0)
    {
        perror("shmget");
        throw 1;
    }
    page = (Page*)shmat(id, NULL, 0);
    if (page == (Page*)-1)
    {
        perror("shmat");
        shmctl(id, IPC_RMID, NULL);
        throw 1;
    }
}

Server::~Server()
{
    shmdt(page);
    shmctl(id, IPC_RMID, NULL);
}

void Server::fillIn()
{
    int n = 0;
    for (char letter = 'a'; letter < 'z'; letter++)
        page->letters[n++] = letter;
    page->letters[n] = '\0';
    __sync_lock_test_and_set(&page->filled, 1);
}

void Server::waitForReader()
{
    while (__sync_fetch_and_add(&page->wasRead, 0) == 0)
        usleep(1000);
}

int main()
{
    try
    {
        Server server;
        server.fillIn();
        server.waitForReader();
        return 0;
    }
    catch (int status)
    {
        cerr << "server gives up" << endl;
        return status;
    }
}
