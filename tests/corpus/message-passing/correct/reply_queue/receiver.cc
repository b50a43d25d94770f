#include <iostream>
#include "mq.h"

static bool receiveAll(Mq &there, Mq &back)
{
    char text[kMax];
    for (;;)
    {
        ssize_t n = there.receive(text, sizeof text);
        if (n < 0)
            return false;
        std::cout.write(text, n).flush();
        if (!std::cout)
        {
            perror("stdout");
            return false;
        }
        if (!back.send("ok", 2))
            return false;
        if (n == 0)
            return true;
    }
}

int main()
{
    Mq back(kBack, 8);
    if (!back.good())
        return 1;
    Mq there(kThere, kMax);
    if (!there.good())
    {
        back.remove();
        return 1;
    }
    bool good = receiveAll(there, back);
    good = there.remove() && good;
    good = back.remove() && good;
    return good ? 0 : 1;
}
