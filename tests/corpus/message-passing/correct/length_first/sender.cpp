// Liest erst alles, dann kennt er die Laenge und schickt sie vorweg.
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <string>
#include <system_error>

struct Laenge {
    long typ = 1;
    std::uint64_t bytes;
};
struct Stueck {
    long typ = 2;
    char bytes[5000];
};

[[noreturn]] void fehler(const char* wo) {
    throw std::system_error(errno, std::generic_category(), wo);
}

std::string alles() {
    std::string text;
    char puffer[65536];
    while (true) {
        const ssize_t n = read(0, puffer, sizeof puffer);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fehler("read");
        if (n == 0) return text;
        text.append(puffer, n);
    }
}

void schicken(int schlange, const void* was, size_t groesse) {
    while (msgsnd(schlange, was, groesse, 0) < 0)
        if (errno != EINTR) fehler("msgsnd");
}

int main() {
    int schlange = -1;
    try {
        const std::string text = alles();
        if ((schlange = msgget(5679, IPC_CREAT | 0600)) < 0) fehler("msgget");

        Laenge laenge;
        laenge.bytes = text.size();
        schicken(schlange, &laenge, sizeof laenge.bytes);
        for (size_t i = 0; i < text.size(); i += sizeof Stueck::bytes) {
            Stueck stueck;
            const size_t n = std::min(sizeof stueck.bytes, text.size() - i);
            std::memcpy(stueck.bytes, text.data() + i, n);
            schicken(schlange, &stueck, n);
        }
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "sender: " << e.what() << "\n";
        if (schlange >= 0) msgctl(schlange, IPC_RMID, nullptr);
        return 1;
    }
}
