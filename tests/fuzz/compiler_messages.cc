// What a compiler, linker or make printed: a hand-in has them print any bytes.
#include <string>

#include "compile/messages.h"
#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ipcgrade;
  using fuzz::expect;
  const std::string_view printed = fuzz::Input(data, size).rest();
  constexpr std::size_t kLongest = 400;
  const auto messages = parse_messages(printed);
  expect(messages.size() <= 1000, "there is a bound on messages");
  for (const CompilerMessage& one : messages) {
    expect(one.file.size() <= kLongest && one.message.size() <= kLongest, "lines are cut");
    expect(one.line >= 0 && one.column >= 0, "no line is below 0");
    expect(one.excerpt.size() <= 2, "an excerpt has two lines");
    expect(!one.text().contains('\n'), "a message is a line");
  }
  const auto last = last_lines(printed, 5);
  expect(last.size() <= 5, "no more lines are given than are asked for");
  return 0;
}
