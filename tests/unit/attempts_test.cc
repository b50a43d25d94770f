#include "detect/attempts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kVariable = 0x55d0c0ffee10;
constexpr std::uint64_t kEntry = 0x55d0c0ffe * 8;

class AttemptsTest : public testing::Test {
 protected:
  void ask(TaskId who, TaskId of, bool of_child, std::uint64_t address = kVariable) {
    const EventId event = run_.call(who, "process_vm_readv()", -1);
    run_.trace.peer_reads.push_back({event, of, of_child, {{address, address + 4}}});
  }
  void open(TaskId who, bool failed = false) { look(who, failed, 0, 0); }
  void look(TaskId who, bool failed, std::uint64_t begin, std::uint64_t end) {
    const EventId event = run_.call(who, "read()", 0);
    run_.trace.page_map_tries.push_back({event, failed, begin, end});
  }
  [[nodiscard]] bool tried(Attempt attempt) const {
    return has_tried(run_.trace, "address_space", attempt);
  }
  [[nodiscard]] auto addresses() const { return peer_addresses(run_.trace, "address_space"); }

  TraceBuilder run_;
  TaskId parent_ = run_.program("address_space");
  TaskId child_ = run_.child(parent_, run_.call(parent_, "fork()"));
  TaskId other_ = run_.program("other");
};

TEST_F(AttemptsTest, NothingWasTried) {
  EXPECT_FALSE(tried(Attempt::kPeerMemory));
  EXPECT_FALSE(tried(Attempt::kPageMap));
  EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(AttemptsTest, AParentAsksForItsChildsMemory) {
  ask(parent_, child_, true);
  EXPECT_TRUE(tried(Attempt::kPeerMemory));
  EXPECT_THAT(addresses(), ElementsAre(kVariable));
  EXPECT_FALSE(has_tried(run_.trace, "other", Attempt::kPeerMemory));
  EXPECT_THAT(peer_addresses(run_.trace, "other"), IsEmpty());
}

TEST_F(AttemptsTest, AThreadMayAsk) {
  ask(run_.child(parent_, run_.last(), true), child_, true);
  EXPECT_TRUE(tried(Attempt::kPeerMemory));
}

TEST_F(AttemptsTest, OthersMemoryIsNotAskedFor) {
  ask(child_, parent_, false);
  ask(parent_, parent_, false);
  ask(parent_, kNoTask, false);
  ask(other_, child_, true);
  EXPECT_FALSE(tried(Attempt::kPeerMemory));
  EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(AttemptsTest, APageMapThatCantBeOpenedNeedsNoMore) {
  ask(parent_, child_, true);
  open(parent_, true);
  EXPECT_TRUE(tried(Attempt::kPageMap));
  EXPECT_FALSE(has_tried(run_.trace, "other", Attempt::kPageMap));
}

TEST_F(AttemptsTest, APageMapThatIsOpenIsToBeReadAtTheVariable) {
  ask(parent_, child_, true);
  open(parent_);
  EXPECT_FALSE(tried(Attempt::kPageMap));
  look(parent_, false, 0, 8);
  look(parent_, false, kEntry - 8, kEntry);
  look(parent_, false, kEntry + 8, kEntry + 16);
  look(parent_, false, kEntry + 4, kEntry + 12);
  EXPECT_FALSE(tried(Attempt::kPageMap));
  look(other_, false, kEntry, kEntry + 8);
  EXPECT_FALSE(tried(Attempt::kPageMap));
  look(parent_, false, kEntry, kEntry + 8);
  EXPECT_TRUE(tried(Attempt::kPageMap));
}

TEST_F(AttemptsTest, WhatIsReadMayBeMoreAndMayFail) {
  ask(parent_, child_, true);
  open(parent_);
  look(parent_, true, kEntry / 4096 * 4096, kEntry / 4096 * 4096 + 4096);
  EXPECT_TRUE(tried(Attempt::kPageMap));
}

TEST_F(AttemptsTest, AnAccessThatFailedIsMadeUpForByAnOpenOne) {
  ask(parent_, child_, true);
  open(parent_, true);
  open(parent_);
  EXPECT_FALSE(tried(Attempt::kPageMap));
}

TEST_F(AttemptsTest, WithoutAPeerAddressAnyEntryWillDo) {
  open(parent_);
  look(parent_, false, 64, 72);
  EXPECT_TRUE(tried(Attempt::kPageMap));
  EXPECT_FALSE(tried(Attempt::kPeerMemory));
}

TEST_F(AttemptsTest, FullSpeedShowsNothing) {
  run_.trace.end = RunEnd::kFullSpeed;
  EXPECT_TRUE(tried(Attempt::kPeerMemory));
  EXPECT_TRUE(tried(Attempt::kPageMap));
}

}  // namespace
}  // namespace ipcgrade
