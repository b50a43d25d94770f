// Weiss von der ersten Nachricht, wie viel kommt. Ein Ende-Zeichen braucht es dann nicht.
#include <sys/ipc.h>
#include <sys/msg.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <system_error>

union Nachricht {
    struct {
        long typ;
        std::uint64_t bytes;
    } laenge;
    struct {
        long typ;
        char bytes[5000];
    } stueck;
};

class Schlange {
    int id_;
    bool weg_ = false;

public:
    Schlange() : id_(msgget(5679, IPC_CREAT | 0600)) {
        if (id_ < 0) fehler("msgget");
    }
    ~Schlange() {
        if (!weg_) msgctl(id_, IPC_RMID, nullptr);
    }
    size_t holen(long typ, Nachricht& n, size_t hoechstens) {
        while (true) {
            const ssize_t da = msgrcv(id_, &n, hoechstens, typ, 0);
            if (da >= 0) return da;
            if (errno != EINTR) fehler("msgrcv");
        }
    }
    void entfernen() {
        if (msgctl(id_, IPC_RMID, nullptr) < 0) fehler("msgctl");
        weg_ = true;
    }
    [[noreturn]] static void fehler(const char* wo) {
        throw std::system_error(errno, std::generic_category(), wo);
    }
};

int main() {
    try {
        Schlange schlange;
        Nachricht n;
        schlange.holen(1, n, sizeof n.laenge.bytes);
        std::uint64_t rest = n.laenge.bytes;
        while (rest > 0) {
            const size_t da = schlange.holen(2, n, sizeof n.stueck.bytes);
            if (!std::cout.write(n.stueck.bytes, da)) Schlange::fehler("stdout");
            rest -= da;
        }
        if (!std::cout.flush()) Schlange::fehler("stdout");
        schlange.entfernen();
    } catch (const std::exception& e) {
        std::cerr << "receiver: " << e.what() << "\n";
        return 1;
    }
    return 0;
}
