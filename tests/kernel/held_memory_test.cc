// What programs may not see of memory: another process's, and where their own is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "held_support.h"

namespace ipcgrade {
namespace {

using ipcgrade_test::SomeChooser;
using ipcgrade_test::status_of;
using testing::EndsWith;
using testing::SizeIs;

class HeldMemory : public ipcgrade_test::HeldFixture {
 protected:
  /// Once in the usual order, and in others.
  std::vector<Trace> run_well() {
    std::vector<Trace> traces{run()};
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      SomeChooser some(seed);
      traces.push_back(run(some));
    }
    for (const Trace& trace : traces) {
      EXPECT_EQ(trace.end, RunEnd::kDone) << trace.unmodelled;
      if (trace.processes.empty()) continue;
      EXPECT_EQ(status_of(trace.processes[0]), 0);
      EXPECT_THAT(trace.processes[0].output, EndsWith("ok\n"));
    }
    return traces;
  }
};

TEST_F(HeldMemory, OfAnotherProcessIsRefusedAndToldWhoAsked) {
  assignment.refused = {"peer-memory"};
  hold("reads_peer");
  if (HasFatalFailure()) return;
  for (const Trace& trace : run_well()) {
    const std::uint64_t variable = std::strtoull(trace.processes[0].output.c_str(), nullptr, 16);
    ASSERT_THAT(trace.peer_reads, SizeIs(3));
    EXPECT_EQ(std::ranges::count_if(trace.peer_reads, &PeerRead::of_child), 2);
    for (const PeerRead& read : trace.peer_reads) {
      const TaskRecord& who = trace.tasks[trace.events[read.event].task];
      ASSERT_NE(read.of, kNoTask);
      EXPECT_EQ(read.of_child, trace.tasks[read.of].parent == who.leader);
      ASSERT_THAT(read.pieces, SizeIs(1));
      EXPECT_EQ(read.pieces[0].begin, variable);
      EXPECT_EQ(read.pieces[0].end, variable + 4);
    }
  }
}

TEST_F(HeldMemory, OfAnotherProcessEndsTheRunWhereNothingIsSaidOfIt) {
  hold("reads_peer");
  if (HasFatalFailure()) return;
  const Trace trace = run();
  EXPECT_EQ(trace.end, RunEnd::kStopped);
  ASSERT_TRUE(trace.stopped);
  const auto* refused = std::get_if<sandbox::RefusedCall>(&trace.stopped->what);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->group, "peer-memory");
}

TEST_F(HeldMemory, NoPageMap) {
  page_map = PageMap::kAbsent;
  hold("reads_page_map", "absent");
  if (HasFatalFailure()) return;
  for (const Trace& trace : run_well()) {
    EXPECT_THAT(trace.page_map_tries, SizeIs(3));
    EXPECT_TRUE(std::ranges::all_of(trace.page_map_tries, &PageMapTry::failed));
  }
}

TEST_F(HeldMemory, APageMapThatCantBeRead) {
  page_map = PageMap::kUnreadable;
  hold("reads_page_map", "unreadable");
  if (HasFatalFailure()) return;
  for (const Trace& trace : run_well()) {
    // Where stdio has to seek to the middle of a block, it reads that, too.
    EXPECT_GE(std::ranges::count_if(trace.page_map_tries, &PageMapTry::failed), 5);
  }
}

TEST_F(HeldMemory, APageMapWithoutFrames) {
  page_map = PageMap::kZero;
  hold("reads_page_map", "zero");
  if (HasFatalFailure()) return;
  (void)run_well();
}

}  // namespace
}  // namespace ipcgrade
