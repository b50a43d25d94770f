#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <stdio.h>
#include <unistd.h>

#define KEY 5679

struct msgbuf2 {
    long type;
    char text[512];
};

int main()
{
    struct msgbuf2 m;
    int n, id;

    /* Create the queue, or find it. */
    id = msgget(KEY, IPC_CREAT | 0666);

    /* Print what comes until the end. */
    for (;;) {
        n = msgrcv(id, &m, sizeof(m.text), 0, 0);
        if (n < 0 || m.type == 2)
            break;
        fwrite(m.text, 1, n, stdout);
    }

    /* Remove the queue. */
    msgctl(id, IPC_RMID, 0);
    return 0;
}
