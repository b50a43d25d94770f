#include "report/escape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>

#include "report/utf8.h"

namespace ipcgrade {
namespace {

using namespace std::string_literals;

std::string kept(std::string_view bytes) { return visible(bytes, Newlines::kKeep); }
std::string escaped(std::string_view bytes) { return visible(bytes, Newlines::kEscape); }

std::string utf8(char32_t code) {
  const auto byte = [](char32_t value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F))};
  if (code < 0x10000) {
    return {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
  }
  return {byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)),
          byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
}

// What a terminal, a log and XML 1.0 can be given.
bool is_safe(std::string_view text, bool newline_is_safe) {
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    if (!point.valid) return false;
    const char32_t c = point.value;
    const bool allowed_control = c == '\t' || (c == '\n' && newline_is_safe);
    if (c < 0x20 && !allowed_control) return false;
    if (c >= 0x7F && c < 0xA0) return false;
    if (c >= 0x202A && c <= 0x202E) return false;
    if (c >= 0x2066 && c <= 0x2069) return false;
    if ((c & 0xFFFE) == 0xFFFE) return false;
    text.remove_prefix(point.length);
  }
  return true;
}

TEST(Visible, LeavesOrdinaryTextAsItIs) {
  for (const std::string text :
       {"", "abcdefghijklmnopqrstuvwxyz", "printf(\"%d\\n\", 3);", "C:\\temp\\", "tab\there",
        "Grüße, 世界, 🙂, \u00e9", "a\\\\b"}) {
    EXPECT_EQ(kept(text), text);
  }
}

TEST(Visible, KeepsOrEscapesNewlines) {
  EXPECT_EQ(kept("a\nb"), "a\nb");
  EXPECT_EQ(escaped("a\nb"), "a\\nb");
  EXPECT_EQ(kept("a\r\nb"), "a\\r\nb");
}

TEST(Visible, ShowsControls) {
  EXPECT_EQ(kept("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(kept("\0\x07\x7f"s), "\\x00\\x07\\x7f");
  EXPECT_EQ(kept(utf8(0x9B) + "2J"), "\\u009b2J");  // CSI as one code point
  EXPECT_EQ(kept("\x9b"), "\\x9b");                 // and as one byte
}

TEST(Visible, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(kept("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(kept("\xc0\x80"), "\\xc0\\x80");                    // overlong
  EXPECT_EQ(kept("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
  EXPECT_EQ(kept("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // past U+10FFFF
  EXPECT_EQ(kept("\xe2\x82"), "\\xe2\\x82");                    // cut short
  EXPECT_EQ(kept("\xe2\x82\x1b"), "\\xe2\\x82\\x1b");           // does not take the ESC along
}

TEST(Visible, ShowsWhatCannotBeSeenOrTurnsTheTextRound) {
  for (const char32_t code : {0x61C, 0x200B, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E,
                              0x2060, 0x2066, 0x2069, 0xFEFF, 0xFDD0, 0xFFFE, 0xFFFF}) {
    const std::string shown = kept(utf8(code));
    EXPECT_EQ(shown.size(), 6U);
    EXPECT_TRUE(shown.starts_with("\\u")) << shown;
  }
  EXPECT_EQ(kept(utf8(0x202E)), "\\u202e");
  EXPECT_EQ(kept(utf8(0x1FFFF)), "\\U0001ffff");
  EXPECT_EQ(kept(utf8(0xE0041)), "\\U000e0041");
}

TEST(Visible, DoublesBackslashesOnlyWhereTheyWouldReadAsAnEscape) {
  EXPECT_EQ(kept("\\x1b"), "\\\\x1b");
  EXPECT_EQ(kept("\\\\x1b"), "\\\\\\\\x1b");
  EXPECT_EQ(kept("\\\x1b"), "\\\\\\x1b");
  EXPECT_EQ(kept("\\x1"), "\\x1");
  EXPECT_EQ(kept("\\xyz"), "\\xyz");
  EXPECT_EQ(kept("\\n"), "\\n");
  EXPECT_EQ(escaped("\\n"), "\\\\n");
}

TEST(Visible, GivesDifferentTextsForDifferentBytes) {
  // Every string of up to five of the characters that escapes are made of.
  const std::string alphabet = "\\x1b\x1b\nnr"s;
  for (const Newlines newlines : {Newlines::kKeep, Newlines::kEscape}) {
    std::set<std::string> inputs{""};
    for (int length = 0; length < 5; ++length) {
      std::set<std::string> longer = inputs;
      for (const std::string& input : inputs) {
        for (const char c : alphabet) longer.insert(input + c);
      }
      inputs = longer;
    }
    std::set<std::string> outputs;
    for (const std::string& input : inputs) outputs.insert(visible(input, newlines));
    EXPECT_EQ(outputs.size(), inputs.size());
  }
}

TEST(Visible, IsSafeForAnyBytes) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (int at = 0; at < 64; ++at) bytes += static_cast<char>(byte(random));
    EXPECT_TRUE(is_safe(kept(bytes), true));
    EXPECT_TRUE(is_safe(escaped(bytes), false));
    EXPECT_TRUE(is_safe(visible_capped(bytes, Newlines::kKeep, 20), true));
  }
}

TEST(Visible, IsSafeForEveryCodePoint) {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    ASSERT_TRUE(is_safe(escaped(utf8(code)), false)) << static_cast<std::uint32_t>(code);
  }
}

TEST(Visible, TakesAMegabyteOfBackslashes) {
  const std::string run(1 << 20, '\\');
  EXPECT_EQ(kept(run).size(), run.size());
  EXPECT_EQ(kept(run + "x41").size(), 2 * run.size() + 3);
}

TEST(VisibleCapped, LeavesWhatFits) {
  EXPECT_EQ(visible_capped("abc", Newlines::kKeep, 3), "abc");
  EXPECT_EQ(visible_capped("", Newlines::kKeep, 3), "");
}

TEST(VisibleCapped, KeepsHeadAndTailAndSaysWhatIsMissing) {
  const std::string text = std::string(50, 'a') + std::string(50, 'b') + std::string(50, 'c');
  EXPECT_EQ(visible_capped(text, Newlines::kEscape, 20),
            "aaaaaaaaaa [... 130 bytes left out here ...] cccccccccc");
  EXPECT_EQ(visible_capped(text, Newlines::kKeep, 20),
            "aaaaaaaaaa\n[... 130 bytes left out here ...]\ncccccccccc");
}

TEST(VisibleCapped, CountsWhatIsShownAndNotWhatWasThere) {
  const std::string bells(100'000, '\a');
  EXPECT_LT(visible_capped(bells, Newlines::kKeep).size(), kTextCap + 100);
}

TEST(VisibleCapped, NeverCutsACodePointOrAnEscape) {
  // Whatever the cap is, what is left is whole pieces of these.
  std::string text;
  for (int at = 0; at < 40; ++at) text += "\xe2\x82\xac\x1b";
  for (std::size_t cap = 1; cap < 200; ++cap) {
    std::string shown = visible_capped(text, Newlines::kEscape, cap);
    EXPECT_TRUE(is_safe(shown, false));
    const std::size_t gap = shown.find(" [... ");
    ASSERT_NE(gap, std::string::npos);
    shown.erase(gap, shown.find("...] ") + 5 - gap);
    for (const std::string piece : {"\xe2\x82\xac", "\\x1b"}) {
      for (std::size_t at = shown.find(piece); at != std::string::npos; at = shown.find(piece)) {
        shown.erase(at, piece.size());
      }
    }
    EXPECT_EQ(shown, "") << cap;
  }
}

TEST(VisibleCapped, CountsEachByteOnce) {
  const std::string text(1000, 'x');
  for (std::size_t cap = 0; cap <= 1000; ++cap) {
    const std::string shown = visible_capped(text, Newlines::kEscape, cap);
    const auto left = static_cast<std::size_t>(std::ranges::count(shown, 'x'));
    const std::size_t gap = shown.find("[... ");
    const std::size_t missing = gap == std::string::npos ? 0 : std::stoul(shown.substr(gap + 5));
    EXPECT_EQ(left + missing, text.size()) << cap;
  }
}

TEST(Defuse, BreaksTheMagicOfCiSystems) {
  EXPECT_EQ(defuse("see [[ATTACHMENT|/etc/passwd]]"), "see [[ATTACHMENT\\x7c/etc/passwd]]");
  EXPECT_EQ(defuse("::error::x"), "\\x3a:error::x");
  EXPECT_EQ(defuse("a\n \t::set-output name=x::y"), "a\n \t\\x3a:set-output name=x::y");
  EXPECT_EQ(defuse("\u00a0::error::x"), "\u00a0\\x3a:error::x");
  EXPECT_EQ(defuse("x ##[error]y"), "x \\x23#[error]y");
  EXPECT_EQ(defuse("##vso[task.complete]"), "\\x23#vso[task.complete]");
  EXPECT_EQ(defuse("##teamcity[x]"), "\\x23#teamcity[x]");
}

TEST(Defuse, LeavesOrdinaryText) {
  for (const std::string text : {"std::cout << x;", "   12 |   ::close(fd);", "## heading", "a::b",
                                 "::", ":: ", "[[ATTACHMENT]]", "# [x]"}) {
    EXPECT_EQ(defuse(text), text);
  }
}

TEST(Defuse, OnceIsEnough) {
  const std::string text = "::error::[[ATTACHMENT|a ##[b]###[c]";
  EXPECT_EQ(defuse(defuse(text)), defuse(text));
}

TEST(Defuse, TakesMegabytesOfMagic) {
  std::string text;
  while (text.size() < 4'000'000) text += "##[\n::a";
  EXPECT_EQ(defuse(text).find("##["), std::string::npos);
}

TEST(ValidUtf8, ChangesOnlyWhatIsNot) {
  EXPECT_EQ(valid_utf8("a\x1b\n\\x41\u202e"), "a\x1b\n\\x41\u202e");
  EXPECT_EQ(valid_utf8("a\xff\xc3"), "a\\xff\\xc3");
}

TEST(VisibleC, BackslashesStayWhatWasWritten) {
  EXPECT_EQ(visible_c(R"(putchar('\n'); "\x1b\r\0")"), R"(putchar('\n'); "\x1b\r\0")");
  EXPECT_EQ(visible("\\n", Newlines::kEscape), "\\\\n");
  EXPECT_EQ(visible_c("a\x1b[2Jb\nc\u202e"), "a\\x1b[2Jb\\nc\\u202e");
  EXPECT_LE(visible_c(std::string(1 << 20, '\\'), 400).size(), 500U);
}

TEST(Shortened, EndsBetweenCodePoints) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc...");
  EXPECT_EQ(shortened("a\u00e9\u00e9", 4), "a\u00e9...");
  EXPECT_EQ(beginning("\u00e9", 1), "");
}

}  // namespace
}  // namespace ipcgrade
