#include <sys/ipc.h>
#include <sys/msg.h>

#include <cstdio>

struct Msg {
    long type;
    char text[1500];
};

int main() {
    int id = msgget(5679, IPC_CREAT | 0600);
    if (id < 0) {
        perror("msgget");
        return 1;
    }
    Msg msg;
    ssize_t n;
    bool bad = false;
    while (!bad && (n = msgrcv(id, &msg, sizeof msg.text, 0, 0)) >= 0 && msg.type == 1)
        bad = fwrite(msg.text, 1, n, stdout) != size_t(n);
    bad = bad || n < 0 || fflush(stdout) != 0;
    if (bad) perror("receiver");
    if (msgctl(id, IPC_RMID, nullptr) < 0) {
        perror("msgctl");
        bad = true;
    }
    return bad;
}
