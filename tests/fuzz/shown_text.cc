// What a student's bytes become before they reach a terminal, a log or a page.
#include <string>

#include "fuzz/fuzz.h"
#include "report/escape.h"
#include "report/utf8.h"

namespace {

using namespace ipcgrade;
using fuzz::expect;

void check_shown(std::string_view text, bool may_have_newlines) {
  for (std::string_view left = text; !left.empty();) {
    const CodePoint point = decode_utf8(left);
    expect(point.valid, "what is shown is UTF-8");
    const bool is_control = point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0);
    expect(!is_control || point.value == '\t' || (may_have_newlines && point.value == '\n'),
           "nothing that is shown commands a terminal");
    expect(point.value < 0x202a || point.value > 0x202e, "nothing changes the direction");
    left.remove_prefix(point.length);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t cap = input.take<std::uint16_t>();
  const std::string_view bytes = input.rest();
  const std::string line = visible(bytes, Newlines::kEscape);
  check_shown(line, false);
  check_shown(visible(bytes, Newlines::kKeep), true);
  check_shown(visible_capped(bytes, Newlines::kKeep, cap), true);
  constexpr std::size_t kNote = 80;
  expect(visible_capped(bytes, Newlines::kEscape, cap).size() <= cap + kNote, "a text is capped");
  check_shown(visible_c(bytes, cap), false);
  check_shown(shortened(line, cap), false);
  const std::string safe = defuse(line);
  check_shown(safe, false);
  for (const char* word : {"##[", "##vso[", "##teamcity[", "[[ATTACHMENT|"}) {
    expect(!safe.contains(word), "no CI system is commanded");
    expect(!defuse_json(line).contains(word), "no CI system is commanded by JSON");
  }
  expect(uri_of(bytes).find_first_of("<>\"'& :\\\n") == std::string::npos, "a path is no markup");
  const std::string utf8 = valid_utf8(bytes);
  for (std::string_view left = utf8; !left.empty();) {
    expect(decode_utf8(left).valid, "what goes into JSON is UTF-8");
    left.remove_prefix(decode_utf8(left).length);
  }
  return 0;
}
