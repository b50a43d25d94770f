#ifndef CHANNEL_HH
#define CHANNEL_HH

#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

// The destructor of the channel cleans up.
inline void error(const char* what)
{
    std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
    std::exit(EXIT_FAILURE);
}

class Channel
{
public:
    static const size_t maximum = 2500;

    explicit Channel(int mode) : unlink_(true)
    {
        struct mq_attr attributes;
        std::memset(&attributes, 0, sizeof attributes);
        attributes.mq_maxmsg = 10;
        attributes.mq_msgsize = maximum;
        mq_ = mq_open("/ipc-lab", mode | O_CREAT, 0600, &attributes);
        if (mq_ == (mqd_t)-1)
            error("mq_open");
    }
    ~Channel()
    {
        mq_close(mq_);
        if (unlink_)
            mq_unlink("/ipc-lab");
    }

    void send(const std::string& text)
    {
        if (mq_send(mq_, text.data(), text.size(), 0) != 0)
        {
            mq_unlink("/ipc-lab");
            error("mq_send");
        }
    }
    // false at the end
    bool receive(std::string& text)
    {
        std::vector<char> buffer(maximum);
        const ssize_t size = mq_receive(mq_, &buffer[0], maximum, NULL);
        if (size < 0)
            error("mq_receive");
        text.assign(&buffer[0], size);
        return size > 0;
    }
    void keep() { unlink_ = false; }
    void unlink()
    {
        unlink_ = false;
        if (mq_unlink("/ipc-lab") != 0)
            error("mq_unlink");
    }

private:
    Channel(const Channel&);
    Channel& operator=(const Channel&);

    mqd_t mq_;
    bool unlink_;
};

#endif
