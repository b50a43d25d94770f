#include "message.h"

int main()
{
    int queue = msgget(5679, IPC_CREAT | 0600);
    if (queue == -1) {
        perror("msgget");
        return 1;
    }
    int result = 0;
    Message m;
    while (result == 0) {
        if (msgrcv(queue, &m, size, 0, 0) == -1) {
            if (errno == EINTR)
                continue;
            perror("msgrcv");
            result = 1;
        } else if (strcmp(m.text, over) == 0) {
            break;
        } else {
            for (ssize_t done = 0; done < m.length && result == 0;) {
                ssize_t n = write(1, m.text + done, m.length - done);
                if (n >= 0)
                    done += n;
                else if (errno != EINTR) {
                    perror("stdout");
                    result = 1;
                }
            }
        }
    }
    if (msgctl(queue, IPC_RMID, nullptr) == -1) {
        perror("msgctl");
        result = 1;
    }
    return result;
}
