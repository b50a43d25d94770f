// Grades as platforms import them.
#include "batch/gradebook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "a_class.h"

namespace ipcgrade {
namespace {

using ipcgrade_test::graded;
using ipcgrade_test::ungraded;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Batch a_batch(Platform platform) {
  return {.origin = {.platform = platform},
          .handins = {graded("doejane", "4711", 7.5), graded("roe", "12", 10), ungraded("x", "no")},
          .unmatched = {}};
}

constexpr const char* kCanvas =
    "Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (77),Lab 10: Shared Memory (78)\r\n"
    "    Points Possible,,,,,10,10\r\n"
    "\"Doe, Jane\",4711,s1,doe,1,,\r\n"
    "\"Poe, P\",99,s3,poe,1,3,4\r\n";

TEST(GradebookTest, CanvasWithItsExport) {
  const auto book = gradebook_for_import(a_batch(Platform::kCanvas), kCanvas, "shared mem", "x");
  ASSERT_TRUE(book) << book.error().text();
  EXPECT_EQ(book->csv,
            "Student,ID,SIS User ID,SIS Login ID,Section,Lab 10: Shared Memory (78)\r\n"
            "    Points Possible,,,,,10\r\n"
            "\"Doe, Jane\",4711,s1,doe,1,7.5\r\n");
  EXPECT_THAT(book->unknown, ElementsAre("roe"));
}

TEST(GradebookTest, CanvassColumnMustBeClear) {
  const auto none = gradebook_for_import(a_batch(Platform::kCanvas), kCanvas, "", "pipes");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().text(),
            "none of the gradebook's columns is called \"pipes\"; they are \"Lab 1 (77)\", \"Lab "
            "10: Shared Memory (78)\"");
  const auto two = gradebook_for_import(a_batch(Platform::kCanvas), kCanvas, "Lab 1", "x");
  ASSERT_FALSE(two);
  EXPECT_THAT(two.error().text(), HasSubstr("2 of the gradebook's columns are called \"Lab 1\""));
  EXPECT_TRUE(gradebook_for_import(a_batch(Platform::kCanvas), kCanvas, "Lab 1 (77)", "x"));
  EXPECT_FALSE(gradebook_for_import(a_batch(Platform::kCanvas), "Identifier,Grade\n", "", "x"));
}

TEST(GradebookTest, CanvasWithoutIt) {
  const auto book = gradebook_for_import(a_batch(Platform::kCanvas), "", "", "pipes");
  ASSERT_TRUE(book);
  EXPECT_EQ(book->csv,
            "Student,ID,SIS User ID,SIS Login ID,Section,pipes\r\n"
            "roe,12,,,,10\r\ndoejane,4711,,,,7.5\r\n");
  EXPECT_THAT(book->unknown, IsEmpty());
}

TEST(GradebookTest, MoodlesWorksheet) {
  const auto book = gradebook_for_import(
      a_batch(Platform::kMoodle),
      "\xef\xbb\xbfIdentifier,\"Full name\",Grade,\"Maximum Grade\",\"Feedback comments\"\n"
      "\"Participant 4711\",\"Jane Doe\",,10.00,\n"
      "\"Teilnehmer/in 13\",\"P Poe\",4.00,10.00,\"well, no\"\n",
      "", "pipes");
  ASSERT_TRUE(book) << book.error().text();
  EXPECT_EQ(book->csv,
            "Identifier,Full name,Grade,Maximum Grade,Feedback comments\r\n"
            "Participant 4711,Jane Doe,7.5,10.00,\r\n");
  EXPECT_THAT(book->unknown, ElementsAre("roe"));
}

TEST(GradebookTest, OthersImportNone) {
  EXPECT_FALSE(gradebook_for_import(a_batch(Platform::kNone), kCanvas, "", "x"));
}

}  // namespace
}  // namespace ipcgrade
