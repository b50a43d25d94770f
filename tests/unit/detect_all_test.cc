// Which faults of a held run are told, as what, and which are not told twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "detect/detect.h"
#include "detect/identity.h"
#include "detect/order_dependent.h"
#include "detect/timing.h"
#include "support/trace_builder.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Scenario alphabet() {
  Scenario scenario;
  scenario.id = "together";
  scenario.title = "the client is started once there is a segment";
  scenario.starts.resize(2);
  scenario.starts[0].program = "server";
  scenario.starts[1].program = "client";
  scenario.results = {
      {{{"server", "", ExitIs{0}, false}, {"client", "abc\n", ExitIs{0}, false}}, false}};
  return scenario;
}

/// A run that is right, unless a test makes it wrong.
struct Pair {
  TraceBuilder run;
  TaskId server = run.program("server"), client = run.program("client");
  ObjectId segment = run.memory("the segment", 27);

  Pair() { output() = "abc\n"; }
  std::string& output() { return run.trace.processes[client].output; }
  Trace& done(int server_status = 0, int client_status = 0) {
    run.exit(server, server_status);
    run.exit(client, client_status);
    return run.trace;
  }
};

struct DetectTest : testing::Test {
  Pair fair, other;
  Scenario scenario = alphabet();

  DetectTest() { fair.done(); }
  std::vector<Finding> found(const Trace& trace) {
    return detect_all(scenario, &fair.run.trace, trace);
  }
};

std::vector<Kind> kinds(const std::vector<Finding>& findings) {
  std::vector<Kind> all;
  for (const Finding& finding : findings) all.push_back(finding.kind);
  return all;
}

TEST_F(DetectTest, WhatIsRightIsNotAccused) {
  EXPECT_THAT(detect_all(scenario, nullptr, fair.run.trace), IsEmpty());
  EXPECT_THAT(found(other.done()), IsEmpty());
}

TEST_F(DetectTest, WrongInTheFairRunIsWrongOutput) {
  other.output() = "a\n";
  const auto all = detect_all(scenario, nullptr, other.done());
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kWrongOutput));
  EXPECT_EQ(all[0].stage, Stage::kFair);
}

TEST_F(DetectTest, WrongInAnotherOrderDependsOnIt) {
  other.output() = "ab";
  const auto all = found(other.done());
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kOrderDependentResult));
  EXPECT_EQ(all[0].stage, Stage::kOrders);
  EXPECT_EQ(
      all[0].message,
      "in this order client printed only the first 2 of 4 bytes; when each gets its turn, all "
      "is right");
  EXPECT_THAT(all[0].details, Contains("right is:"));
  EXPECT_THAT(all[0].details, Contains("client printed:"));
  EXPECT_THAT(all[0].story, Not(IsEmpty()));
  EXPECT_EQ(all[0].situation, scenario.title);
}

TEST_F(DetectTest, HowManyBytesAreMissingIsNoDifference) {
  other.output() = "ab";
  const auto two = found(other.done());
  Pair third;
  third.output() = "a";
  const auto one = found(third.done());
  EXPECT_EQ(identity(one.at(0)), identity(two.at(0)));
  Pair fourth;
  const auto exits = found(fourth.done(0, 1 << 8));
  EXPECT_NE(identity(exits.at(0)), identity(two.at(0)));
}

TEST_F(DetectTest, AWrongFairRunIsNotChargedAgain) {
  fair.run.trace.processes[1].output = "";
  other.output() = "ab";
  other.run.write(other.server, other.segment, 0, 4, 1);
  other.run.read(other.client, other.segment, 0, 4, 1);
  EXPECT_THAT(kinds(found(other.done())), ElementsAre(Kind::kDataRace));
}

TEST_F(DetectTest, ARaceAndItsResultAreTwoFindings) {
  other.output() = "ab";
  other.run.write(other.server, other.segment, 0, 4, 1);
  other.run.read(other.client, other.segment, 0, 4, 1);
  EXPECT_THAT(kinds(found(other.done())),
              ElementsAre(Kind::kOrderDependentResult, Kind::kDataRace));
}

TEST_F(DetectTest, ASleepThatEndedWhileTheOtherStoodStill) {
  other.output() = "";
  other.run.event(EventKind::kTimer, other.client, "", {.line = 20});
  const Choice sleep_ends{.actor = {ActorKind::kTimeOut, other.client},
                          .enabled = true,
                          .preempts = true,
                          .stall = seconds(1)};
  other.run.chosen(sleep_ends, false);
  const auto all = found(other.done());
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kTimingAssumption));
  EXPECT_EQ(all[0].stage, Stage::kOrders);
  EXPECT_THAT(all[0].message,
              HasSubstr("client printed nothing; that happens when client's sleep or time-out at "
                        "client.c:20 is over while server has stood still for 1 s"));
  const auto over = std::ranges::find(all[0].story, 20, &StoryStep::line);
  ASSERT_NE(over, all[0].story.end());
  EXPECT_EQ(over->text, "its time is over, while server stands still for 1 s");
  Pair third;
  third.output() = "";
  EXPECT_EQ(identity(all[0]), identity(found(third.done()).at(0)))
      << "which it is shows in the short schedule";
}

TEST_F(DetectTest, ASleepThatNobodyWasHeldUpForIsNoTimingAssumption) {
  other.output() = "";
  other.run.event(EventKind::kTimer, other.client, "", {});
  other.run.chosen(
      {.actor = {ActorKind::kTimeOut, other.client}, .enabled = true, .preempts = true}, false);
  EXPECT_THAT(kinds(found(other.done())), ElementsAre(Kind::kOrderDependentResult));
}

TEST_F(DetectTest, WhoThenWaitedIsToldOfAsLongAsTheOthersEndedWell) {
  other.output() = "a";
  other.run.exit(other.client);
  other.run.trace.end = RunEnd::kDeadlock;
  other.run.waits(other.server, "waits for the client's answer", {other.client});
  EXPECT_THAT(kinds(found(other.run.trace)),
              ElementsAre(Kind::kOrderDependentResult, Kind::kDeadlock));
  other.run.trace.processes[1].end = sandbox::Exited{1};
  EXPECT_THAT(kinds(found(other.run.trace)), ElementsAre(Kind::kOrderDependentResult))
      << "a partner that gave up did not do its part";
}

TEST_F(DetectTest, AHangIsToldForWhatItIs) {
  other.run.exit(other.client);
  other.run.trace.end = RunEnd::kDeadlock;
  other.run.waits(other.server, "waits for the client's answer", {other.client});
  EXPECT_THAT(kinds(found(other.run.trace)), ElementsAre(Kind::kDeadlock));
}

TEST_F(DetectTest, WhoWasNeverStartedSufferedFromTheHang) {
  other.run.trace.processes[1].end.reset();
  other.run.trace.processes[1].output.clear();
  other.run.trace.tasks.pop_back();
  other.run.trace.events.pop_back();
  other.run.trace.end = RunEnd::kDeadlock;
  other.run.waits(other.server, "waits for itself", {});
  EXPECT_THAT(kinds(found(other.run.trace)), ElementsAre(Kind::kDeadlock));
  other.run.trace.seen_segments.push_back({.key = 0x5678, .size = 27});  // not the one it needs
  EXPECT_THAT(kinds(found(other.run.trace)), ElementsAre(Kind::kOrderDependentResult));
  other.run.trace.end = RunEnd::kDone;
  other.run.trace.processes[0].end = sandbox::Exited{0};
  EXPECT_THAT(kinds(found(other.run.trace)), ElementsAre(Kind::kOrderDependentResult));
}

TEST_F(DetectTest, ACrashIsToldAtItsLine) {
  other.output() = "";
  other.run.event(EventKind::kCrash, other.client, "", {.line = 31}, SIGSEGV);
  const auto all = found(other.done(0, SIGSEGV));
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kCrash));
  EXPECT_EQ(all[0].message, "client was ended by SIGSEGV at client.c:31");
  EXPECT_EQ(all[0].locations.at(0).line, 31);
}

TEST_F(DetectTest, ASignalThatSomebodySentIsNoCrash) {
  other.output() = "";
  const EventId kill = other.run.call(other.server, "kill(101, SIGUSR1) = 0");
  other.run.event(EventKind::kSignal, other.client, "", {.after = {kill}}, SIGUSR1);
  EXPECT_THAT(kinds(found(other.done(0, SIGUSR1))), ElementsAre(Kind::kOrderDependentResult));
}

TEST_F(DetectTest, AnAlarmOfItsOwnIsOne) {
  other.output() = "";
  const EventId alarm = other.run.call(other.client, "alarm(1) = 0");
  const EventId fires =
      other.run.event(EventKind::kTimer, kNoTask, "a timer fires", {.after = {alarm}});
  other.run.event(EventKind::kSignal, other.client, "", {.after = {fires}}, SIGALRM);
  EXPECT_THAT(kinds(found(other.done(0, SIGALRM))), ElementsAre(Kind::kCrash));
}

TEST_F(DetectTest, AChildThatCrashesIsTold) {
  const EventId fork = other.run.call(other.server, "fork() = 102");
  const TaskId child = other.run.child(other.server, fork);
  other.run.event(EventKind::kCrash, child, "", {.line = 8}, SIGFPE);
  other.run.exit(child, SIGFPE);
  const auto all = found(other.done());
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kCrash));
  EXPECT_EQ(all[0].message, "server's child 1 was ended by SIGFPE at server.c:8");
}

TEST_F(DetectTest, AChildThatItsParentEndedIsNot) {
  const EventId fork = other.run.call(other.server, "fork() = 102");
  const TaskId child = other.run.child(other.server, fork);
  const EventId kill = other.run.call(other.server, "kill(102, SIGKILL) = 0");
  other.run.event(EventKind::kSignal, child, "", {.after = {kill}}, SIGKILL);
  other.run.exit(child, SIGKILL);
  EXPECT_THAT(found(other.done()), IsEmpty());
}

TEST_F(DetectTest, WhatIsLeftInSomeOrderIsTold) {
  other.run.trace.left.message_queues = {{0, 7, 3, 10}};
  const auto all = found(other.done());
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kLeakedObject));
  EXPECT_EQ(all[0].stage, Stage::kOrders);
  fair.run.trace.left.message_queues = {{0, 7, 5, 10}};
  const auto fairly = detect_all(scenario, nullptr, fair.run.trace);
  ASSERT_THAT(kinds(fairly), ElementsAre(Kind::kLeakedObject));
  EXPECT_EQ(fairly[0].stage, Stage::kFair);
  EXPECT_EQ(identity(all[0]), identity(fairly[0]));
}

TEST_F(DetectTest, WhoMayWaitLeavesWhatItLikes) {
  scenario.results.push_back(
      {{{"server", "", ExitNonzero{}, false}, {"client", "", ExitNonzero{}, true}}, false});
  other.output() = "";
  other.run.exit(other.server, 1 << 8);
  other.run.trace.end = RunEnd::kDeadlock;
  other.run.waits(other.client, "waits for a segment", {other.server});
  other.run.trace.left.semaphore_sets = {{0, 7, 1}};
  EXPECT_THAT(found(other.run.trace), IsEmpty());
}

TEST_F(DetectTest, AChildThatWaitsWhenAllIsOverIsLeftBehind) {
  const EventId fork = other.run.call(other.server, "fork() = 102");
  const TaskId child = other.run.child(other.server, fork);
  other.done();
  other.run.trace.end = RunEnd::kDeadlock;
  other.run.trace.tasks[child].waits_for = "reads from pipe 1";
  const auto all = found(other.run.trace);
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kLeakedProcess));
  EXPECT_THAT(all[0].message, HasSubstr("server's child 1"));
}

TEST_F(DetectTest, BurningIsChargedToTheOrdersAlsoInTheFairRun) {
  other.run.event(EventKind::kSpin, other.server, "", {.line = 4});
  const auto all = detect_all(scenario, nullptr, other.done());
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kBusyWait));
  EXPECT_EQ(all[0].stage, Stage::kOrders);
}

TEST_F(DetectTest, WhatCannotBeJudgedIsNot) {
  other.output() = "";
  other.done();
  for (const RunEnd end : {RunEnd::kUnmodelled, RunEnd::kFullSpeed, RunEnd::kAbandoned}) {
    other.run.trace.end = end;
    EXPECT_THAT(found(other.run.trace), IsEmpty());
  }
  other.run.trace.end = RunEnd::kStopped;
  other.run.trace.stopped = sandbox::Cause{sandbox::Interrupted{}, std::nullopt};
  EXPECT_THAT(found(other.run.trace), IsEmpty());
}

TEST_F(DetectTest, TooManyStepsAccuseNobody) {
  other.output() = "";
  other.run.trace.end = RunEnd::kSteps;
  other.run.waits(other.server, "");
  other.run.waits(other.client, "");
  EXPECT_THAT(found(other.run.trace), IsEmpty());
}

// Where they stood is looked up for few runs only: several that a limit cut short are the same
// finding with their places and without.
TEST_F(DetectTest, WhatALimitCutShortIsTheSameWithItsPlaces) {
  std::vector<std::string> identities;
  for (const int line : {0, 12}) {
    Pair pair;
    pair.run.trace.end = RunEnd::kStopped;
    pair.run.trace.stopped = sandbox::Cause{
        sandbox::LimitReached{sandbox::LimitKind::kWallTime, 66'000, 66'000}, std::nullopt};
    pair.run.waits(pair.server, "sleeps", {}, line);
    pair.run.waits(pair.client, "waits in pause for a signal", {}, line);
    const auto all = detect_all(scenario, nullptr, pair.run.trace);
    ASSERT_THAT(kinds(all), ElementsAre(Kind::kTimeLimit));
    identities.push_back(identity(all[0]));
  }
  EXPECT_EQ(identities[0], identities[1]);
}

/// A run that the server came to a limit in: each line is the place of something else.
struct LimitTest : DetectTest {
  LimitTest() {
    other.run.call(other.server, "fork()", 1001, {.line = 30});
    child = other.run.child(other.server, 2);
    other.run.call(child, "write(2, \"a\", 1)", 1, {.line = 31});
    other.run.call(other.client, "shmget()", 0, {.line = 40});
    other.run.waits(other.server, "waits for a child", {}, 32);
    other.run.waits(child, std::string(kBurns), {}, 33);
    other.run.waits(other.client, "waits for the server", {}, 41);
  }
  std::vector<int> lines_of(sandbox::LimitKind limit) {
    other.run.trace.end = RunEnd::kStopped;
    other.run.trace.stopped = sandbox::Cause{sandbox::LimitReached{limit, 1, 1}, 0};
    std::vector<int> lines;
    for (const Finding& finding : detect_all(scenario, nullptr, other.run.trace)) {
      for (const Location& location : finding.locations) lines.push_back(location.line);
    }
    return lines;
  }
  TaskId child{};
};

TEST_F(LimitTest, WhatWasDoneTooOftenIsPlacedWhereItWasDoneLast) {
  for (const auto limit : {sandbox::LimitKind::kProcesses, sandbox::LimitKind::kFileSize,
                           sandbox::LimitKind::kOutput}) {
    EXPECT_THAT(lines_of(limit), ElementsAre(31));
  }
}

TEST_F(LimitTest, WhoComputesIsToldAndNotWhoWaitsForThat) {
  EXPECT_THAT(lines_of(sandbox::LimitKind::kCpuTime), ElementsAre(33));
  EXPECT_THAT(lines_of(sandbox::LimitKind::kMemory), ElementsAre(33));
}

TEST_F(LimitTest, APauseThatTookMostOfTheTimeIsTheReason) {
  using std::chrono::seconds;
  Event& nap =
      other.run.trace
          .events[other.run.event(EventKind::kTimer, child, "sleep(40 s) is over", {.line = 35})];
  nap.at = seconds(40);
  other.run.trace.end = RunEnd::kStopped;
  const auto told = [&](std::uint64_t most) {
    other.run.trace.stopped =
        sandbox::Cause{sandbox::LimitReached{sandbox::LimitKind::kWallTime, most, most}, 0};
    return detect_all(scenario, nullptr, other.run.trace).at(0);
  };
  EXPECT_THAT(told(66'000).message,
              testing::EndsWith(
                  "still running after 66 s, of which server's child 1 slept 40 s at server.c:35"));
  EXPECT_EQ(told(66'000).locations.at(0).line, 35);
  EXPECT_THAT(told(90'000).message, testing::EndsWith("still running after 90 s"));
}

TEST_F(LimitTest, WhereNobodyComputesAllThatWaitAreTold) {
  other.run.waits(child, "sleeps", {}, 34);
  EXPECT_THAT(lines_of(sandbox::LimitKind::kWallTime), ElementsAre(32, 34));
}

TEST_F(LimitTest, WhereNobodyKnowsWhereTheyStandTheLastStepIsTold) {
  other.run.waits(other.server, "waits for a child");
  other.run.waits(child, std::string(kBurns));
  EXPECT_THAT(lines_of(sandbox::LimitKind::kCpuTime), ElementsAre(31));
}

TEST_F(DetectTest, WhatIsCountedOnIsTheSleepThatEndedWhileTheOtherStoodStill) {
  EXPECT_THAT(sleeps_counted_on(fair.run.trace), IsEmpty());
  other.run.event(EventKind::kTimer, other.client, "sleep(1 s) is over", {.line = 20});
  other.run.chosen({.actor = {ActorKind::kTimeOut, other.client},
                    .enabled = true,
                    .preempts = true,
                    .stall = seconds(1)},
                   false);
  EXPECT_THAT(sleeps_counted_on(other.done()), ElementsAre("client: sleep(1 s) is over"));
}

struct ExploreTest : DetectTest {
  ExploreTest() { scenario.results.clear(); }
};

TEST_F(ExploreTest, AnExitThatDiffersIsAnError) {
  const auto all = found(other.done(1 << 8));
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kOrderDependentResult));
  EXPECT_EQ(all[0].severity, Severity::kError);
  EXPECT_THAT(all[0].message,
              HasSubstr("server exits with 1 in this order, and exits with 0 when"));
}

TEST_F(ExploreTest, OutputThatDiffersIsANote) {
  other.output() = "cba\n";
  const auto all = found(other.done());
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kOrderDependentResult));
  EXPECT_EQ(all[0].severity, Severity::kNote);
}

TEST_F(ExploreTest, AnExitInAllOrdersIsANote) {
  const auto all = detect_all(scenario, nullptr, other.done(3 << 8));
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kWrongExit));
  EXPECT_EQ(all[0].severity, Severity::kNote);
  Pair third;
  EXPECT_THAT(detect_all(scenario, &other.run.trace, third.done(3 << 8)), IsEmpty());
}

TEST_F(ExploreTest, ACrashAndAHangAreErrors) {
  other.run.event(EventKind::kCrash, other.client, "", {.line = 31}, SIGSEGV);
  EXPECT_THAT(kinds(found(other.done(0, SIGSEGV))), ElementsAre(Kind::kCrash));
  Pair third;
  third.run.exit(third.client);
  third.run.trace.end = RunEnd::kDeadlock;
  third.run.waits(third.server, "waits for the client's answer", {third.client});
  EXPECT_THAT(kinds(found(third.run.trace)), ElementsAre(Kind::kDeadlock));
}

TEST_F(ExploreTest, WhatARunIsStoppedForIsAnError) {
  other.run.trace.end = RunEnd::kStopped;
  other.run.trace.stopped =
      sandbox::Cause{sandbox::LimitReached{sandbox::LimitKind::kMemory, 1 << 20, 1 << 20}, 1};
  const auto memory = found(other.run.trace);
  ASSERT_THAT(kinds(memory), ElementsAre(Kind::kMemoryLimit));
  EXPECT_EQ(memory[0].severity, Severity::kError);
  other.run.trace.stopped =
      sandbox::Cause{sandbox::RefusedCall{"mount()", "mounts", "changes mounts", {}}, 0};
  const auto call = detect_all(scenario, nullptr, other.run.trace);
  ASSERT_THAT(kinds(call), ElementsAre(Kind::kForbiddenCall));
  EXPECT_THAT(call[0].message, HasSubstr("is not allowed here"));
}

TEST_F(ExploreTest, BurningIsANote) {
  other.run.event(EventKind::kSpin, other.server, "", {.line = 4});
  const auto all = found(other.done());
  ASSERT_THAT(kinds(all), ElementsAre(Kind::kBusyWait));
  EXPECT_EQ(all[0].severity, Severity::kNote);
}

/// The client is to have what it prints from the segment with key 7.
struct FromSegment : Pair {
  Scenario scenario = alphabet();
  ObjectId there = run.memory("the segment with key 7", 27);

  FromSegment() { scenario.results[0].programs[1].from_segment = 7; }
  std::vector<Finding> judge() { return detect_all(scenario, nullptr, run.trace); }
};

TEST(DetectAllTest, WhatIsPrintedHasBeenRead) {
  FromSegment right;
  for (std::uint64_t i = 0; i < 3; ++i) right.run.read(right.client, right.there, i, 1, 'a');
  EXPECT_THAT(right.judge(), IsEmpty());
  FromSegment for_it;
  for_it.run.call(for_it.client, "write(1, \"abc\")", 3, {.touches = {reads(for_it.there, 4, 7)}});
  EXPECT_THAT(for_it.judge(), IsEmpty()) << "the kernel reads it on the client's behalf";
}

TEST(DetectAllTest, WhatIsPrintedMayComeLetterByLetter) {
  FromSegment right;
  for (int i = 0; i < 3; ++i) {
    const EventId put = right.run.write(right.server, right.there, 9, 1, 'a' + i,
                                        {.order = AccessOrder::kSequential});
    right.run.read(right.client, right.there, 9, 1, 'a' + i,
                   {.order = AccessOrder::kSequential, .after = {put}});
  }
  EXPECT_THAT(right.judge(), IsEmpty());
}

TEST(DetectAllTest, WhatIsPrintedHasNotBeenRead) {
  FromSegment wrong;
  wrong.run.read(wrong.client, wrong.there, 20, 2, 1);
  wrong.run.read(wrong.client, wrong.there, 20, 2, 1);
  wrong.run.read(wrong.client, wrong.segment, 0, 4, 1);
  wrong.run.write(wrong.client, wrong.there, 0, 4, 1);
  wrong.run.read(wrong.server, wrong.there, 8, 4, 1);
  const auto findings = wrong.judge();
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].kind, Kind::kWrongOutput);
  EXPECT_EQ(findings[0].stage, Stage::kFair);
  EXPECT_EQ(
      findings[0].message,
      "client printed the right 4 bytes, but not from the segment with key 7, of which it has "
      "read 2 bytes only");
}

}  // namespace
}  // namespace ipcgrade
