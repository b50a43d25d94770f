#pragma once
#include <sys/ipc.h>
#include <sys/msg.h>
#include <cerrno>
#include <iostream>
#include <system_error>
#include <utility>

[[noreturn]] inline void throw_errno(const char* call) {
    throw std::system_error(errno, std::system_category(), call);
}

class Queue {
public:
    static constexpr long text = 1, end = 2;
    struct Message {
        long type;
        char bytes[8000];
    };

    Queue() : id(msgget(5679, IPC_CREAT | 0600)) {
        if (id < 0) throw_errno("msgget");
    }
    ~Queue() {
        if (id >= 0) msgctl(id, IPC_RMID, nullptr);
    }
    Queue(const Queue&) = delete;

    void put(const Message& message, size_t size) {
        if (msgsnd(id, &message, size, 0) < 0) throw_errno("msgsnd");
    }
    size_t get(Message& message) {
        const auto n = msgrcv(id, &message, sizeof message.bytes, 0, 0);
        if (n < 0) throw_errno("msgrcv");
        return n;
    }
    int release() { return std::exchange(id, -1); }

private:
    int id;
};
