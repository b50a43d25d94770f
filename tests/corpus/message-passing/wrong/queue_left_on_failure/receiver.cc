#include <iostream>
#include <cstdlib>
#include "channel.hh"

int main()
{
    Channel channel(O_RDONLY);
    std::string text;
    while (channel.receive(text))
        if (!std::cout.write(text.data(), text.size()))
            error("write");
    if (!std::cout.flush())
        error("flush");
    channel.unlink();
    return EXIT_SUCCESS;
}
