#include <stdio.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <fcntl.h>

int main(void)
{
    int id = shmget(5678, 27, 0);
    if (id < 0) {
        perror("shmget");
        return 1;
    }
    int datei = open("sperre", O_RDWR);
    flock(datei, LOCK_SH);
    char *text = shmat(id, NULL, 0);
    if (text[0] == 0)
        return 1;
    puts(text);
    return 0;
}
