#include "supervise/spin.h"

#include <gtest/gtest.h>

#include <array>

namespace ipcgrade {
namespace {

constexpr std::pair<std::uint64_t, std::uint64_t> kLock{7, 0};
constexpr std::uint64_t kPlace = 0x1000, kWhat = 48;
const std::array kFlag{reads(1, 48, 52)};

class SpinTest : public testing::Test {
 protected:
  void look(std::int64_t value = 0, Look how = Look::kRead) {
    spin_.looked(kPlace, kWhat, value, kFlag, how);
    if (spin_.may_stand()) spin_.stood(where_);
  }
  void lock() { spin_.changed(kLock, 0, 1); }
  void unlock() { spin_.changed(kLock, 1, 0); }
  void round(std::int64_t value = 0) {
    lock();
    look(value);
    EXPECT_FALSE(spin_.waits());  // it holds the lock
    unlock();
  }

  SpinWatch spin_;
  std::uint64_t where_ = 1;
};

TEST_F(SpinTest, WhoOnlyLooksBurns) {
  look();
  look();
  EXPECT_FALSE(spin_.waits());
  look();
  EXPECT_TRUE(spin_.waits());
  EXPECT_TRUE(spin_.burns());
}

TEST_F(SpinTest, WhoLocksForEachLookWaitsWhereItStands) {
  for (int i = 0; i < 4; ++i) round();
  EXPECT_TRUE(spin_.waits());
  EXPECT_FALSE(spin_.burns());
}

TEST_F(SpinTest, WhoCountsUnderALockDoesNotWait) {
  for (int i = 0; i < 100; ++i) {
    ++where_;
    round();
    EXPECT_FALSE(spin_.waits());
  }
}

TEST_F(SpinTest, WhatWasChangedBeforeTheRoundsIsNoProgress) {
  spin_.changed({8, 0}, 0, 5);
  for (int i = 0; i < 5; ++i) round();
  EXPECT_TRUE(spin_.waits());
}

TEST_F(SpinTest, WhatWasLookedAtBeforeTheRoundsIsNoPartOfThem) {
  spin_.looked(0x500, 8, 0, std::array{reads(2)}, Look::kRead);
  spin_.changed({8, 0}, 0, 5);
  for (int i = 0; i < 10; ++i) look(0, Look::kCall);
  EXPECT_TRUE(spin_.waits());
}

TEST_F(SpinTest, WhatIsChangedInEachRoundIs) {
  for (std::uint64_t i = 0; i < 10; ++i) {
    round();
    spin_.changed({8, 0}, i, i + 1);
    EXPECT_FALSE(spin_.waits());
  }
}

TEST_F(SpinTest, ANewValueUnderTheLockTurnsNothingRound) {
  for (int i = 0; i < 4; ++i) round();
  for (int i = 0; i < 4; ++i) round(1);
  EXPECT_TRUE(spin_.waits());
}

TEST_F(SpinTest, WhatOthersTouchIsLookedAtAgain) {
  for (int i = 0; i < 4; ++i) round();
  ASSERT_TRUE(spin_.waits());
  spin_.others_touched(std::array{writes(2)});
  EXPECT_TRUE(spin_.waits());
  spin_.others_touched(std::array{writes(1, 50, 51)});
  EXPECT_FALSE(spin_.waits());
}

TEST_F(SpinTest, APauseWithALockHeldIsAPauseAllTheSame) {
  lock();
  for (int i = 0; i < 3; ++i) look(0, Look::kPause);
  EXPECT_TRUE(spin_.waits());
  EXPECT_TRUE(spin_.polite());
}

TEST_F(SpinTest, WhatWasChangedBeforeReadsAloneIsForgotten) {
  spin_.changed({8, 0}, 0, 5);
  for (int i = 0; i < 5; ++i) look();
  EXPECT_TRUE(spin_.burns());
}

TEST_F(SpinTest, WhoCallsWithoutAPauseMayOnlyTryAFewTimes) {
  for (int i = 0; i < 100; ++i) {
    ++where_;
    look(0, Look::kCall);
    EXPECT_FALSE(spin_.waits());
  }
  for (int i = 0; i < 1'000; ++i) {
    ++where_;
    look(0, Look::kCall);
  }
  EXPECT_TRUE(spin_.waits()) << "it goes on for ever, as far as anybody can tell";
  EXPECT_FALSE(spin_.burns());
}

TEST_F(SpinTest, WhoCallsWithoutAPauseWaitsWhereItStands) {
  for (int i = 0; i < 5; ++i) look(0, Look::kCall);
  EXPECT_TRUE(spin_.waits());
  EXPECT_TRUE(spin_.may_stand());
}

}  // namespace
}  // namespace ipcgrade
