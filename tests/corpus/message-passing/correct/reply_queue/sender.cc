#include <unistd.h>
#include "mq.h"

static bool sendAll(Mq &there, Mq &back)
{
    char text[kMax];
    char receipt[8];
    for (;;)
    {
        ssize_t n = read(0, text, sizeof text);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
        {
            perror("stdin");
            return false;
        }
        if (!there.send(text, n))
            return false;
        // For the empty one, which says that there is no more, we get a receipt as well. The
        // receiver unlinks the queues then, but we have them open.
        if (back.receive(receipt, sizeof receipt) < 0)
            return false;
        if (n == 0)
            return true;
    }
}

int main()
{
    // The way back is made first: who finds the way there finds both.
    Mq back(kBack, 8);
    if (!back.good())
        return 1;
    Mq there(kThere, kMax);
    if (!there.good())
    {
        back.remove();
        return 1;
    }
    if (sendAll(there, back))
        return 0;
    there.remove();
    back.remove();
    return 1;
}
