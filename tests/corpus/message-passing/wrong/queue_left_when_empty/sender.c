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

int main(void)
{
    struct mq_attr attr = {.mq_maxmsg = 10, .mq_msgsize = 600};
    char text[600];
    size_t size;

    queue = mq_open("/ipc-lab", O_CREAT | O_WRONLY, 0600, &attr);
    if (queue == (mqd_t)-1) {
        perror("mq_open");
        return EXIT_FAILURE;
    }
    do {
        size = fread(text, 1, sizeof text, stdin);
        if (ferror(stdin))
            quit("fread");
        if (mq_send(queue, text, size, 0) == -1)
            quit("mq_send");
    } while (size);
    return EXIT_SUCCESS;
}
