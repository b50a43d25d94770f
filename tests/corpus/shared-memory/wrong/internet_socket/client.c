#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

static void quit(const char *why)
{
    perror(why);
    exit(1);
}

int main(void)
{
    struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(5678) };
    char byte, *text;

    int shmid = shmget(5678, 27, 0);
    if (shmid < 0)
        quit("shmget");
    text = shmat(shmid, NULL, 0);
    if (text == (char *)-1)
        quit("shmat");

    int sock = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, "127.0.0.1", &server.sin_addr);
    if (sock < 0 || connect(sock, (struct sockaddr *)&server, sizeof server) < 0)
        quit("connect");
    if (read(sock, &byte, 1) != 1)
        quit("read");
    puts(text);
    if (fflush(stdout) != 0)
        quit("stdout");
    if (write(sock, &byte, 1) != 1)
        quit("write");
    return 0;
}
