// The words of reports.
#include "report/text.h"

#include <gtest/gtest.h>

#include "report/catalogue.h"
#include "unit/reports.h"

namespace ipcgrade {
namespace {

TEST(Catalogue, HasWordsForEveryKind) {
  for (const Kind kind : all_kinds()) {
    EXPECT_NE(catalogue_entry(kind).title, "something went wrong") << name_of(kind);
    EXPECT_FALSE(catalogue_entry(kind).explanation.empty()) << name_of(kind);
    EXPECT_FALSE(catalogue_entry(kind).hint.empty()) << name_of(kind);
  }
}

TEST(Text, WritesPointsShort) {
  EXPECT_EQ(points(3), "3");
  EXPECT_EQ(points(10), "10");
  EXPECT_EQ(points(0.5), "0.5");
  EXPECT_EQ(points(2.0 / 3), "0.67");
  EXPECT_EQ(points(-0.001), "0");
}

TEST(Text, Wraps) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(wrapped("", 5), Lines{""});
  EXPECT_EQ(wrapped("one two three", 7), (Lines{"one two", "three"}));
  EXPECT_EQ(wrapped("abcdefghij kl", 5), (Lines{"abcde", "fghij", "kl"}));
  EXPECT_EQ(chopped("  a  b  ", 3), (Lines{"  a", "  b", "  "}));
  EXPECT_EQ(chopped("int i = count;", 9), (Lines{"int i = ", "count;"}));
  EXPECT_EQ(chopped("f(abcdefgh)", 5), (Lines{"f(abc", "defgh", ")"}));
}

TEST(Text, LeavesWholeLinesOutOfTheMiddle) {
  EXPECT_EQ(capped_lines({"1", "2", "3", "4", "5"}, 100), "1\n2\n3\n4\n5\n");
  EXPECT_EQ(capped_lines({"1", "2", "3", "4", "5"}, 4), "1\n[... 3 lines left out here ...]\n5\n");
  EXPECT_EQ(capped_lines({"longer than it may be"}, 4), "longer than it may be\n");
}

}  // namespace
}  // namespace ipcgrade
