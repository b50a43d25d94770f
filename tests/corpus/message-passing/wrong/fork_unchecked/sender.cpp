#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

struct Msg {
    long type;
    char text[1500];
};

static int send_all(int id) {
    Msg msg;
    ssize_t n;
    do {
        n = read(0, msg.text, sizeof msg.text);
        if (n < 0) return perror("read"), 1;
        msg.type = n ? 1 : 2;
        if (msgsnd(id, &msg, n, 0) < 0) return perror("msgsnd"), 1;
    } while (n);
    return 0;
}

int main() {
    int id = msgget(5679, IPC_CREAT | 0600);
    if (id < 0) {
        perror("msgget");
        return 1;
    }
    pid_t pid = fork();
    if (pid == 0) _exit(send_all(id));

    int status = 0;
    while (wait(&status) < 0 && errno == EINTR) {
    }
    if (status != 0) {
        msgctl(id, IPC_RMID, nullptr);
        return 1;
    }
    return 0;
}
