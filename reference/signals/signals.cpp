#include <charconv>
#include <iostream>
#include <optional>
#include <string_view>

#include "process.h"

namespace {

constexpr unsigned kMostRounds = 100000;

struct Outcome {
  const char* word;
  unsigned rounds;
  int exit_status;
};

/// Digits and nothing else: from_chars takes no sign here, and no space.
std::optional<unsigned> parse_rounds(std::string_view text) {
  const char* const end = text.data() + text.size();
  unsigned rounds = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, rounds);
  if (error != std::errc{} || stop != end || rounds > kMostRounds) return std::nullopt;
  return rounds;
}

void answer(pid_t parent) {
  const Signals requests{SIGUSR1, SIGTERM};
  while (requests.take() == SIGUSR1) check(kill(parent, SIGUSR2), "kill");
}

Outcome play(const Child& child, unsigned rounds) {
  const Signals news{SIGINT, SIGUSR2, SIGCHLD};
  for (unsigned played = 0; played < rounds; ++played) {
    child.send(SIGUSR1);
    // SIGINT has the lowest number: it is seen even if the last answer came right behind it.
    const int signal = news.take();
    if (signal == SIGINT) return {"interrupted", played, 1};
    if (signal == SIGCHLD) throw std::runtime_error("the child has died");
  }
  if (is_pending(SIGINT)) return {"interrupted", rounds, 1};  // no round, so nobody has asked yet
  return {"rounds", rounds, 0};
}

int run(unsigned rounds) {
  // Before fork: the child is born with SIGUSR1 and SIGTERM blocked, so that neither can kill it,
  // however early it comes. They are never let in again; SIGINT does not strike while we print.
  Signals{SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD}.block();
  Child child([parent = getpid()] { answer(parent); });

  const Outcome outcome = play(child, rounds);
  child.send(SIGTERM);
  child.join();

  if (!(std::cout << outcome.word << ' ' << outcome.rounds << std::endl)) fail("stdout");
  return outcome.exit_status;
}

}  // namespace

int main(int argc, char* argv[]) try {
  const auto rounds = argc == 2 ? parse_rounds(argv[1]) : std::nullopt;
  if (!rounds) {
    std::cerr << "usage: signals N   with N from 0 to " << kMostRounds << '\n';
    return 2;
  }
  return run(*rounds);
} catch (const std::exception& error) {
  std::cerr << "signals: " << error.what() << '\n';
  return 1;
}
