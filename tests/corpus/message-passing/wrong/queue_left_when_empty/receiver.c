#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static mqd_t queue;

static void quit(const char *why)
{
    perror(why);
    mq_unlink("/ipc-lab");
    exit(EXIT_FAILURE);
}

static ssize_t receive(char *text, size_t size)
{
    ssize_t n = mq_receive(queue, text, size, NULL);
    if (n == -1)
        quit("mq_receive");
    return n;
}

int main(void)
{
    struct mq_attr attr = {.mq_maxmsg = 10, .mq_msgsize = 600};
    char text[600];
    ssize_t size;

    queue = mq_open("/ipc-lab", O_CREAT | O_RDONLY, 0600, &attr);
    if (queue == (mqd_t)-1) {
        perror("mq_open");
        return EXIT_FAILURE;
    }

    size = receive(text, sizeof text);
    if (size == 0) {
        fprintf(stderr, "nothing to print\n");
        return EXIT_SUCCESS;
    }
    while (size > 0) {
        if (fwrite(text, size, 1, stdout) != 1)
            quit("fwrite");
        size = receive(text, sizeof text);
    }
    if (fflush(stdout) != 0)
        quit("fflush");

    if (mq_unlink("/ipc-lab") == -1) {
        perror("mq_unlink");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
