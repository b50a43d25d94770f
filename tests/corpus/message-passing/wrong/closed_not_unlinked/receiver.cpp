#include "MessageQueue.h"

#include <iostream>

int main()
{
    try
    {
        MessageQueue mq(O_RDONLY);
        std::vector<char> buffer(MessageQueue::MaxSize);
        while (const size_t size = mq.Receive(buffer))
        {
            if (!std::cout.write(buffer.data(), size))
                mq.Fail("stdout");
        }
        if (!std::cout.flush())
            mq.Fail("stdout");
    }
    catch (const std::exception& ex)
    {
        std::cerr << "receiver: " << ex.what() << std::endl;
        return 1;
    }
    return 0;
}
