#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    struct shmid_ds info;
    int datei = open("sperre", O_CREAT | O_RDWR, 0600);
    flock(datei, LOCK_EX);
    int id = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0) {
        perror("shmget");
        return 1;
    }
    char *text = shmat(id, NULL, 0);
    strcpy(text, "abcdefghijklmnopqrstuvwxyz");
    flock(datei, LOCK_UN);
    do {
        usleep(10000);
        shmctl(id, IPC_STAT, &info);
    } while (info.shm_lpid == getpid() || info.shm_nattch > 1);
    shmctl(id, IPC_RMID, NULL);
    return 0;
}
