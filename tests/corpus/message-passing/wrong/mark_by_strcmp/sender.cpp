#include "message.h"

// Fills the message with zeroes behind the text.
static bool send(int queue, const char* text, int length)
{
    Message m = {};
    m.type = 1;
    m.length = length;
    memcpy(m.text, text, length);
    while (msgsnd(queue, &m, size, 0) == -1) {
        if (errno == EINTR)
            continue;
        perror("msgsnd");
        msgctl(queue, IPC_RMID, nullptr);
        return false;
    }
    return true;
}

int main()
{
    int queue = msgget(5679, IPC_CREAT | 0600);
    if (queue == -1) {
        perror("msgget");
        return 1;
    }
    char block[200];
    while (true) {
        ssize_t n = read(0, block, sizeof block);
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1) {
            perror("stdin");
            msgctl(queue, IPC_RMID, nullptr);
            return 1;
        }
        if (n == 0)
            break;
        if (!send(queue, block, n))
            return 1;
    }
    return send(queue, over, strlen(over)) ? 0 : 1;
}
