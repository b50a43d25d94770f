#include <cstdio>
#include <cstdlib>
#include "channel.hh"

int main()
{
    Channel channel(O_WRONLY);
    char buffer[Channel::maximum];
    size_t n;
    do
    {
        n = std::fread(buffer, 1, sizeof buffer, stdin);
        if (std::ferror(stdin))
        {
            std::perror("stdin");
            return EXIT_FAILURE;
        }
        channel.send(std::string(buffer, n));
    } while (n > 0);
    channel.keep();
    return EXIT_SUCCESS;
}
