#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#define KEY 5679
#define DATA 1
#define END 2

struct message { long type; char text[1024]; };

int q = -1;

void die(const char *what)
{
    perror(what);
    if (q >= 0)
        msgctl(q, IPC_RMID, NULL);
    exit(1);
}

int main(void)
{
    struct message m;
    int n;
    q = msgget(KEY, IPC_CREAT | 0666);
    if (q < 0)
        die("msgget");
    m.type = DATA;
    while ((n = read(0, m.text, sizeof m.text)) > 0)
        if (msgsnd(q, &m, n, 0) < 0)
            die("msgsnd");
    if (n < 0)
        die("read");
    m.type = END;
    if (msgsnd(q, &m, 0, 0) < 0)
        die("msgsnd");
    return 0;
}
