#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct message {
        long type;
        char data[1024];
};

int main(int argc, char **argv)
{
        struct message msg;
        size_t len;
        int q = msgget(5679, IPC_CREAT | 0644);

        (void)argc;
        if (q < 0) {
                perror(argv[0]);
                return 1;
        }
        while ((len = fread(msg.data, 1, sizeof(msg.data), stdin)) > 0) {
                msg.type = 1;
                if (msgsnd(q, &msg, len, 0) < 0)
                        goto out;
        }
        if (ferror(stdin))
                goto out;
        msg.type = 2;
        if (msgsnd(q, &msg, 0, 0) < 0)
                goto out;
        return 0;
out:
        perror(argv[0]);
        msgctl(q, IPC_RMID, NULL);
        return 1;
}
