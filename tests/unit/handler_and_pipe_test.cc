// What a signal handler must not do, and pipe ends that are held and not used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <map>
#include <set>

#include "detect/pipe_ends.h"
#include "detect/unsafe_handler.h"
#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct HandlerTest : testing::Test {
  TraceBuilder run;
  TaskId parent = run.program("signals");

  void signal(int number) { run.event(EventKind::kSignal, parent, "", {.line = 5}, number); }
  void returns(int before, int after) {
    run.event(EventKind::kSignalEnd, parent, "", {.line = 9}, after);
    run.trace.events.back().before = before;
  }
  [[nodiscard]] std::vector<Finding> found() const { return detect_unsafe_handlers({}, run.trace); }
};

TEST_F(HandlerTest, ASafeOneIsNotAccused) {
  signal(SIGUSR1);
  run.call(parent, "write(4, 1) = 1");
  returns(EINTR, EINTR);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(HandlerTest, AnUnsafeCallIsToldOnce) {
  for (int i = 0; i < 3; ++i) {
    signal(SIGUSR1);
    run.event(EventKind::kUnsafeCall, parent, "printf", {.line = 7});
    returns(0, 0);
  }
  const auto all = found();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].kind, Kind::kUnsafeHandler);
  EXPECT_EQ(
      all[0].message,
      "signals calls printf in the handler of SIGUSR1 at signals.c:7, which is not safe there");
}

TEST_F(HandlerTest, TheInnermostHandlerIsNamed) {
  signal(SIGUSR1);
  signal(SIGINT);
  returns(0, 0);
  run.event(EventKind::kUnsafeCall, parent, "malloc", {.line = 7});
  EXPECT_THAT(found().at(0).message, HasSubstr("the handler of SIGUSR1"));
}

TEST_F(HandlerTest, AChangedErrnoIsTold) {
  signal(SIGUSR2);
  returns(EINTR, EAGAIN);
  EXPECT_EQ(found().at(0).message,
            "in signals, the handler of SIGUSR2 changes errno from EINTR to EAGAIN");
}

/// The lab's parent and child, with two pipes.
struct PipeEndsTest : testing::Test {
  TraceBuilder run;
  ObjectId there = run.object(ObjectKind::kPipe, "pipe 1");
  ObjectId back = run.object(ObjectKind::kPipe, "pipe 2");
  TaskId parent = run.program("pipes");
  TaskId child = kNoTask;
  std::map<TaskId, std::set<HeldEnd>> held;

  PipeEndsTest() {
    open(parent, there);
    open(parent, back);
    child = run.child(parent, run.call(parent, "fork() = 101"));
    held[child] = held[parent];
    run.trace.tasks[parent].ended = run.trace.tasks[child].ended = true;
  }
  void open(TaskId process, ObjectId pipe) {
    held[process].insert({pipe, false});
    held[process].insert({pipe, true});
  }
  void use(TaskId process, ObjectId pipe, bool write_end, int line = 0) {
    run.use_pipe(process, pipe, write_end, {held[process].begin(), held[process].end()},
                 {.line = line});
  }
  void parent_closes() {
    held[parent].erase({there, false});
    held[parent].erase({back, true});
  }
  void child_closes() {
    held[child].erase({there, true});
    held[child].erase({back, false});
  }
  [[nodiscard]] std::vector<Finding> found() const {
    return detect_unclosed_pipe_ends({}, run.trace);
  }
};

TEST_F(PipeEndsTest, WhoClosesFirstIsRight) {
  parent_closes();
  use(parent, there, true);
  child_closes();
  use(child, there, false);
  use(child, back, true);
  use(parent, back, false);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(PipeEndsTest, AnEndThatIsClosedTooLate) {
  parent_closes();
  use(parent, there, true);
  use(child, there, false, 20);
  child_closes();
  use(child, back, true);
  use(parent, back, false);
  const auto all = found();
  ASSERT_THAT(all, SizeIs(2)) << "the write end of the first, the read end of the second";
  EXPECT_EQ(all[0].kind, Kind::kUnclosedPipeEnd);
  EXPECT_EQ(all[0].message,
            "pipes's child 1 reads from pipe 1 at pipes.c:20 while it still holds the write end of "
            "pipe 1, which it never uses");
  EXPECT_EQ(all[0].locations.at(0).line, 20);
  EXPECT_THAT(all[1].message, HasSubstr("the read end of pipe 2"));
}

TEST_F(PipeEndsTest, NoDataAtAll) {
  parent_closes();
  child_closes();
  use(child, there, false);  // the end of the data
  use(parent, back, false);
  EXPECT_THAT(found(), IsEmpty()) << "the parent had nothing to write, and that end is its own";
}

TEST_F(PipeEndsTest, NoDataAtAllAndNothingClosed) {
  use(child, there, false);
  use(parent, back, false);
  EXPECT_THAT(found(), SizeIs(4)) << "but not the ends that only had nothing to carry";
}

TEST_F(PipeEndsTest, APipeToWakeOneselfIsOnesOwn) {
  parent_closes();
  child_closes();
  const ObjectId bell = run.object(ObjectKind::kPipe, "pipe 3");
  open(parent, bell);
  use(parent, there, true);
  use(child, there, false);
  EXPECT_THAT(found(), IsEmpty()) << "not rung in this run";
  use(parent, bell, true);
  use(parent, bell, false);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(PipeEndsTest, WhoHangsMayStillHaveUsedIt) {
  parent_closes();
  child_closes();
  const ObjectId bell = run.object(ObjectKind::kPipe, "pipe 3");
  open(parent, bell);
  open(child, bell);
  use(parent, bell, false);  // nobody rings
  use(child, there, false);
  run.trace.tasks[parent].ended = false;
  for (const Finding& finding : found())
    EXPECT_EQ(finding.locations[0].process, run.trace.tasks[child].name);
}

TEST_F(PipeEndsTest, ItsOwnWriteEndKeepsAReaderWaiting) {
  parent_closes();
  use(parent, there, true);
  use(child, there, false);
  run.trace.tasks[parent].ended = run.trace.tasks[child].ended = false;
  ASSERT_THAT(found(), SizeIs(1));
  EXPECT_THAT(found()[0].message, HasSubstr("the write end of pipe 1"));
}

TEST_F(PipeEndsTest, BeforeTheForkBothAreHeld) {
  TraceBuilder early;
  const TaskId one = early.program("pipes");
  const ObjectId pipe = early.object(ObjectKind::kPipe, "pipe 1");
  early.use_pipe(one, pipe, true, {{pipe, false}, {pipe, true}});
  const TaskId other = early.child(one, early.call(one, "fork() = 101"));
  early.use_pipe(other, pipe, false, {{pipe, false}});
  EXPECT_THAT(detect_unclosed_pipe_ends({}, early.trace), IsEmpty());
}

}  // namespace
}  // namespace ipcgrade
