// Two queues: the data go through /ipc-lab, the receipts come back through /ipc-lab-back.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/stat.h>

static const char *const kThere = "/ipc-lab";
static const char *const kBack = "/ipc-lab-back";
static const long kMax = 4096;

class Mq
{
public:
    Mq(const char *name, long size) : m_name(name), m_made(false)
    {
        struct mq_attr attr = mq_attr();
        attr.mq_maxmsg = 1;
        attr.mq_msgsize = size;
        m_mqd = mq_open(name, O_RDWR | O_CREAT, 0600, &attr);
        if (m_mqd == (mqd_t)-1)
            perror(name);
        else
            m_made = true;
    }
    ~Mq()
    {
        if (good())
            mq_close(m_mqd);
    }
    bool good() const { return m_made; }

    bool send(const char *text, size_t size)
    {
        while (mq_send(m_mqd, text, size, 0) != 0)
        {
            if (errno != EINTR)
            {
                perror("mq_send");
                return false;
            }
        }
        return true;
    }
    // -1: failed
    ssize_t receive(char *text, size_t size)
    {
        ssize_t n;
        do
            n = mq_receive(m_mqd, text, size, NULL);
        while (n < 0 && errno == EINTR);
        if (n < 0)
            perror("mq_receive");
        return n;
    }
    bool remove()
    {
        if (mq_unlink(m_name) == 0)
            return true;
        perror(m_name);
        return false;
    }

private:
    Mq(const Mq &);
    Mq &operator=(const Mq &);

    const char *m_name;
    mqd_t m_mqd;
    bool m_made;
};
