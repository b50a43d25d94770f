#include <sys/shm.h>

#include <fstream>
#include <iostream>

#include "log.h"

int main() {
    std::ofstream log("/tmp/client.log", std::ios::app);
    log << "looking for the segment\n";

    int segment = shmget(5678, 4096, 0);
    if (segment < 0) fatal("shmget");
    int semaphores = semget(5678, 2, 0);
    if (semaphores < 0) fatal("semget");
    void* memory = shmat(segment, nullptr, SHM_RDONLY);
    if (memory == reinterpret_cast<void*>(-1)) fatal("shmat");

    say("client: waiting\n");
    change(semaphores, 0, -1);
    for (const char* p = static_cast<const char*>(memory); *p != '\0'; ++p) {
        say("client: have read %c\n", *p);
        std::cout << *p;
    }
    std::cout << "\n" << std::flush;
    if (!std::cout) fatal("stdout");
    change(semaphores, 1, 1);

    log << "have read it all\n";
}
