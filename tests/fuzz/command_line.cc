// The CMD of `--run 'CMD'`.
#include "grade/command_line.h"

#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ipcgrade;
  using fuzz::expect;
  const std::string_view text = fuzz::Input(data, size).rest();
  const auto words = words_of_command(text);
  if (!words) {
    expect(!words.error().empty(), "who is refused hears why");
    return 0;
  }
  expect(!words->empty(), "a command has a word");
  std::string quoted;
  for (const std::string& word : *words) {
    quoted += " '";
    for (const char one : word) quoted += one == '\'' ? "'\\''" : std::string(1, one);
    quoted += "'";
  }
  const auto again = words_of_command(quoted);
  expect(again && *again == *words, "words that are quoted are the same words");
  return 0;
}
