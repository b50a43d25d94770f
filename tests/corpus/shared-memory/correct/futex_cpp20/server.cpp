#include "alphabet.hpp"

auto main() -> int {
    return lab::run("server", [] {
        auto board = os::segment<lab::board>::make(lab::key);

        std::iota(board->letters.begin(), board->letters.end(), 'a');
        board->zero = '\0';
        board->gate.open(lab::written);

        board->gate.await(lab::read);
        board.remove();
    });
}
