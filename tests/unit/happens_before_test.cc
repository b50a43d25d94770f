// What orders two events of a run, and what does not.
#include "detect/happens_before.h"

#include <gtest/gtest.h>

#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using enum AccessOrder;

/// A server that prepares and a client that goes on; between them whatever a test writes.
struct HappensBeforeTest : testing::Test {
  TraceBuilder run;
  TaskId server = run.program("server"), client = run.program("client");
  ObjectId segment = run.memory("the segment", 4096);

  EventId prepare() { return run.write(server, segment, 0, 1, 'a'); }
  EventId go_on() { return run.read(client, segment, 0, 1, 'a'); }
  [[nodiscard]] bool ordered(EventId a, EventId b) const { return happens_before(run.trace, a, b); }
};

TEST_F(HappensBeforeTest, ATaskIsOrderedWithItself) {
  const EventId a = prepare();
  const EventId b = prepare();
  EXPECT_TRUE(ordered(a, b));
  EXPECT_FALSE(ordered(b, a));
}

TEST_F(HappensBeforeTest, TwoTasksAreNot) {
  const EventId a = prepare();
  EXPECT_FALSE(ordered(a, go_on()));
}

TEST_F(HappensBeforeTest, AHandOverOrders) {
  const EventId a = prepare();
  const EventId post = run.call(server, "sem_post(ready) = 0");
  const EventId late = prepare();
  run.call(client, "sem_wait(ready) = 0", 0, {.after = {post}});
  const EventId b = go_on();
  EXPECT_TRUE(ordered(a, b));
  EXPECT_TRUE(ordered(post, b));
  EXPECT_FALSE(ordered(late, b)) << "it came after the post";
}

TEST_F(HappensBeforeTest, HandOversAreTransitive) {
  const TaskId third = run.program("third");
  const EventId a = prepare();
  const EventId one = run.call(server, "write");
  const EventId two = run.call(third, "read, write", 0, {.after = {one}});
  run.call(client, "read", 0, {.after = {two}});
  EXPECT_TRUE(ordered(a, go_on()));
}

TEST_F(HappensBeforeTest, AnOldHandOverIsNotANewOne) {
  const EventId first = run.call(server, "V");
  const EventId a = prepare();
  const EventId second = run.call(server, "V");
  run.call(client, "P", 0, {.after = {first}});
  const EventId b = go_on();
  run.call(client, "P", 0, {.after = {second}});
  const EventId c = go_on();
  EXPECT_FALSE(ordered(a, b));
  EXPECT_TRUE(ordered(a, c));
}

TEST_F(HappensBeforeTest, AChildComesAfterItsForkAndNotAfterWhatFollows) {
  const EventId a = prepare();
  const EventId fork = run.call(server, "fork() = 102");
  const TaskId child = run.child(server, fork);
  const EventId late = prepare();
  const EventId b = run.read(child, segment, 0, 1, 'a');
  EXPECT_TRUE(ordered(a, b));
  EXPECT_FALSE(ordered(late, b));
}

TEST_F(HappensBeforeTest, ATimerIsAnEventOfNobody) {
  const EventId a = prepare();
  const EventId set = run.call(server, "timer_settime");
  run.trace.events.push_back({});
  Event& timer = run.trace.events.back();
  timer.kind = EventKind::kTimer;
  timer.first_after = static_cast<std::uint32_t>(run.trace.after.size());
  timer.after_count = 1;
  run.trace.after.push_back(set);
  run.event(EventKind::kSignal, client, "", {.after = {run.last()}}, 14);
  EXPECT_TRUE(ordered(a, go_on()));
}

// A release store is read by an acquire load.
TEST_F(HappensBeforeTest, AtomicsOrderByTheirMemoryOrders) {
  const struct {
    AccessOrder store, load;
    bool orders;
  } cases[] = {
      {kRelease, kAcquire, true},      {kSequential, kSequential, true},
      {kRelease, kSequential, true},   {kAcquireRelease, kAcquireRelease, true},
      {kLibrary, kLibrary, true},      {kUnknown, kUnknown, true},
      {kRelaxed, kAcquire, false},     {kRelease, kRelaxed, false},
      {kRelaxed, kRelaxed, false},     {kPlain, kPlain, false},
      {kVolatile, kVolatile, false},   {kRelease, kVolatile, false},
      {kVolatile, kSequential, false}, {kRelease, kPlain, false},
  };
  for (const auto& one : cases) {
    TraceBuilder built;
    const TaskId giver = built.program("giver");
    const TaskId taker = built.program("taker");
    const ObjectId memory = built.memory("the segment", 64);
    const EventId a = built.write(giver, memory, 0, 1, 'a');
    built.write(giver, memory, 8, 4, 1, {.order = one.store});
    built.read(taker, memory, 8, 4, 1, {.order = one.load});
    const EventId b = built.read(taker, memory, 0, 1, 'a');
    EXPECT_EQ(happens_before(built.trace, a, b), one.orders)
        << static_cast<int>(one.store) << ' ' << static_cast<int>(one.load);
  }
}

TEST_F(HappensBeforeTest, AnAcquireOfAnotherLocationOrdersNothing) {
  const EventId a = prepare();
  run.write(server, segment, 8, 4, 1, {.order = kRelease});
  run.read(client, segment, 12, 4, 0, {.order = kAcquire});
  EXPECT_FALSE(ordered(a, go_on()));
}

TEST_F(HappensBeforeTest, AReadBeforeTheStoreOrdersNothing) {
  run.read(client, segment, 8, 4, 0, {.order = kAcquire});
  const EventId a = prepare();
  run.write(server, segment, 8, 4, 1, {.order = kRelease});
  EXPECT_FALSE(ordered(a, go_on()));
}

TEST_F(HappensBeforeTest, ReadModifyWritesGoOnWithTheReleaseSequence) {
  const TaskId third = run.program("third");
  const EventId a = prepare();
  run.write(server, segment, 8, 4, 1, {.order = kRelease});
  run.change(third, segment, 8, 4, 1, {.order = kRelaxed});
  run.read(client, segment, 8, 4, 2, {.order = kAcquire});
  EXPECT_TRUE(ordered(a, go_on()));
}

TEST_F(HappensBeforeTest, AStoreOfAnotherEndsTheReleaseSequence) {
  const TaskId third = run.program("third");
  const EventId a = prepare();
  run.write(server, segment, 8, 4, 1, {.order = kRelease});
  run.write(third, segment, 8, 4, 2, {.order = kRelaxed});
  run.read(client, segment, 8, 4, 2, {.order = kAcquire});
  EXPECT_FALSE(ordered(a, go_on()));
}

TEST_F(HappensBeforeTest, APlainStoreEndsItToo) {
  const EventId a = prepare();
  run.write(server, segment, 8, 4, 1, {.order = kRelease});
  run.write(server, segment, 9, 1, 2);
  run.read(client, segment, 9, 1, 2, {.order = kAcquire});
  EXPECT_FALSE(ordered(a, go_on()));
  run.read(client, segment, 10, 2, 0, {.order = kAcquire});
  EXPECT_TRUE(ordered(a, go_on())) << "the rest of the location is still what was released";
}

TEST_F(HappensBeforeTest, ACounterHandsOverWhatAllWhoCountedDid) {
  const TaskId third = run.program("third");
  const EventId a = prepare();
  run.change(server, segment, 8, 4, 0, {.order = kAcquireRelease});
  const EventId b = run.write(third, segment, 1, 1, 'b');
  run.change(third, segment, 8, 4, 1, {.order = kRelease});
  run.read(client, segment, 8, 4, 2, {.order = kAcquire});
  const EventId c = go_on();
  EXPECT_TRUE(ordered(a, c));
  EXPECT_TRUE(ordered(b, c));
}

TEST_F(HappensBeforeTest, FencesOrderRelaxedAccesses) {
  const EventId a = prepare();
  run.fence(server, kRelease);
  const EventId between = prepare();
  run.write(server, segment, 8, 4, 1, {.order = kRelaxed});
  run.read(client, segment, 8, 4, 1, {.order = kRelaxed});
  const EventId early = go_on();
  run.fence(client, kAcquire);
  const EventId late = go_on();
  EXPECT_FALSE(ordered(a, early));
  EXPECT_TRUE(ordered(a, late));
  EXPECT_FALSE(ordered(between, late)) << "it came after the release fence";
}

TEST_F(HappensBeforeTest, OneFenceIsNotEnough) {
  const EventId a = prepare();
  run.fence(server, kSequential);
  run.write(server, segment, 8, 4, 1, {.order = kRelaxed});
  run.read(client, segment, 8, 4, 1, {.order = kRelaxed});
  EXPECT_FALSE(ordered(a, go_on()));
}

}  // namespace
}  // namespace ipcgrade
