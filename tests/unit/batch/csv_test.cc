// Comma-separated values.
#include "batch/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipcgrade {
namespace {

using testing::ElementsAre;

TEST(CsvTest, WhatIsWrittenIsRead) {
  const CsvRow row{"plain", "", "a,b", "say \"x\"", "two\nlines", "two\r\nlines", " s "};
  EXPECT_EQ(csv_line({"a", "b,c", "d\"e"}), "a,\"b,c\",\"d\"\"e\"\r\n");
  EXPECT_THAT(parse_csv(csv_line(row) + csv_line({"x"})).rows, ElementsAre(row, CsvRow{"x"}));
}

TEST(CsvTest, WhatOthersWrite) {
  EXPECT_THAT(parse_csv("\xef\xbb\xbf"
                        "a,b\n\n\"c\nd\",\r\ne")
                  .rows,
              ElementsAre(CsvRow{"a", "b"}, CsvRow{"c\nd", ""}, CsvRow{"e"}));
  EXPECT_THAT(parse_csv("").rows, ElementsAre());
  EXPECT_THAT(parse_csv("a,\"open").rows, ElementsAre(CsvRow{"a", "open"}));
}

TEST(CsvTest, OtherSeparatorsAndCharacters) {
  const CsvFile file = parse_csv("\xef\xbb\xbf\"a,b,c\";d\n1,5;\"x;y\"\n");
  EXPECT_EQ(file.separator, ';');
  EXPECT_TRUE(file.has_mark);
  EXPECT_THAT(file.rows, ElementsAre(CsvRow{"a,b,c", "d"}, CsvRow{"1,5", "x;y"}));
  EXPECT_EQ(csv_line({"1,5", "x;y"}, ';'), "1,5;\"x;y\"\r\n");
  using namespace std::string_literals;
  const CsvFile wide = parse_csv("\xff\xfe"s + "Z\0\xeb\0\t\0\x2c\x67\n\0"s);
  EXPECT_EQ(wide.separator, '\t');
  EXPECT_TRUE(wide.has_mark) << "as UTF-8, which is written then";
  EXPECT_THAT(wide.rows, ElementsAre(CsvRow{"Zë", "本"}));
  EXPECT_THAT(parse_csv("\xfe\xff\0a\0,\0b"s).rows, ElementsAre(CsvRow{"a", "b"}));
  EXPECT_THAT(parse_csv("\xff\xfe"
                        "a"s)
                  .rows,
              ElementsAre());
}

TEST(CsvTest, NothingIsAFormula) {
  for (const char* formula : {"=1+1", "+1", "-1", "@x", "\t=1"}) {
    EXPECT_EQ(csv_cell(formula), std::string("'") + formula);
  }
  EXPECT_EQ(csv_cell("\r=1"), "\\r=1");
  EXPECT_EQ(csv_cell("a=b"), "a=b");
  EXPECT_EQ(csv_cell("a\nb\x1b[1m\xff"), "a\\nb\\x1b[1m\\xff");
}

}  // namespace
}  // namespace ipcgrade
