// How far it has come, as a bar and as a line.
#include "cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipcgrade {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Progress half_way() {
  Progress progress;
  progress.what = "explore";
  progress.scenario = "a few lines";
  progress.number = 3;
  progress.scenarios = 4;
  progress.orders = 0;
  return progress;
}

TEST(ProgressBar, SaysWhatWasDoneOfHowMuch) {
  EXPECT_EQ(progress_bar(half_way(), 80), "[#####-----] 3/4 a few lines");
  Progress progress = half_way();
  progress.orders = 1000;
  progress.most_orders = 2000;
  progress.findings = 2;
  progress.seconds_left = 94.2;
  EXPECT_EQ(progress_bar(progress, 100),
            "[######----] 3/4 a few lines: 1000 of 2000 orders at the most, 2 found so far, 95 s "
            "left");
}

TEST(ProgressBar, FitsTheLine) {
  Progress progress = half_way();
  progress.scenario = std::string(300, 'x');
  EXPECT_LE(progress_bar(progress, 60).size(), 59U);
}

TEST(ProgressBar, OfOneThingIsOfItsOrders) {
  Progress progress;
  progress.what = "explore";
  EXPECT_EQ(progress_bar(progress, 80), "[----------] explore");
  progress.orders = 500;
  progress.most_orders = 1000;
  EXPECT_THAT(progress_bar(progress, 80), StartsWith("[#####-----] explore: 500 of 1000 orders"));
}

TEST(ProgressBar, NeverRunsOver) {
  Progress progress = half_way();
  progress.orders = 5000;
  progress.most_orders = 2000;
  progress.number = 4;
  EXPECT_THAT(progress_bar(progress, 80), StartsWith("[##########] 4/4"));
}

TEST(ProgressLine, SaysWhatWasFound) {
  Progress progress = half_way();
  progress.done = true;
  progress.orders = 12;
  EXPECT_EQ(progress_line(progress), "[3/4] a few lines: 12 orders, nothing found so far");
  progress.findings = 1;
  EXPECT_EQ(progress_line(progress), "[3/4] a few lines: 12 orders, 1 found so far");
}

TEST(ProgressLine, OfTheBuild) {
  Progress progress;
  progress.scenarios = 4;
  progress.done = true;
  EXPECT_EQ(progress_line(progress), "[0/4] built");
  progress.findings = 1;
  EXPECT_EQ(progress_line(progress), "[0/4] not built");
}

TEST(ProgressLine, NamesOfLabsAreOnlyNames) {
  Progress progress = half_way();
  progress.scenario = "\x1b[2J\n::error::x";
  EXPECT_THAT(progress_line(progress), Not(HasSubstr("\x1b")));
  EXPECT_THAT(progress_bar(progress, 80), Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace ipcgrade
