#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>
#include <cstdio>
#include <ctime>

struct Packet {
    long type;
    char data[1024];
};

static int fail(int id, const char* what) {
    perror(what);
    msgctl(id, IPC_RMID, 0);
    return 1;
}

int main() {
    int id = msgget(5679, IPC_CREAT | 0600);
    if (id < 0) {
        perror("msgget");
        return 1;
    }

    // Wait for the sender: there are at least two messages, some text and the end.
    for (;;) {
        struct msqid_ds info;
        if (msgctl(id, IPC_STAT, &info) < 0) return fail(id, "IPC_STAT");
        if (info.msg_qnum >= 2) break;
        timespec nap = {0, 5000000};
        nanosleep(&nap, 0);
    }

    for (;;) {
        Packet packet;
        ssize_t n = msgrcv(id, &packet, sizeof packet.data, 0, 0);
        if (n < 0) return fail(id, "msgrcv");
        if (packet.type == 2) break;
        if (fwrite(packet.data, n, 1, stdout) != 1) return fail(id, "fwrite");
    }
    if (fclose(stdout) != 0) return fail(id, "fclose");
    if (msgctl(id, IPC_RMID, 0) < 0) return fail(id, "IPC_RMID");
    return 0;
}
