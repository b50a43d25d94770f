#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

#include <cerrno>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "mailslot.h"

int main() {
    Mailslot slot(O_WRONLY);
    try {
        std::vector<char> piece(Mailslot::most);
        do {
            std::cin.read(piece.data(), piece.size());
            if (std::cin.bad()) throw Failure("stdin");  // also set at the end are failbit and eofbit
            if (std::cin.gcount() > 0) slot.send(piece.data(), std::cin.gcount());
        } while (std::cin);
        slot.send("", 0);
    } catch (const Failure& failure) {
        std::cerr << "sender: " << failure.what() << "\n";
        slot.unlink();
        return 1;
    }
}
