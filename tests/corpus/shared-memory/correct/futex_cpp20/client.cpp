#include "alphabet.hpp"

auto main() -> int {
    return lab::run("client", [] {
        auto board = os::segment<lab::board>::find(lab::key);
        board->gate.await(lab::written);

        auto line = std::string{};
        for (const auto letter : board->letters) line += letter;
        line += '\n';

        board->gate.open(lab::read);

        std::cout << line << std::flush;
        if (!std::cout) throw os::last_error("stdout");
    });
}
