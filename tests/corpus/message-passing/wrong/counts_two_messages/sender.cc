#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>
#include <cstdio>

struct Packet {
    long type;
    char data[1024];
};

int main() {
    int id = msgget(5679, IPC_CREAT | 0600);
    if (id < 0) {
        perror("msgget");
        return 1;
    }
    Packet packet;
    packet.type = 1;
    ssize_t n;
    while ((n = read(0, packet.data, sizeof packet.data)) > 0) {
        if (msgsnd(id, &packet, n, 0) < 0) {
            perror("msgsnd");
            msgctl(id, IPC_RMID, 0);
            return 1;
        }
    }
    if (n < 0) {
        perror("read");
        msgctl(id, IPC_RMID, 0);
        return 1;
    }
    packet.type = 2;
    if (msgsnd(id, &packet, 0, 0) < 0) {
        perror("msgsnd");
        msgctl(id, IPC_RMID, 0);
        return 1;
    }
}
