// Programs that fight their supervisor, or go past a limit: no crash of ours, no hang, no false
// word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "held_support.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;
using ipcgrade_test::SomeChooser;
using ipcgrade_test::status_of;
using sandbox::LimitKind;
using testing::HasSubstr;

/// What becomes of a program of held/.
struct Expected {
  const char* name;
  RunEnd end = RunEnd::kDone;
  int status = 0;
  std::string unmodelled{};  ///< a part of Trace::unmodelled
};
void PrintTo(const Expected& one, std::ostream* out) { *out << one.name; }

std::string last_events(const Trace& trace) {
  constexpr std::size_t kMost = 12;
  std::string text;
  const std::size_t first = trace.events.size() - std::min(trace.events.size(), kMost);
  for (std::size_t i = first; i < trace.events.size(); ++i) {
    text += "\n  " + std::string(text_of(trace, trace.events[i]));
  }
  return text;
}

class HeldHostile : public ipcgrade_test::HeldFixture,
                    public testing::WithParamInterface<Expected> {
 protected:
  static void expect(const Trace& trace) {
    const Expected& expected = GetParam();
    ASSERT_EQ(trace.processes.size(), 1U);
    const ProcessRecord& process = trace.processes[0];
    SCOPED_TRACE(process.output + process.errors + trace.unmodelled + last_events(trace));
    EXPECT_EQ(trace.end, expected.end);
    EXPECT_THAT(trace.unmodelled, HasSubstr(expected.unmodelled));
    EXPECT_EQ(trace.unmodelled.empty(), expected.unmodelled.empty());
    if (expected.end != RunEnd::kDone) return;
    EXPECT_EQ(status_of(process), expected.status);
    if (expected.status == 0) {
      EXPECT_EQ(process.output, "ok\n");
    }
  }
};

TEST_P(HeldHostile, ComesToItsEnd) {
  assignment.limits.processes = 200;
  hold(GetParam().name, "hello\n");
  if (HasFatalFailure()) return;
  expect(run());
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SomeChooser some(seed);
    expect(run(some));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Programs, HeldHostile,
    testing::Values(
        Expected{"own_segv_handler"}, Expected{"repairs_faults"},
        Expected{"blocked_fault", RunEnd::kDone, 128 + SIGSEGV}, Expected{"alternate_stack"},
        Expected{"traces_itself", RunEnd::kStopped}, Expected{"filters_itself", RunEnd::kStopped},
        Expected{"controls_itself"}, Expected{"dies_with_parent"}, Expected{"protects_segment"},
        Expected{"closes_everything"}, Expected{"writes_code"},
        Expected{"runs_shared_code", RunEnd::kUnmodelled, 0, "code in shared memory"},
        Expected{"looks_for_tracer"},
        Expected{"reads_own_memory", RunEnd::kUnmodelled, 0, "/proc/self/mem"},
        Expected{"opens_grader"}, Expected{"executes"},
        Expected{"executes_from_thread", RunEnd::kUnmodelled, 0, "execve"},
        Expected{"shares_all_memory", RunEnd::kUnmodelled, 0, "clone(CLONE_VM)"},
        Expected{"kills_everyone", RunEnd::kDone, 128 + SIGKILL}, Expected{"stops_child"},
        Expected{"kills_itself", RunEnd::kDone, 128 + SIGKILL}, Expected{"exits_from_thread"},
        Expected{"last_thread"}, Expected{"hundred_threads"}, Expected{"reads_stdin"},
        Expected{"computes_a_while"}, Expected{"uses_int_80", RunEnd::kStopped},
        Expected{"overflows_stack", RunEnd::kDone, 128 + SIGSEGV}, Expected{"speaks_for_runtime"}),
    [](const testing::TestParamInfo<Expected>& one) { return std::string(one.param.name); });

class HeldLimit : public ipcgrade_test::HeldFixture,
                  public testing::WithParamInterface<std::pair<const char*, LimitKind>> {};

/// As at full speed; and the next run is like the first.
TEST_P(HeldLimit, IsToldByItsName) {
  assignment.limits.memory = 64ULL << 20;
  assignment.limits.processes = 20;
  assignment.limits.output = 1ULL << 16;
  assignment.limits.file_size = 1ULL << 20;
  assignment.limits.wall = 20s;
  assignment.limits.cpu = 1s;
  hold(GetParam().first);
  if (HasFatalFailure()) return;
  for (int i = 0; i < 2; ++i) {
    const Trace trace = run();
    EXPECT_EQ(trace.end, RunEnd::kStopped) << trace.unmodelled;
    ASSERT_TRUE(trace.stopped);
    const auto* limit = std::get_if<sandbox::LimitReached>(&trace.stopped->what);
    ASSERT_NE(limit, nullptr);
    EXPECT_EQ(limit->kind, GetParam().second);
    EXPECT_GE(limit->used, limit->limit);
    // Time goes by for all programs alike.
    if (limit->kind != LimitKind::kWallTime) {
      EXPECT_EQ(trace.stopped->command, 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, HeldLimit,
                         testing::Values(std::pair("fork_bomb", LimitKind::kProcesses),
                                         std::pair("computes_for_ever", LimitKind::kCpuTime),
                                         std::pair("faults_for_ever", LimitKind::kCpuTime),
                                         std::pair("eats_memory", LimitKind::kMemory),
                                         std::pair("floods_stdout", LimitKind::kOutput),
                                         std::pair("fills_file", LimitKind::kFileSize),
                                         std::pair("sleeps_for_ever", LimitKind::kWallTime)),
                         [](const auto& one) { return std::string(one.param.first); });

using Held = ipcgrade_test::HeldFixture;

/// The dead of one run may not have been reaped when the next begins.
TEST_F(Held, RunsOfManyProcessesAreAllAlike) {
  assignment.limits.processes = 200;
  hold("fork_bomb");
  if (HasFatalFailure()) return;
  const std::size_t first = run().tasks.size();
  EXPECT_EQ(first, assignment.limits.processes);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(run().tasks.size(), first);
}

TEST_F(Held, WhatIsUsuallyRandomIsTheSameEveryTime) {
  hold("same_every_time");
  if (HasFatalFailure()) return;
  const std::string first = run().processes[0].output;
  EXPECT_EQ(first, run().processes[0].output);
  hold("same_every_time");
  EXPECT_EQ(first, run().processes[0].output) << "in another box";
}

}  // namespace
}  // namespace ipcgrade
