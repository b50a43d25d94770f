#include "MessageQueue.h"

#include <iostream>
#include <unistd.h>

int main()
{
    try
    {
        MessageQueue mq(O_WRONLY);
        std::vector<char> buffer(MessageQueue::MaxSize);
        ssize_t count;
        while ((count = ::read(STDIN_FILENO, buffer.data(), buffer.size())) > 0)
            mq.Send(buffer.data(), count);
        if (count < 0)
            mq.Fail("read");
        mq.Send(buffer.data(), 0);
    }
    catch (const std::exception& ex)
    {
        std::cerr << "sender: " << ex.what() << std::endl;
        return 1;
    }
    return 0;
}
