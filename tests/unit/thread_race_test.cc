// What threads told of in a log: where they are to be stopped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/data_race.h"
#include "detect/shadow.h"
#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct ThreadRaceTest : testing::Test {
  TraceBuilder run;
  TaskId first = run.program("server");
  ObjectId memory = run.memory("the memory of server", 0);
  EventId made = run.event(EventKind::kCall, first, "pthread_create() = 1001", {});
  TaskId second = run.child(first, made, true);

  /// After all events so far.
  void log(TaskId task, std::uint16_t does, std::uint64_t begin, std::uint64_t size = 4) {
    run.trace.logged.push_back({static_cast<EventId>(run.trace.events.size()), task, does,
                                AccessOrder::kPlain, memory, begin, begin + size, 0});
  }
  EventId call(TaskId task, const How& how = {}) {
    return run.event(EventKind::kCall, task, "sem_post", how);
  }
  [[nodiscard]] std::vector<Watched> races() const { return races_to_watch(run.trace); }
};

TEST_F(ThreadRaceTest, TheBytesThatTwoHaveInCommon) {
  log(first, kWrites, 96, 16);
  log(second, kReads, 100, 4);
  EXPECT_THAT(races(), ElementsAre(Watched{0, 100, 104}));
  EXPECT_THAT(detect_data_races({}, run.trace), IsEmpty()) << "it accuses nobody";
}

TEST_F(ThreadRaceTest, ReadersAndNeighboursDoNotRace) {
  log(first, kReads, 0);
  log(second, kReads, 0);
  log(first, kWrites, 4);
  log(second, kWrites, 8);
  EXPECT_THAT(races(), IsEmpty());
}

TEST_F(ThreadRaceTest, WhatCameBeforeTheThreadWasMade) {
  run.trace.logged.push_back({made, first, kWrites, AccessOrder::kPlain, memory, 0, 4, 0});
  log(second, kWrites, 0);
  EXPECT_THAT(races(), IsEmpty());
}

TEST_F(ThreadRaceTest, WhatOneHandsOverToTheOther) {
  log(first, kWrites, 0);
  const EventId post = call(first);
  call(second, {.after = {post}});
  log(second, kWrites, 0);
  EXPECT_THAT(races(), IsEmpty());
}

TEST_F(ThreadRaceTest, WhatComesAfterTheHandOver) {
  const EventId post = call(first);
  log(first, kWrites, 0);
  call(second, {.after = {post}});
  log(second, kWrites, 0);
  EXPECT_THAT(races(), ElementsAre(Watched{0, 0, 4}));
}

TEST_F(ThreadRaceTest, WhatComesBeforeTheOtherTakesIt) {
  log(first, kWrites, 0);
  const EventId post = call(first);
  log(second, kWrites, 0);
  call(second, {.after = {post}});
  EXPECT_THAT(races(), ElementsAre(Watched{0, 0, 4}));
}

TEST_F(ThreadRaceTest, FreshMemoryHasNoPast) {
  log(first, kWrites, 2000, 100);
  log(second, 0, 1990, 50);
  log(second, kWrites, 2000, 40);
  EXPECT_THAT(races(), IsEmpty());
  log(second, kWrites, 2040, 2);
  EXPECT_THAT(races(), ElementsAre(Watched{0, 2040, 2042}));
}

TEST_F(ThreadRaceTest, WithAnAccessThatIsAnEvent) {
  run.write(first, memory, 0, 4, 1, {.order = AccessOrder::kRelease});
  log(second, kReads, 0);
  EXPECT_THAT(races(), ElementsAre(Watched{0, 0, 4})) << "one of the two is not atomic";
}

TEST_F(ThreadRaceTest, AtomicAccessesOrder) {
  log(first, kWrites, 64);
  run.write(first, memory, 0, 4, 1, {.order = AccessOrder::kRelease});
  run.read(second, memory, 0, 4, 1, {.order = AccessOrder::kAcquire});
  log(second, kReads, 64);
  EXPECT_THAT(races(), IsEmpty());
}

TEST(ShadowTest, ForgetsARangeOfBytes) {
  Shadow shadow;
  const auto seen = [&](std::uint64_t at) {
    bool any = false;
    shadow.add(at, at + 1, {9, true}, [&](const Shadow::Access&) { return any = true; });
    return any;
  };
  shadow.add(0, 5000, {1, true}, [](const Shadow::Access&) { return false; });
  shadow.forget(100, 3000);
  EXPECT_TRUE(seen(99));
  EXPECT_FALSE(seen(100));
  EXPECT_FALSE(seen(1024));
  EXPECT_FALSE(seen(2999));
  EXPECT_TRUE(seen(3000));
}

}  // namespace
}  // namespace ipcgrade
