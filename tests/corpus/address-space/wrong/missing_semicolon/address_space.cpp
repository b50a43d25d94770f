#include <iostream>
#include <fcntl.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

struct Pipe {
    int fd[2];
    Pipe() { if (pipe(fd) == -1) throw "pipe"; }
    void send() { if (write(fd[1], "x", 1) != 1) throw "write"; }
    bool receive() { char c; return read(fd[0], &c, 1) == 1; }
}

int main()
{
    try {
        int number = 1;
        void *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (m == MAP_FAILED) throw "mmap";
        int *shared = (int *)m;
        *shared = 1;
        Pipe up, down;
        pid_t pid = fork();
        if (pid == -1) throw "fork";
        if (pid == 0) {
            number = *shared = 2;
            std::cout << "child " << &number << " 2 " << *shared << std::endl;
            up.send();
            down.receive();
            _exit(0);
        }
        up.receive();
        std::cout << "peer denied" << std::endl;
        down.send();
        wait(0);
        std::cout << "parent " << &number << ' ' << number << ' ' << *shared << std::endl;
        std::cout << "frame hidden" << std::endl;
    } catch (const char *what) {
        perror(what);
        return 1;
    }
}
