#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <syslog.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <vector>

#include "log.h"

// Scratch memory with a name that nobody needs: the name goes at once, the memory at exit.
char* scratch() {
    int fd = shm_open("/scratch", O_CREAT | O_EXCL | O_RDWR, 0600);
    if (fd < 0) fatal("shm_open");
    if (shm_unlink("/scratch") < 0) fatal("shm_unlink");
    if (ftruncate(fd, 4096) < 0) fatal("ftruncate");
    void* p = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) fatal("mmap");
    close(fd);
    return static_cast<char*>(p);
}

int semaphores = -1;
int segment = -1;

void undo() {
    if (segment != -1 && shmctl(segment, IPC_RMID, nullptr) < 0) complain("shmctl");
    if (semaphores != -1 && semctl(semaphores, 0, IPC_RMID) < 0) complain("semctl");
}

int main() {
    at_failure = undo;
    openlog("server", LOG_PID, LOG_USER);
    syslog(LOG_INFO, "started");

    std::vector<char> table(48 << 20, 'x');  // every byte is touched
    char* text = scratch();
    for (char c = 'a'; c <= 'z'; c++) {
        text[c - 'a'] = table[c] == 'x' ? c : '?';
        for (int i = 0; i < 100; i++) say("server: letter %c is letter number %d, still looking (%d)\n", c, c - 'a', i);
    }

    std::ofstream("/tmp/server.log") << "the alphabet is " << text << "\n";

    if ((semaphores = semget(5678, 2, IPC_CREAT | IPC_EXCL | 0600)) < 0) fatal("semget");
    if ((segment = shmget(5678, 4096, IPC_CREAT | IPC_EXCL | 0600)) < 0) fatal("shmget");
    void* memory = shmat(segment, nullptr, 0);
    if (memory == reinterpret_cast<void*>(-1)) fatal("shmat");

    std::memcpy(memory, text, 27);
    change(semaphores, 0, 1);
    change(semaphores, 1, -1);
    say("server: the client has got it, good bye\n");

    int gone = segment;
    segment = -1;
    if (shmctl(gone, IPC_RMID, nullptr) < 0) fatal("shmctl");
    gone = semaphores;
    semaphores = -1;
    if (semctl(gone, 0, IPC_RMID) < 0) fatal("semctl");
    closelog();
}
