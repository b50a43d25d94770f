#include "grade/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipcgrade {
namespace {

using testing::ElementsAre;

std::vector<std::string> words(std::string_view text) {
  const auto words = words_of_command(text);
  EXPECT_TRUE(words.has_value()) << words.error();
  return words.value_or(std::vector<std::string>{});
}

TEST(CommandLine, SplitsAtBlanks) {
  EXPECT_THAT(words("./server"), ElementsAre("./server"));
  EXPECT_THAT(words("  ./server  1\t2 "), ElementsAre("./server", "1", "2"));
}

TEST(CommandLine, TakesQuotesAndBackslashesAway) {
  EXPECT_THAT(words("./a 'b c' \"d e\" f\\ g"), ElementsAre("./a", "b c", "d e", "f g"));
  EXPECT_THAT(words("./a ''"), ElementsAre("./a", ""));
  EXPECT_THAT(words("./a b'c'\"d\""), ElementsAre("./a", "bcd"));
  EXPECT_THAT(words(R"(./a "\"\\\x")"), ElementsAre("./a", R"("\\x)"));
  EXPECT_THAT(words("./a '$x|' \"|*\" \\* k=v a#b a~"),
              ElementsAre("./a", "$x|", "|*", "*", "k=v", "a#b", "a~"));
}

TEST(CommandLine, GivesTheRestToAShell) {
  for (const char* text : {"a | b", "a > b", "a $x", "a \"$x\"", "x=1 a", "a *", "(a)", "a; b",
                           "! a", "{ a; }", "a `b`", "a # b", "a ~/b", "a\nb"}) {
    EXPECT_THAT(words(text), ElementsAre("/bin/sh", "-c", text));
  }
}

TEST(CommandLine, SaysWhatIsNoCommand) {
  for (const char* text : {"", "  ", "a 'b", "a \"b", "a \\"}) {
    EXPECT_FALSE(words_of_command(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace ipcgrade
