#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHM_KEY  5678
#define SHM_SIZE 27
#define FIFO     "/tmp/lab5.fifo"

static inline int fail(const char *what)
{
    perror(what);
    return EXIT_FAILURE;
}
