#include "mailslot.h"

int main() {
    Mailslot slot(O_RDONLY);
    try {
        for (std::string text; !(text = slot.receive()).empty();)
            if (!(std::cout << text)) throw Failure("stdout");
        if (!std::cout.flush()) throw Failure("stdout");
    } catch (const Failure& failure) {
        std::cerr << "receiver: " << failure.what() << "\n";
        slot.unlink();
        return 1;
    }
    if (slot.unlink() == -1) {
        std::cerr << Failure("mq_unlink").what() << "\n";
        return 1;
    }
}
