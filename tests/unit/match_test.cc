// Whether a run came out as a result says: values in outputs, rounds, children, failures from the
// beginning. Traces are written by hand.
#include "detect/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "detect/detect.h"
#include "detect/results.h"
#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

const Party kParent{"game", false};
const Party kChild{"game", true};
const Rounds kRounds{SIGUSR1, SIGUSR2, kParent, kChild};

/// A parent and a child that play with signals.
class MatchTest : public testing::Test {
 protected:
  MatchTest() {
    parent = run.program("game");
    child = run.child(parent, run.call(parent, "fork() = 101"));
    ExpectedEnd end;
    end.program = "game";
    scenario.id = "together";
    scenario.title = "a game";
    scenario.results.push_back({{end}});
  }

  void send(TaskId from, int number, TaskId to) {
    const EventId event = run.call(from, "kill()");
    run.trace.sent_signals.push_back({event, to, number});
    run.trace.taken_signals.push_back({event, to, number});
  }
  void round() {
    send(parent, SIGUSR1, child);
    send(child, SIGUSR2, parent);
  }
  void comes(int number, TaskId to) {
    const EventId event =
        run.event(EventKind::kTimer, kNoTask, "comes", {.injected = true}, number);
    run.trace.sent_signals.push_back({event, to, number});
  }
  /// Both end.
  void end(const std::string& output, int status = 0, int child_status = 0) {
    run.exit(child, child_status);
    run.exit(parent, status << 8);
    run.trace.processes[0].output = output;
  }
  ExpectedEnd& expected() { return scenario.results[0].programs[0]; }
  bool is_right() { return matching_result(scenario, run.trace) != nullptr; }
  std::string message() {
    const auto findings = detect_wrong_results(scenario, run.trace);
    return findings.empty() ? "" : findings.front().message;
  }

  TraceBuilder run;
  TaskId parent{}, child{};
  Scenario scenario;
};

class InterruptedTest : public MatchTest {
 protected:
  InterruptedTest() {
    expected().output = "interrupted {k}\n";
    expected().exit = ExitIs{1};
    expected().values = {{"k", RoundsSoFar{kRounds}}};
    Result late;
    ExpectedEnd end;
    end.program = "game";
    end.output = "rounds 3\n";
    late.programs.push_back(end);
    late.signal_after = {kRounds, 3};
    scenario.results.push_back(late);
  }
};

TEST_F(InterruptedTest, TakesAnyNumberOfRoundsThatItMayHaveCounted) {
  for (const auto& [output, right] : {std::pair("interrupted 0\n", false),
                                      {"interrupted 1\n", true},
                                      {"interrupted 2\n", true},
                                      {"interrupted 3\n", false},
                                      {"interrupted +1\n", false},
                                      {"interrupted \n", false},
                                      {"interrupted 1", false}}) {
    run = {};
    parent = run.program("game");
    child = run.child(parent, run.call(parent, "fork() = 101"));
    round();
    send(parent, SIGUSR1, child);  // so one round is over for certain
    comes(SIGINT, parent);
    send(child, SIGUSR2, parent);
    end(output, 1);
    EXPECT_EQ(is_right(), right) << output;
  }
}

TEST_F(InterruptedTest, AskedManyTimesAndAnsweredNeverIsNoRound) {
  for (int i = 0; i < 3; ++i) send(parent, SIGUSR1, child);
  comes(SIGINT, parent);
  end("interrupted 0\n", 1);
  EXPECT_TRUE(is_right());
}

TEST_F(InterruptedTest, TellsWhichNumbersWouldBeRight) {
  round();
  send(parent, SIGUSR1, child);
  comes(SIGINT, parent);
  send(child, SIGUSR2, parent);
  end("interrupted 7\n", 1);
  EXPECT_EQ(message(),
            "game printed 7 as its k, where 2 rounds had been answered when the child ended");
}

TEST_F(InterruptedTest, TellsHowManyWereSureToBeSeen) {
  round();
  round();
  send(parent, SIGUSR1, child);
  comes(SIGINT, parent);
  send(child, SIGUSR2, parent);
  end("interrupted 1\n", 1);
  EXPECT_EQ(message(),
            "game printed 1 as its k, where 2 rounds had been played when the signal from "
            "outside came");
}

TEST_F(InterruptedTest, ASignalThatCameInTimeMustBeObeyed) {
  round();
  round();
  comes(SIGINT, parent);
  round();
  end("rounds 3\n");
  EXPECT_FALSE(is_right());
  EXPECT_EQ(message(), "game printed something else, from byte 1 on");
}

TEST_F(InterruptedTest, OneAfterTheLastAnswerMayBeTooLate) {
  round();
  round();
  round();
  comes(SIGINT, parent);
  end("rounds 3\n");
  EXPECT_TRUE(is_right());
}

TEST_F(InterruptedTest, WithoutASignalNothingIsInterrupted) {
  round();
  round();
  round();
  end("interrupted 3\n", 1);
  EXPECT_FALSE(is_right());
}

TEST_F(MatchTest, WhoMayWaitForEverMayHaveAnAlarmEndIt) {
  run.exit(child);
  run.exit(parent, SIGALRM);
  EXPECT_FALSE(is_right());
  expected().may_wait = true;
  EXPECT_TRUE(is_right());
  run.trace.processes[0].end = sandbox::Signalled{SIGTERM};
  EXPECT_FALSE(is_right());
}

TEST_F(MatchTest, RoundsHaveToBePlayed) {
  scenario.results[0].played = {kRounds, 2};
  round();
  end("");
  EXPECT_FALSE(is_right());
  EXPECT_THAT(message(), HasSubstr("sent SIGUSR1"));
  EXPECT_THAT(message(), HasSubstr("1 time, where 2 rounds were to be played"));
}

TEST_F(MatchTest, NoMoreRoundsAreToBePlayed) {
  scenario.results[0].played = {kRounds, 1};
  round();
  round();
  end("");
  EXPECT_FALSE(is_right());
  EXPECT_THAT(message(), HasSubstr("2 times, where 1 round was to be played"));
}

TEST_F(MatchTest, RoundsComeOneAfterTheOther) {
  scenario.results[0].played = {kRounds, 2};
  send(parent, SIGUSR1, child);
  send(parent, SIGUSR1, child);
  send(child, SIGUSR2, parent);
  send(child, SIGUSR2, parent);
  end("");
  EXPECT_EQ(message(), "game asked again before it had the answer of round 1");
}

TEST_F(MatchTest, AChildMaySayThatItIsReadyFirst) {
  scenario.results[0].played = {kRounds, 2};
  send(child, SIGUSR2, parent);
  round();
  round();
  end("");
  EXPECT_TRUE(is_right());
}

TEST_F(MatchTest, ThatItIsReadyIsNoAnswer) {
  scenario.results[0].played = {kRounds, 1};
  send(child, SIGUSR2, parent);
  send(parent, SIGUSR1, child);
  end("");
  EXPECT_THAT(message(), HasSubstr("game's child answered SIGUSR1"));
  EXPECT_THAT(message(), HasSubstr("0 times, where 1 round was to be played"));
}

TEST_F(MatchTest, ASignalEndsTheRounds) {
  scenario.results[0].played = {kRounds, 1, SIGTERM};
  round();
  EXPECT_FALSE(wrong_rounds(scenario.results[0], run.trace)) << "it still runs: told as that";
  run.exit(child);
  const auto wrong = wrong_rounds(scenario.results[0], run.trace);
  ASSERT_TRUE(wrong);
  EXPECT_THAT(wrong->what, HasSubstr("never sent SIGTERM"));
  send(parent, SIGTERM, child);
  EXPECT_FALSE(wrong_rounds(scenario.results[0], run.trace));
}

TEST_F(MatchTest, ChildrenExitAsTheyShould) {
  expected().child_exit = 0;
  end("", 0, SIGTERM);
  EXPECT_THAT(message(), HasSubstr("game's child 1 was ended by SIGTERM"));
  const auto findings = detect_wrong_results(scenario, run.trace);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].kind, Kind::kWrongExit);
}

TEST_F(MatchTest, AProgramThatIsToBeAloneForksNobody) {
  expected().most_children = 0;
  end("");
  EXPECT_EQ(message(), "game forks a child, and should not");
}

TEST_F(MatchTest, ComplaintsGoToStderr) {
  expected().complains = true;
  end("");
  EXPECT_EQ(message(), "game said nothing on stderr");
  run.trace.processes[0].errors = "game: no";
  EXPECT_TRUE(is_right());
}

TEST_F(MatchTest, ABeginningCanBeRight) {
  expected().output = "ABC\n";
  expected().beginning = true;
  end("AB");
  EXPECT_TRUE(is_right());
  run.trace.processes[0].output = "AC";
  EXPECT_FALSE(is_right());
  run.trace.processes[0].output = "ABC\nD";
  EXPECT_FALSE(is_right());
}

TEST_F(MatchTest, TheSameNameStandsForTheSameAddress) {
  expected().output = "{a} 2\n{a} 1\n";
  expected().values = {{"a", PeerAddress{}}};
  run.trace.end = RunEnd::kFullSpeed;  // nobody saw which address it is
  end("0x7fff0010 2\n0x7fff0010 1\n");
  EXPECT_TRUE(is_right());
  run.trace.processes[0].output = "0x7fff0010 2\n0x7fff0014 1\n";
  EXPECT_EQ(message(), "game printed 0x7fff0014 as its a, which was another before");
  run.trace.processes[0].output = "7fff0010 2\n7fff0010 1\n";
  EXPECT_FALSE(is_right());
}

TEST_F(MatchTest, WhatGoesWrongAfterADeathIsAFailureThatWasNotHandled) {
  scenario.failure = true;
  expected().output = "ABC\n";
  expected().beginning = true;
  expected().complains = true;
  expected().exit = ExitNonzero{};
  comes(SIGKILL, child);
  end("AB", 0, SIGKILL);
  const auto findings = detect_all(scenario, nullptr, run.trace);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].kind, Kind::kUnhandledError);
  EXPECT_EQ(findings[0].stage, Stage::kFaults);
  EXPECT_THAT(findings[0].message, HasSubstr("when game's child 1 gets SIGKILL"));
  EXPECT_THAT(findings[0].message, HasSubstr("game exited with 0"));
}

}  // namespace
}  // namespace ipcgrade
