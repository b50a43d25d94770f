// Runs a fuzz target where there is no libFuzzer: all seeds as they are, and a number of mutations
// of them that is the same in each run, and on each machine.
//
//   fuzz_TARGET RUNS SEEDS...     files and folders
//   fuzz_TARGET 0 FILE            one input again
//
// What fails is kept in the current folder, as failed-fuzz_TARGET.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "support/process.h"

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongest = 64 * 1024;
std::string kept;     // the name of the file for an input that fails
std::string current;  // the input that is tried

void keep_input(int signal) {
  const int file = ::open(kept.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (::write(file, current.data(), current.size()) >= 0) {
    std::fprintf(stderr, "The input is in the file %s.\n", kept.c_str());
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(std::string input) {
  current = std::move(input);
  // A copy of its own size, so that sanitizers see what is read behind its end.
  const std::vector<std::uint8_t> bytes(current.begin(), current.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

/// Not of <random>'s distributions, which are others in other libraries.
class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& seeds) : seeds_(seeds) {}

  std::string next() {
    std::string input = any(seeds_);
    for (std::size_t left = 1 + below(4); left > 0; --left) change(input);
    input.resize(std::min(input.size(), kLongest));
    return input;
  }

 private:
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  const std::string& any(const std::vector<std::string>& list) { return list[below(list.size())]; }

  void change(std::string& input) {
    // What parsers stumble over: the ends of ranges, and what has a meaning in many languages.
    static const std::vector<std::string> kOdd{std::string(1, '\0'),
                                               std::string(8, '\0'),
                                               "\xff",
                                               "\x7f",
                                               "\xff\xff\xff\xff",
                                               std::string("\0\0\0\x80", 4),
                                               "\n",
                                               "\r\n",
                                               "\"",
                                               "'",
                                               "\\",
                                               "/",
                                               "../",
                                               ":",
                                               ",",
                                               ";",
                                               "=",
                                               "{",
                                               "}",
                                               "[",
                                               "]",
                                               "[[[[[[[[",
                                               "(",
                                               ")",
                                               "#",
                                               "-",
                                               "0",
                                               "-1",
                                               "1e999",
                                               "9223372036854775808",
                                               "18446744073709551616",
                                               "\xc3\xa4",
                                               "\xe2\x80\xae",
                                               "\x1b[2J",
                                               "{k}",
                                               "null",
                                               "~2"};
    const std::size_t at = below(input.size() + 1);
    const std::size_t length = below(std::min<std::size_t>(input.size() - at, 32) + 1);
    switch (below(7)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(random_());
        break;
      case 1:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 2:
        input.erase(at, length);
        break;
      case 3:
        input.insert(at, any(kOdd));
        break;
      case 4:
        input.replace(at, std::min(length, any(kOdd).size()), any(kOdd));
        break;
      case 5:
        input.insert(below(input.size() + 1), input.substr(at, length));
        break;
      default: {
        const std::string& other = any(seeds_);
        input = input.substr(0, at) + other.substr(below(other.size() + 1));
        break;
      }
    }
  }

  const std::vector<std::string>& seeds_;
  std::mt19937_64 random_{1};
};

std::vector<std::string> seeds_at(const fs::path& path) {
  std::vector<fs::path> files;
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
  } else {
    files.push_back(path);
  }
  std::vector<std::string> seeds;
  for (const fs::path& file : files) seeds.push_back(ipcgrade::test::contents(file));
  return seeds;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: %s RUNS SEEDS...\n", arguments[0]);
    return 2;
  }
  kept = "failed-" + fs::path(arguments[0]).filename().string();
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    std::signal(signal, keep_input);
  }
  std::vector<std::string> seeds;
  for (int i = 2; i < count; ++i)
    std::ranges::move(seeds_at(arguments[i]), std::back_inserter(seeds));
  if (seeds.empty()) {
    std::fprintf(stderr, "There are no seeds.\n");
    return 2;
  }
  run("");
  for (const std::string& seed : seeds) run(seed);
  Mutator mutator(seeds);
  const long runs = std::strtol(arguments[1], nullptr, 10);
  for (long i = 0; i < runs; ++i) run(mutator.next());
  std::printf("%zu seeds, %ld mutations\n", seeds.size(), runs);
  return 0;
}
