// Lines of a student's source, as findings name them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/reports.h"

namespace ipcgrade {
namespace {

using testing::Optional;

TEST(SourceLines, AreCountedAsGccDoes) {
  const std::string text = "one\ntwo\r\nthree\rfour\n\nsix";
  const FindSourceLine line = source_lines([&](const std::string&) { return &text; });
  const auto at = [&](int number) { return line(Location{"p", "p", "p.c", number, ""}); };
  EXPECT_EQ(at(0), std::nullopt);
  EXPECT_THAT(at(1), Optional(std::string("one")));
  EXPECT_THAT(at(2), Optional(std::string("two")));
  EXPECT_THAT(at(3), Optional(std::string("three")));
  EXPECT_THAT(at(4), Optional(std::string("four")));
  EXPECT_THAT(at(5), Optional(std::string()));
  EXPECT_THAT(at(6), Optional(std::string("six")));
  EXPECT_EQ(at(7), std::nullopt);
}

TEST(SourceLines, OfNoFileAreNone) {
  const FindSourceLine line = source_lines([](const std::string&) { return nullptr; });
  EXPECT_EQ(line(Location{"p", "p", "p.c", 1, ""}), std::nullopt);
}

}  // namespace
}  // namespace ipcgrade
