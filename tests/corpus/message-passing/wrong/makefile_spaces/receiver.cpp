#include "queue.h"

int main()
{
    mqd_t q = open_or_die(O_RDONLY);
    char text[SIZE];
    ssize_t n;
    while ((n = mq_receive(q, text, SIZE, nullptr)) > 0)
        if (fwrite(text, 1, n, stdout) != (size_t)n)
            die("stdout");
    if (n < 0)
        die("mq_receive");
    if (fflush(stdout))
        die("stdout");
    if (mq_unlink("/ipc-lab") < 0) {
        perror("mq_unlink");
        return 1;
    }
    return 0;
}
