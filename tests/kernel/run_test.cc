// Scenarios at full speed: when programs are started, and what the trace says of the run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <functional>

#include "detect/left_behind.h"
#include "detect/results.h"
#include "run/full_speed_runs.h"
#include "support/box_support.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;
using ipcgrade_test::host;
using testing::IsEmpty;
using testing::SizeIs;

class RunTest : public ipcgrade_test::BoxFixture {
 protected:
  /// Starts `program`, which is the guest doing `action`, once one of `when` holds.
  void add(std::string program, std::vector<std::string> action, std::vector<Condition> when = {}) {
    programs_.push_back({program, ipcgrade_test::bytes_of(IPCGRADE_GUEST)});
    scenario.starts.push_back({std::move(program), std::move(action), "", std::move(when)});
  }

  sandbox::Expected<Trace> try_run(std::vector<std::string> groups = {
                                       "sysv-shared-memory", "sysv-semaphores", "sysv-queues",
                                       "posix-ipc", "signals"}) {
    Assignment assignment;
    assignment.programs.clear();
    const auto policy = sandbox::Policy::of(groups);
    std::optional<sandbox::Isolation> isolation;
    return run_at_full_speed({host(), assignment, *policy, programs_, -1}, scenario, isolation);
  }
  Trace run() {
    auto trace = try_run();
    if (!trace) throw std::runtime_error(trace.error().text());
    return std::move(*trace);
  }
  /// Twice the scenario, beside each other; what `look` sees of them.
  void run_twice(const std::function<void(FullSpeedRuns&)>& look, int stop = -1) {
    Assignment assignment;
    assignment.programs.clear();
    assignment.scenarios = {scenario, scenario};
    const auto policy = sandbox::Policy::of({});
    const RunSpec spec{host(), assignment, *policy, programs_, stop};
    FullSpeedRuns runs(spec, 1);
    look(runs);
  }
  static int status(const ProcessRecord& process) {
    return process.end ? ipcgrade_test::exit_status(*process.end) : -2;
  }

  Scenario scenario{"scenario", "title", {}, {}, {}, 20s};

 private:
  std::vector<Program> programs_;
};

TEST_F(RunTest, AStartWaitsForItsSegment) {
  add("server", {"make-segment", "5678", "27"});
  add("client", {"remove-segment", "5678"}, {SegmentExists{5678, 27, false}});
  scenario.wall = 3s;  // the server goes on
  const Trace trace = run();
  ASSERT_THAT(trace.processes, SizeIs(2));
  EXPECT_EQ(status(trace.processes[1]), 0) << trace.processes[1].output;
  EXPECT_EQ(trace.processes[0].output, "ready\n");
  ASSERT_TRUE(trace.stopped);
  EXPECT_EQ(trace.stopped->command, 0);
  EXPECT_THAT(trace.left.segments, IsEmpty());
}

TEST_F(RunTest, ASegmentThatWasGivenLetsTheFirstStart) {
  scenario.given = {{5678, 27}};
  add("client", {"remove-segment", "5678"}, {SegmentExists{5678, 27, false}});
  const Trace trace = run();
  EXPECT_EQ(status(trace.processes[0]), 0) << trace.processes[0].output;
}

TEST_F(RunTest, AStartWhoseMomentNeverComesIsGivenUp) {
  scenario.given = {{5678, 26}};
  add("server", {"exit", "0"});
  add("small", {"exit", "0"}, {SegmentExists{5678, 27, false}});
  add("unattached", {"exit", "0"}, {SegmentExists{5678, 0, true}});
  add("other", {"exit", "0"}, {SegmentExists{5679, 0, false}});
  const Trace trace = run();
  EXPECT_EQ(status(trace.processes[0]), 0);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_FALSE(trace.processes[i].end) << i;
  EXPECT_FALSE(trace.stopped);
  ASSERT_THAT(trace.seen_segments, SizeIs(1));
  EXPECT_EQ(trace.seen_segments[0].size, 26);
}

TEST_F(RunTest, AStartWaitsForAnEnd) {
  add("first", {"exit", "3"});
  add("second", {"exit", "4"}, {ProgramEnded{"first"}});
  add("third", {"exit", "5"}, {SegmentExists{1, 0, false}, ProgramEnded{"second"}});
  const Trace trace = run();
  EXPECT_EQ(status(trace.processes[0]), 3);
  EXPECT_EQ(status(trace.processes[1]), 4);
  EXPECT_EQ(status(trace.processes[2]), 5);
}

TEST_F(RunTest, AddressesAreTheSameInEachRun) {
  add("server", {"print-addresses"});
  const std::string first = run().processes[0].output;
  EXPECT_THAT(first, testing::StartsWith("0x"));
  EXPECT_EQ(run().processes[0].output, first);
}

TEST_F(RunTest, WhatIsLeftIsInTheTrace) {
  add("server", {"leave-all"});
  const Trace trace = run();
  EXPECT_THAT(trace.left.segments, SizeIs(1));
  EXPECT_THAT(trace.left.semaphore_sets, SizeIs(1));
  EXPECT_THAT(trace.left.message_queues, SizeIs(1));
  EXPECT_THAT(trace.left.posix_queues, SizeIs(1));
  EXPECT_THAT(trace.left.shared_memory_files, SizeIs(2));
  ASSERT_THAT(trace.left.processes, SizeIs(1));
  EXPECT_EQ(trace.left.processes[0].name, "server");
  EXPECT_THAT(trace.unreaped, IsEmpty()) << "it was ended by us";
  EXPECT_THAT(detect_left_behind(scenario, trace), SizeIs(7));
}

TEST_F(RunTest, AChildThatIsLeftIsHeldToThePolicy) {
  add("server", {"open-internet-socket-late"});
  scenario.results = {{{{"server", "", ExitIs{0}, false}}, false}};
  const Trace trace = run();
  EXPECT_EQ(status(trace.processes[0]), 0);
  ASSERT_TRUE(trace.stopped);
  EXPECT_TRUE(std::holds_alternative<sandbox::RefusedCall>(trace.stopped->what));
  EXPECT_EQ(trace.stopped->command, 0);
  const auto findings = detect_wrong_results(scenario, trace);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].kind, Kind::kForbiddenCall);
}

TEST_F(RunTest, WhatWeCannotStartIsNoFaultOfTheProgram) {
  for (int i = 0; i < 65; ++i) add("p" + std::to_string(i), {"exit", "0"});
  const auto trace = try_run();
  ASSERT_FALSE(trace);
  EXPECT_THAT(trace.error().text(), testing::HasSubstr("start p64: fork"));
}

TEST_F(RunTest, NobodyWaitsForARunThatGoesOn) {
  add("server", {"sleep", "3600"});
  scenario.wall = 3600s;
  run_twice([](FullSpeedRuns& runs) {
    const auto goes_on = runs.wait(0, 100ms);
    ASSERT_TRUE(goes_on) << goes_on.error().text();
    EXPECT_EQ(*goes_on, nullptr);
    runs.cut(0);
    const auto over = runs.wait(0);
    ASSERT_TRUE(over) << over.error().text();
    EXPECT_TRUE(std::holds_alternative<sandbox::Interrupted>((*over)->trace.stopped->what));
    // The next has begun; and the end of the runs does not wait for it.
    EXPECT_EQ(runs.wait(1, 0ms).value(), nullptr);
  });
}

TEST_F(RunTest, AStopEndsTheRunsBesideEachOther) {
  add("server", {"sleep", "3600"});
  scenario.wall = 3600s;
  const sandbox::Fd stop(::eventfd(1, EFD_CLOEXEC));
  run_twice(
      [](FullSpeedRuns& runs) {
        EXPECT_TRUE(decides(runs.wait(0).value()->trace));
        EXPECT_TRUE(decides(runs.wait(1).value()->trace));
      },
      stop.get());
}

}  // namespace
}  // namespace ipcgrade
