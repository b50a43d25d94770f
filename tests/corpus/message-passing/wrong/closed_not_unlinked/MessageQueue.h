#pragma once

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

/**
 * \brief Owns a message queue. It is closed when the object is destroyed.
 */
class MessageQueue
{
public:
    static constexpr long MaxSize = 1024;
    static constexpr const char* Name = "/ipc-lab";

    explicit MessageQueue(int mode)
    {
        mq_attr attr = {};
        attr.mq_maxmsg = 10;
        attr.mq_msgsize = MaxSize;
        m_handle = ::mq_open(Name, mode | O_CREAT, 0600, &attr);
        if (m_handle == -1)
            throw std::runtime_error(std::string("mq_open: ") + std::strerror(errno));
    }

    ~MessageQueue()
    {
        ::mq_close(m_handle);
    }

    MessageQueue(const MessageQueue&) = delete;
    MessageQueue& operator=(const MessageQueue&) = delete;

    void Send(const char* data, size_t size)
    {
        if (::mq_send(m_handle, data, size, 0) == -1)
            Fail("mq_send");
    }

    size_t Receive(std::vector<char>& buffer)
    {
        const ssize_t size = ::mq_receive(m_handle, buffer.data(), buffer.size(), nullptr);
        if (size == -1)
            Fail("mq_receive");
        return size;
    }

    /// Something went wrong: there will be no use for the queue.
    [[noreturn]] void Fail(const std::string& what)
    {
        const int error = errno;
        ::mq_unlink(Name);
        throw std::runtime_error(what + ": " + std::strerror(error));
    }

private:
    mqd_t m_handle;
};
