#include "queue.h"
#include <unistd.h>

int main()
{
    mqd_t q = open_or_die(O_WRONLY);
    char text[SIZE];
    ssize_t n;
    do {
        if ((n = read(0, text, SIZE)) < 0)
            die("read");
        if (mq_send(q, text, n, 0) < 0)
            die("mq_send");
    } while (n > 0);
    return 0;
}
