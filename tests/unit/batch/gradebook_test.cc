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
  return {.origin = {.max_score = 10, .platform = platform},
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
            "10: Shared Memory (78)\": --column says which");
  const auto two = gradebook_for_import(a_batch(Platform::kCanvas), kCanvas, "Lab", "x");
  ASSERT_FALSE(two);
  EXPECT_THAT(two.error().text(),
              HasSubstr("2 of the gradebook's columns have in their names \"Lab\""));
  const auto exact = gradebook_for_import(a_batch(Platform::kCanvas), kCanvas, "lab 1", "x");
  ASSERT_TRUE(exact) << exact.error().text();
  EXPECT_THAT(exact->csv, HasSubstr("Section,Lab 1 (77)\r\n"));
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
            "\xef\xbb\xbfIdentifier,Full name,Grade,Maximum Grade,Feedback comments\r\n"
            "Participant 4711,Jane Doe,7.5,10.00,\r\n");
  EXPECT_THAT(book->unknown, ElementsAre("roe"));
}

TEST(GradebookTest, WhatCanvasComputesTakesNoGrades) {
  const std::string exported =
      "Student,ID,SIS User ID,SIS Login ID,Section,Lab (77),Lab Current Score,Lab Final (9)\r\n"
      "    Points Possible,,,,,20,(read only),(read only)\r\n\"Doe, Jane\",4711,s1,doe,1,,,\r\n";
  for (const char* column : {"Lab", "La", "lab (77)"}) {
    const auto book = gradebook_for_import(a_batch(Platform::kCanvas), exported, column, "x");
    ASSERT_TRUE(book) << book.error().text();
    EXPECT_THAT(book->csv, HasSubstr("Section,Lab (77)\r\n"));
    EXPECT_THAT(
        book->notes,
        ElementsAre("the gradebook's column has 20 points, the lab 10: the lab's are written"));
  }
  EXPECT_FALSE(gradebook_for_import(a_batch(Platform::kCanvas), exported, "Current", "x"));
  EXPECT_FALSE(gradebook_for_import(a_batch(Platform::kCanvas), exported, "Final", "x"));
}

TEST(GradebookTest, AWorksheetOfAnotherLanguage) {
  const std::string exported =
      "\xef\xbb\xbfID;Vollständiger Name;Bewertung;Bestwertung\n"
      "Teilnehmer/in4711;Jane Döe;;5,00\nTeilnehmer/in 13;P Poe;4,00;5,00\n";
  const auto none = gradebook_for_import(a_batch(Platform::kMoodle), exported, "", "x");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().text(),
            "none of the gradebook's columns is called \"Grade\"; they are \"Vollständiger Name\", "
            "\"Bewertung\", \"Bestwertung\": --column says which");
  const auto book = gradebook_for_import(a_batch(Platform::kMoodle), exported, "Bewertung", "x");
  ASSERT_TRUE(book) << book.error().text();
  EXPECT_EQ(book->csv,
            "\xef\xbb\xbfID;Vollständiger Name;Bewertung;Bestwertung\r\n"
            "Teilnehmer/in4711;Jane Döe;7.5;5,00\r\n");
}

TEST(GradebookTest, OtherPointsThanTheLabsAreTold) {
  const auto book = gradebook_for_import(
      a_batch(Platform::kMoodle),
      "Identifier,Grade,Maximum Grade\nParticipant 4711,,\"5,00\"\nParticipant 12,,\"5,00\"\n", "",
      "x");
  ASSERT_TRUE(book) << book.error().text();
  EXPECT_THAT(
      book->notes,
      ElementsAre("the gradebook's column has 5 points, the lab 10: the lab's are written"));
}

TEST(GradebookTest, TheSameIsSaidBeforeAnybodyHasAGrade) {
  Batch batch = a_batch(Platform::kCanvas);
  for (Graded& one : batch.handins) one.grade.reset();
  EXPECT_TRUE(gradebook_for_import(batch, kCanvas, "shared mem", "x"));
  EXPECT_FALSE(gradebook_for_import(batch, kCanvas, "", "pipes"));
  EXPECT_FALSE(
      gradebook_for_import(a_batch(Platform::kMoodle), "root:x:0:0:\nbin:x:1:\n", "", "x"));
}

TEST(GradebookTest, OthersImportNone) {
  EXPECT_FALSE(gradebook_for_import(a_batch(Platform::kNone), kCanvas, "", "x"));
}

}  // namespace
}  // namespace ipcgrade
