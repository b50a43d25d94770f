// Which steps of a run are told, and how.
#include "detect/story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Not;
using testing::SizeIs;

struct StoryTest : testing::Test {
  TraceBuilder run;
  TaskId server = run.program("server"), client = run.program("client");
  ObjectId segment = run.memory("the segment", 4096);
};

std::string whole(const std::vector<StoryStep>& story) {
  std::string text;
  for (const StoryStep& step : story) {
    text += std::to_string(step.step) + " " + step.process + " " +
            (step.line == 0 ? "" : step.file + ":" + std::to_string(step.line) + " ") + step.text +
            "\n";
  }
  return text;
}

TEST_F(StoryTest, TheLecturesRace) {
  run.call(server, "shmget(5678, 27) = 0", 0, {.line = 19});
  for (int i = 0; i < 26; ++i) {
    run.write(server, segment, static_cast<std::uint64_t>(i), 1, 'a' + i, {.line = 33});
  }
  const EventId read = run.read(client, segment, 0, 1, 'a', {.line = 31});
  run.read(client, segment, 1, 1, 'b', {.line = 31});
  EXPECT_EQ(whole(tell_story(run.trace, {4, read})),
            "1 server starts\n"
            "2 client starts\n"
            "3 server server.c:19 shmget(5678, 27) = 0\n"
            "4 server server.c:33 writes 'a', 1 byte at offset 0 of the segment\n"
            "5 server server.c:33 writes 'b', 1 byte at offset 1 of the segment\n"
            "6  … 23 more writes by server\n"
            "7 server server.c:33 writes 'z', 1 byte at offset 25 of the segment\n"
            "8 client client.c:31 reads 'a', 1 byte at offset 0 of the segment\n");
}

TEST_F(StoryTest, NoLongerThanAStudentReads) {
  for (int i = 0; i < 500; ++i) {
    run.write(i % 3 == 0 ? server : client, segment, 0, 4, i);
    run.write(server, segment, 4, 4, i);
  }
  EXPECT_THAT(tell_story(run.trace, {run.last()}), SizeIs(Le(12U)));
  run.waits(server, "waits");
  run.waits(client, "waits");
  EXPECT_THAT(tell_story(run.trace, {}, StoryEnd::kWaits), SizeIs(Le(12U)));
}

TEST_F(StoryTest, ASwitchAgainstTheDefaultOrderIsTold) {
  for (int i = 0; i < 100; ++i) run.call(server, "usual() = 0");
  run.call(server, "switched() = 0");
  run.chosen({.actor = {ActorKind::kTask, server}, .enabled = true, .preempts = true}, false);
  for (int i = 0; i < 100; ++i) {
    run.call(server, "usual() = 0");
    run.call(client, "usual() = 0");
  }
  EXPECT_THAT(whole(tell_story(run.trace, {run.last()})), HasSubstr("switched() = 0"));
}

TEST_F(StoryTest, WhatAnotherDidToThatWhichItIsAboutIsTold) {
  const ObjectId set = run.object(ObjectKind::kSemaphore, "the semaphore set");
  const auto usual = [&] {
    for (int i = 0; i < 100; ++i) run.call(server, "usual() = 0");
  };
  usual();
  run.call(client, "semctl(IPC_RMID) = 0", 0, {.touches = {writes(set)}});
  usual();
  const EventId failed = run.call(server, "semop() fails", -1, {.touches = {writes(set)}});
  EXPECT_THAT(whole(tell_story(run.trace, {failed})), HasSubstr("semctl(IPC_RMID) = 0"));
}

TEST_F(StoryTest, ASignalFromOutsideIsToldBeforeSwitches) {
  run.event(EventKind::kTimer, kNoTask, "SIGINT comes from outside", {.injected = true}, 2);
  for (int i = 0; i < 30; ++i) {
    const TaskId task = i % 2 == 0 ? server : client;
    run.call(task, "switched() = 0", 0, {.instruction = 0x1000ULL + static_cast<unsigned>(i)});
    run.chosen({.actor = {ActorKind::kTask, task}, .enabled = true, .preempts = true}, false);
  }
  EXPECT_THAT(whole(tell_story(run.trace, {run.last()})), HasSubstr("SIGINT comes from outside"));
}

TEST_F(StoryTest, WhatTheLibraryCallsForItselfIsFolded) {
  run.call(server, "usual() = 0");
  run.call(server, "set_robust_list() = 0");
  run.chosen({.actor = {ActorKind::kTask, server}, .enabled = true, .preempts = true}, false);
  run.call(server, "sem_post() = 0");
  run.call(client, "usual() = 0");
  for (int i = 0; i < 50; ++i) run.call(client, "usual() = 0");
  const std::string story = whole(tell_story(run.trace, {run.last()}));
  EXPECT_THAT(story, Not(HasSubstr("set_robust_list")));
  EXPECT_THAT(story, HasSubstr("sem_post")) << "the switch is told with what came next";
}

TEST_F(StoryTest, AHangEndsWithWhatIsWaitedFor) {
  run.waits(server, "takes the mutex, which client holds", {client}, 7);
  EXPECT_THAT(tell_story(run.trace, {}, StoryEnd::kWaits).back().text,
              "waits for ever: takes the mutex, which client holds");
}

TEST_F(StoryTest, NothingToTell) {
  EXPECT_THAT(tell_story(Trace{}, {}), IsEmpty());
  EXPECT_THAT(tell_story(Trace{}, {7}, StoryEnd::kWaits), IsEmpty());
}

const StoryStep& step_with(const std::vector<StoryStep>& story, const std::string& text) {
  for (const StoryStep& step : story) {
    if (step.text.contains(text)) return step;
  }
  throw std::runtime_error("no step " + text + "\n" + whole(story));
}

TEST_F(StoryTest, WhatLetItGoOnIsTold) {
  const ObjectId pipe = run.object(ObjectKind::kPipe, "pipe 1");
  EventId sent = kNoEvent;
  for (int i = 0; i < 20; ++i) {
    sent = run.event(EventKind::kCall, client, "write(4, \"a\", 1) = 1", {.line = 20 + i});
  }
  run.event(EventKind::kCall, client, "close(3) = 0", {.line = 50});
  const EventId got = run.event(EventKind::kCall, server, "read(3) = 1",
                                {.line = 10, .after = {sent}, .touches = {writes(pipe)}});
  const auto story = tell_story(run.trace, {got});
  const StoryStep& write = step_with(story, "write(4");
  EXPECT_EQ(write.line, 39);
  EXPECT_EQ(step_with(story, "read(3)").after, std::vector{write.step});
}

TEST_F(StoryTest, WhatLiesBetweenIsNotTakenForTheCause) {
  // The fork is before all that the child does; it is by the message that the parent goes on.
  const EventId fork = run.event(EventKind::kCall, server, "fork() = 1001", {.line = 5});
  const TaskId child = run.child(server, fork);
  run.event(EventKind::kCall, child, "open() = 3", {.line = 30, .after = {fork}});
  const EventId sent = run.event(EventKind::kCall, child, "msgsnd() = 0", {.line = 31});
  const EventId got =
      run.event(EventKind::kCall, client, "msgrcv() = 3", {.line = 10, .after = {sent}});
  const auto story = tell_story(run.trace, {got});
  EXPECT_EQ(step_with(story, "msgrcv").after, std::vector{step_with(story, "msgsnd").step});
}

}  // namespace
}  // namespace ipcgrade
