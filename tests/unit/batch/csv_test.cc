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
  EXPECT_THAT(parse_csv(csv_line(row) + csv_line({"x"})), ElementsAre(row, CsvRow{"x"}));
}

TEST(CsvTest, WhatOthersWrite) {
  EXPECT_THAT(parse_csv("\xef\xbb\xbf"
                        "a,b\n\n\"c\nd\",\r\ne"),
              ElementsAre(CsvRow{"a", "b"}, CsvRow{"c\nd", ""}, CsvRow{"e"}));
  EXPECT_THAT(parse_csv(""), ElementsAre());
  EXPECT_THAT(parse_csv("a,\"open"), ElementsAre(CsvRow{"a", "open"}));
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
