#include "link.h"

static volatile sig_atomic_t answered;

static void on_answer(int sig)
{
    (void)sig;
    answered = 1;
}

static void die(int id, const char *why)
{
    perror(why);
    if (id != -1)
        msgctl(id, IPC_RMID, NULL);
    exit(EXIT_FAILURE);
}

int main(void)
{
    struct block b;
    struct sigaction sa;
    ssize_t n;
    int id;

    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_answer;
    if (sigaction(SIGUSR1, &sa, NULL) == -1)
        die(-1, "sigaction");

    id = msgget(KEY, IPC_CREAT | 0600);
    if (id == -1)
        die(-1, "msgget");

    memset(&b, 0, sizeof b);
    b.type = 1;
    b.sender = getpid();
    do {
        do
            n = read(STDIN_FILENO, b.bytes, sizeof b.bytes);
        while (n == -1 && errno == EINTR);
        if (n == -1)
            die(id, "read");

        b.length = (int)n;
        answered = 0;
        while (msgsnd(id, &b, BLOCK_SIZE, 0) == -1)
            if (errno != EINTR)
                die(id, "msgsnd");

        /* wait for the answer */
        while (n > 0 && !answered)
            pause();
    } while (n > 0);
    return EXIT_SUCCESS;
}
