// Which calls a signal can interrupt: not those that no signal can come to.
#include "detect/interruption.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

class InterruptionTest : public testing::Test {
 protected:
  [[nodiscard]] bool can_be(int signal) const {
    const Injectable call{0, 0, call_, kEmptyList, 0, 1ULL << (signal - 1)};
    return !interrupting(assignment_, run_.trace, call).empty();
  }
  void send(TaskId sender, int signal) {
    run_.trace.sent_signals.push_back({run_.call(sender, "kill()", 0), game_, signal});
  }

  TraceBuilder run_;
  TaskId game_ = run_.program("game");
  TaskId child_ = run_.child(game_, run_.call(game_, "fork()", 1001));
  EventId call_ = kNoEvent;
  Assignment assignment_;

  /// A lab that says that SIGINT comes from outside.
  InterruptionTest() {
    Scenario interrupted;
    interrupted.signals = {{SIGINT, {"game", false}}};
    assignment_.scenarios = {Scenario{}, interrupted};
  }
};

TEST_F(InterruptionTest, AnythingComesFromOutsideWhereALabSaysNothing) {
  assignment_.scenarios[1].signals[0].number = SIGKILL;
  call_ = run_.call(game_, "read()", 0);
  EXPECT_TRUE(can_be(SIGTERM));
  EXPECT_TRUE(can_be(SIGUSR1));
}

TEST_F(InterruptionTest, ASignalThatNobodySendsDoesNotCome) {
  call_ = run_.call(game_, "wait()", 0);
  EXPECT_FALSE(can_be(SIGUSR1));
  send(child_, SIGUSR1);
  EXPECT_TRUE(can_be(SIGUSR1));
  EXPECT_FALSE(can_be(SIGUSR2));
}

TEST_F(InterruptionTest, WhoHasEndedSendsNothing) {
  send(child_, SIGUSR1);
  call_ = run_.call(game_, "read()", 0);
  EXPECT_TRUE(can_be(SIGUSR1)) << "it might have been later";
  run_.exit(child_);
  call_ = run_.call(game_, "write()", 0);
  EXPECT_FALSE(can_be(SIGUSR1));
}

TEST_F(InterruptionTest, WhatItSendsToItselfIsNoInterruption) {
  send(game_, SIGUSR1);
  call_ = run_.call(game_, "read()", 0);
  EXPECT_FALSE(can_be(SIGUSR1));
}

TEST_F(InterruptionTest, TheKernelsOwnWereSeenToInTheRun) {
  call_ = run_.call(game_, "read()", 0);
  EXPECT_TRUE(can_be(SIGCHLD));
  EXPECT_TRUE(can_be(SIGALRM));
}

TEST_F(InterruptionTest, FromOutsideComesWhatTheLabSays) {
  call_ = run_.call(game_, "read()", 0);
  EXPECT_TRUE(can_be(SIGINT));
  EXPECT_FALSE(can_be(SIGTERM));
  assignment_.scenarios[1].signals[0].to.child = true;
  EXPECT_FALSE(can_be(SIGINT)) << "it is for the child";
}

TEST_F(InterruptionTest, AHandlerComesBackOrDoesNot) {
  const auto took = [&](EventKind kind, int signal) {
    run_.trace.events.push_back({.kind = kind, .task = game_, .result = signal});
  };
  run_.trace.events[run_.call(game_, "sem_wait()", -EINTR)].injected = true;
  EXPECT_FALSE(comes_back(run_.trace, game_, SIGALRM));
  took(EventKind::kSignal, SIGALRM);
  EXPECT_FALSE(comes_back(run_.trace, game_, SIGALRM)) << "it has ended the program";
  took(EventKind::kSignalEnd, SIGALRM);
  EXPECT_TRUE(comes_back(run_.trace, game_, SIGALRM));
  EXPECT_FALSE(comes_back(run_.trace, game_, SIGINT));
}

}  // namespace
}  // namespace ipcgrade
