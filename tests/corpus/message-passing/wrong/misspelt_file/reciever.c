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
        ssize_t len;
        int status = 0;
        int q = msgget(5679, IPC_CREAT | 0644);

        (void)argc;
        if (q < 0) {
                perror(argv[0]);
                return 1;
        }
        while ((len = msgrcv(q, &msg, sizeof(msg.data), 0, 0)) >= 0 && msg.type == 1)
                if (fwrite(msg.data, 1, len, stdout) != (size_t)len)
                        break;
        if (len != 0 || fflush(stdout)) {
                perror(argv[0]);
                status = 1;
        }
        if (msgctl(q, IPC_RMID, NULL) < 0) {
                perror(argv[0]);
                status = 1;
        }
        return status;
}
