#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    struct sockaddr_in me;
    int sock, conn, shmid, ok;
    char byte = 'r', *text;

    /* The same number as key and as port. Connections wait for accept(), so nobody can be too early. */
    sock = socket(AF_INET, SOCK_STREAM, 0);
    if (sock < 0) {
        perror("socket");
        return 1;
    }
    memset(&me, 0, sizeof me);
    me.sin_family = AF_INET;
    me.sin_port = htons(5678);
    me.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(sock, (struct sockaddr *)&me, sizeof me) < 0 || listen(sock, 5) < 0) {
        perror("port 5678");
        return 1;
    }

    shmid = shmget(5678, 27, IPC_CREAT | IPC_EXCL | 0600);
    if (shmid < 0) {
        perror("shmget");
        return 1;
    }
    text = shmat(shmid, NULL, 0);
    ok = text != (char *)-1;
    if (ok) {
        strcpy(text, "abcdefghijklmnopqrstuvwxyz");
        conn = accept(sock, NULL, NULL);
        ok = conn >= 0 && write(conn, &byte, 1) == 1 && read(conn, &byte, 1) == 1;
    }
    if (!ok)
        perror("server");
    if (shmctl(shmid, IPC_RMID, NULL) < 0) {
        perror("shmctl");
        ok = 0;
    }
    return ok ? 0 : 1;
}
