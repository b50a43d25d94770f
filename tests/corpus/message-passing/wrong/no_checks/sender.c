#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <stdio.h>
#include <unistd.h>

#define KEY 5679 /* some key to uniquely identify the queue */

struct msgbuf2 {
    long type; /* 1: data, 2: end */
    char text[512];
};

int main()
{
    struct msgbuf2 m;
    int n, id;

    /* Create the queue, or find it. */
    id = msgget(KEY, IPC_CREAT | 0666);

    /* Now send everything. */
    m.type = 1;
    while ((n = read(0, m.text, sizeof(m.text))) > 0)
        msgsnd(id, &m, n, 0);

    /* Tell the receiver that this was all. */
    m.type = 2;
    msgsnd(id, &m, 0, 0);
    return 0;
}
