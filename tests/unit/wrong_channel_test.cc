// Data that go another way than the lab's, in traces written by hand.
#include "detect/wrong_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <string>

#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using testing::Eq;
using testing::HasSubstr;

/// A run whose data are a number.
struct Written : TraceBuilder {
  explicit Written(std::uint64_t number) : data(number) {
    trace.processes.back().output = std::to_string(number);
    trace.processes.front().output = "";
  }

  EventId send(TaskId task, ObjectId to, std::uint64_t bytes, How how = {}) {
    how.touches = {writes(to)};
    call(task, "send()", 0, how);
    trace.events.back().bytes_out = bytes;
    return last();
  }
  EventId receive(TaskId task, ObjectId from, std::uint64_t bytes, std::vector<EventId> after) {
    call(task, "receive()", 0, {.line = 7, .after = std::move(after), .touches = {writes(from)}});
    trace.events.back().bytes_in = bytes;
    return last();
  }
  EventId use(TaskId task, ObjectId object, const std::string& text,
              std::vector<EventId> after = {}) {
    return call(task, text, 0, {.line = 9, .after = std::move(after), .touches = {writes(object)}});
  }
  /// The data through the queue.
  void pass() { receive(receiver, queue, data, {send(sender, queue, data, {.line = 3})}); }

  std::uint64_t data;
  TaskId sender = program("sender");
  TaskId receiver = program("receiver");
  ObjectId queue = object(ObjectKind::kQueue, "the message queue with key 5679");
};

struct WrongChannelTest : testing::Test {
  Channel channel{.scenario = "one",
                  .other_scenario = "two",
                  .from = {"sender"},
                  .to = {"receiver"},
                  .means = Channel::Means::kQueue,
                  .names = {"5679"}};

  static Scenario scenario(const std::string& id, const std::string& output) {
    Scenario made{id, "", {}, {}, {}, {}};
    made.results = {{.programs = {{"sender", ""}, {"receiver", output}}}};
    return made;
  }

  std::optional<Finding> compare(const Written& one, const Written& two) const {
    const Scenario first = scenario("one", one.trace.processes[1].output);
    const Scenario second = scenario("two", two.trace.processes[1].output);
    return detect_wrong_channel(channel, Stage::kOrders, {first, one.trace}, {second, two.trace});
  }
  /// Of two runs of the same program; "" where nobody is accused.
  std::string said(const std::function<void(Written&)>& program) const {
    Written one(65);
    Written two(68);
    program(one);
    program(two);
    const auto found = compare(one, two);
    return found ? found->message : "";
  }
};

TEST_F(WrongChannelTest, ThroughTheQueueIsRight) {
  EXPECT_EQ(said([](Written& run) { run.pass(); }), "");
}

TEST_F(WrongChannelTest, AnotherQueueIsWrong) {
  const auto program = [](Written& run) {
    const ObjectId other = run.object(ObjectKind::kQueue, "the message queue with key 5680");
    run.receive(run.receiver, run.queue, 1, {run.send(run.sender, run.queue, 1)});
    run.receive(run.receiver, other, run.data, {run.send(run.sender, other, run.data)});
  };
  EXPECT_EQ(said(program),
            "the data go from sender to receiver through the message queue with key 5680 at "
            "receiver.c:7, not through the message queue with key 5679");
}

TEST_F(WrongChannelTest, BesideTheQueueIsWrong) {
  const auto program = [](Written& run) {
    run.pass();
    const ObjectId socket = run.object(ObjectKind::kSocket, "socket pair 1");
    run.receive(run.receiver, socket, 2 * run.data, {run.send(run.sender, socket, 2 * run.data)});
  };
  EXPECT_EQ(said(program),
            "the data go from sender to receiver not only through the message queue with key 5679, "
            "but also through socket pair 1 at receiver.c:7");
}

TEST_F(WrongChannelTest, WhatIsTheSameIsNoData) {
  const auto program = [](Written& run) {
    run.receive(run.receiver, run.queue, 1, {run.send(run.sender, run.queue, 1, {.line = 3})});
  };
  EXPECT_EQ(said(program),
            "no data go from sender to receiver through the message queue with key 5679: what "
            "sender sends at sender.c:3 is the same with another input");
  EXPECT_EQ(said([](Written&) {}),
            "no data go from sender to receiver through the message queue with key 5679");
}

TEST_F(WrongChannelTest, WhatIsHandedOverLaterMayBeThereAlready) {
  const auto program = [](Written& run) {
    run.pass();
    const ObjectId file = run.object(ObjectKind::kFile, "data");
    run.send(run.sender, file, run.data);
    run.receive(run.receiver, file, run.data, {run.send(run.sender, file, 1)});
  };
  EXPECT_THAT(said(program), HasSubstr("but also through the file data at"));
}

TEST_F(WrongChannelTest, WhatNobodyReadsGoesNowhere) {
  const auto program = [](Written& run) {
    run.pass();
    const ObjectId log = run.object(ObjectKind::kFile, "log");
    run.send(run.sender, log, run.data);
    run.send(run.receiver, log, run.data);
  };
  EXPECT_EQ(said(program), "");
}

TEST_F(WrongChannelTest, AnswersAreNoMatter) {
  const auto program = [](Written& run) {
    run.pass();
    const ObjectId back = run.object(ObjectKind::kQueue, "the message queue with key 1");
    run.receive(run.sender, back, run.data, {run.send(run.receiver, back, run.data)});
  };
  EXPECT_EQ(said(program), "");
}

TEST_F(WrongChannelTest, HowOftenIsData) {
  const auto program = [](Written& run) {
    run.pass();
    for (std::uint64_t i = 0; i < run.data; ++i) {
      const ObjectId task =
          run.trace.objects.size() == 1 ? run.object(ObjectKind::kTask, "receiver") : ObjectId{1};
      const EventId sent = run.use(run.sender, task, "kill(receiver, SIGUSR1) = 0");
      run.event(EventKind::kSignal, run.receiver, "takes SIGUSR1",
                {.after = {sent}, .touches = {writes(task)}}, SIGUSR1);
    }
  };
  // Only the second run has the signals that the other one has not.
  Written one(65);
  Written two(68);
  program(one);
  program(two);
  const auto found = compare(one, two);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->message, HasSubstr("but also through signals to receiver"));
  EXPECT_EQ(found->scenario, "two");
}

TEST_F(WrongChannelTest, HowOftenIsNoneWhereTheQueueIsUsedMoreOften) {
  const auto program = [](Written& run) {
    const ObjectId semaphore = run.object(ObjectKind::kSemaphore, "the semaphore");
    for (std::uint64_t i = 0; i < run.data; ++i) {
      run.receive(run.receiver, run.queue, i + run.data,
                  {run.send(run.sender, run.queue, i + run.data)});
      run.use(run.receiver, semaphore, "sem_wait()",
              {run.use(run.sender, semaphore, "sem_post()")});
    }
  };
  EXPECT_EQ(said(program), "");
}

TEST_F(WrongChannelTest, MemoryIsReadFromWhoWroteItLast) {
  const auto program = [](Written& run, bool overwritten) {
    run.pass();
    const ObjectId memory = run.memory("the segment with key 1", 100);
    run.write(run.sender, memory, 0, 8, static_cast<std::int64_t>(run.data));
    if (overwritten) run.write(run.receiver, memory, 0, 4, static_cast<std::int64_t>(run.data));
    run.read(run.receiver, memory, 0, 4, static_cast<std::int64_t>(run.data));
  };
  EXPECT_THAT(said([&](Written& run) { program(run, false); }),
              HasSubstr("but also through the segment with key 1"));
  EXPECT_EQ(said([&](Written& run) { program(run, true); }), "");
}

TEST_F(WrongChannelTest, OnlyRightRunsThatAreOverAreJudged) {
  Written one(65);
  Written two(68);
  EXPECT_TRUE(compare(one, two));
  two.trace.end = RunEnd::kSteps;
  EXPECT_FALSE(compare(one, two));
  two.trace.end = RunEnd::kDone;
  two.trace.processes[1].end = sandbox::Exited{1};
  EXPECT_FALSE(compare(one, two));
  Written same(65);
  EXPECT_FALSE(compare(one, same)) << "nothing differs";
}

/// The parties of the lab pipes: a program and its child.
struct FamilyTest : testing::Test {
  static std::string said(const std::function<void(Written&, TaskId)>& program,
                          bool to_child = true) {
    const auto make = [&](std::uint64_t data) {
      Written run(data);
      const TaskId child = run.child(run.receiver, run.call(run.receiver, "fork() = 102"));
      program(run, child);
      return run;
    };
    const Written one = make(65);
    const Written two = make(68);
    const Channel channel{.scenario = "one",
                          .other_scenario = "two",
                          .from = {"receiver", !to_child},
                          .to = {"receiver", to_child},
                          .means = Channel::Means::kPipe};
    const Scenario first = WrongChannelTest::scenario("one", "65");
    const Scenario second = WrongChannelTest::scenario("two", "68");
    const auto found =
        detect_wrong_channel(channel, Stage::kFair, {first, one.trace}, {second, two.trace});
    return found ? found->message : "";
  }
};

TEST_F(FamilyTest, EachWayHasAPipe) {
  const auto program = [](Written& run, TaskId child) {
    const ObjectId there = run.object(ObjectKind::kPipe, "pipe 1");
    const ObjectId back = run.object(ObjectKind::kPipe, "pipe 2");
    run.receive(child, there, run.data, {run.send(run.receiver, there, run.data)});
    run.receive(run.receiver, back, run.data, {run.send(child, back, run.data)});
  };
  EXPECT_EQ(said(program), "");
  EXPECT_EQ(said(program, false), "");
}

TEST_F(FamilyTest, OnePipeIsNotForBothWays) {
  const auto program = [](Written& run, TaskId child) {
    const ObjectId pipe = run.object(ObjectKind::kPipe, "pipe 1");
    run.receive(child, pipe, run.data, {run.send(run.receiver, pipe, run.data)});
    run.receive(run.receiver, pipe, run.data, {run.send(child, pipe, run.data)});
  };
  EXPECT_EQ(said(program), "");
  EXPECT_THAT(said(program, false), HasSubstr("through pipe 1, in which others go the other way"));
}

TEST_F(FamilyTest, AFifoIsNoPipe) {
  const auto program = [](Written& run, TaskId child) {
    const ObjectId fifo = run.object(ObjectKind::kPipe, "the FIFO there");
    run.receive(child, fifo, run.data, {run.send(run.receiver, fifo, run.data)});
  };
  EXPECT_THAT(said(program), HasSubstr("through the FIFO there"));
}

TEST_F(FamilyTest, TheChildReadsNoStdin) {
  const auto program = [](Written& run, TaskId child) {
    run.call(child, "read(0, \"A\", 100) [stdin] = 1", 1, {.line = 5});
    run.trace.events.back().bytes_in = run.data;
  };
  EXPECT_EQ(
      said(program),
      "receiver's child 1 reads the stdin of receiver itself at receiver.c:5, and nothing goes "
      "from receiver to receiver's child 1 through a pipe");
}

TEST_F(FamilyTest, ASecondChildCarriesNothing) {
  const auto program = [](Written& run, TaskId child) {
    const TaskId second = run.child(run.receiver, run.call(run.receiver, "fork() = 103"));
    run.trace.tasks[second].name = "receiver's child 2";
    const ObjectId pipe = run.object(ObjectKind::kPipe, "pipe 1");
    run.receive(child, pipe, run.data, {run.send(second, pipe, run.data)});
  };
  EXPECT_THAT(said(program),
              HasSubstr("receiver's child 2, a further process, gives data to receiver's child 1"));
}

}  // namespace
}  // namespace ipcgrade
