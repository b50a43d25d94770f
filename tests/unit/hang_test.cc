// Runs that do not end, and tasks that wait badly.
#include "detect/hang.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include "detect/deadlock.h"
#include "detect/identity.h"
#include "support/trace_builder.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Scenario both_exit() {
  Scenario scenario;
  scenario.id = "together";
  scenario.results = {
      {{{"server", "", ExitIs{0}, false}, {"client", "", ExitIs{0}, false}}, false}};
  return scenario;
}

/// The server may refuse, and then the client may wait for it.
Scenario may_wait() {
  Scenario scenario = both_exit();
  scenario.results.push_back(
      {{{"server", "", ExitNonzero{}, false}, {"client", "", ExitNonzero{}, true}}, false});
  return scenario;
}

struct HangTest : testing::Test {
  TraceBuilder run;
  TaskId server = run.program("server"), client = run.program("client");
  ObjectId segment = run.memory("the segment with key 5678", 27);

  [[nodiscard]] std::vector<Finding> hangs(const Scenario& scenario = both_exit()) const {
    return detect_hang(scenario, run.trace, Stage::kOrders);
  }
  /// Where the run is over, the task stands before something that it would do to the object.
  void stands_at_end(TaskId task, ObjectId object) {
    const std::array at_end{Choice{.actor = {ActorKind::kTask, task},
                                   .touches = run.trace.touches.add(std::array{writes(object)})}};
    Decision last;
    last.choices = run.trace.choices.add(at_end);
    last.taken = Decision::kNone;
    run.trace.decisions.push_back(last);
  }
  EventId spin(TaskId task, std::int64_t polite, int line) {
    return run.event(EventKind::kSpin, task, "", {.line = line}, polite);
  }
};

TEST_F(HangTest, WhatEndsIsNone) {
  run.exit(server);
  run.exit(client);
  EXPECT_THAT(hangs(), IsEmpty());
}

TEST_F(HangTest, WhoWritesWhereAnotherWaitsAtAFutexAndDoesNotWakeItIsTold) {
  run.trace.end = RunEnd::kDeadlock;
  const ObjectId futex = run.object(ObjectKind::kFutex, "the futex");
  run.write(client, segment, 0, 4, 1, {.line = 6});
  run.event(EventKind::kWaitBegins, server, "futex(FUTEX_WAIT)",
            {.line = 12, .touches = {reads(segment, 0, 4), writes(futex)}});
  run.waits(server, "waits to be woken at the futex at offset 0", {}, 12);
  EXPECT_THAT(hangs()[0].message, Not(HasSubstr("wakes nobody")));
  run.write(client, segment, 0, 4, 2, {.line = 7});
  run.exit(client);
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].message,
              HasSubstr("; client has written there at client.c:7, and wakes nobody"));
  EXPECT_EQ(found[0].locations.back().line, 7);
  EXPECT_THAT(found[0].hint, HasSubstr("FUTEX_WAKE"));
}

TEST_F(HangTest, WhatWasForAnotherOfThatNameIsTold) {
  run.trace.end = RunEnd::kDeadlock;
  const ObjectId old = run.object(ObjectKind::kSemaphore, "the semaphore /go");
  const ObjectId made_anew = run.object(ObjectKind::kSemaphore, "the semaphore /go");
  run.call(client, "sem_post [semaphore /go] = 0", 0, {.line = 9, .touches = {writes(old)}});
  run.exit(client);
  run.waits(server, "waits for the semaphore /go to rise above 0", {}, 12);
  stands_at_end(server, made_anew);
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].message, HasSubstr("; sem_post of client at client.c:9 was for another of "
                                          "that name, which was removed"));
  EXPECT_EQ(found[0].locations.back().line, 9);
}

TEST_F(HangTest, WhatFailedBeforeAndWasUsedIsTheReason) {
  run.trace.end = RunEnd::kDeadlock;
  run.call(client, "msgget(5679, 0666) fails: ENOENT", -ENOENT, {.line = 8});
  run.call(client, "msgsnd(id -1) fails: EINVAL", -EINVAL, {.line = 9});
  run.waits(server, "waits for a message", {client}, 12);
  run.waits(client, "waits for the server", {server}, 14);
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(
      found[0].message,
      HasSubstr("; msgget had failed at client.c:8 (ENOENT), and what it returned was used"));
  EXPECT_EQ(found[0].locations.front().line, 8);
}

TEST_F(HangTest, WhatFailedAndWasNotUsedIsNot) {
  run.trace.end = RunEnd::kDeadlock;
  run.call(client, "open(\"old\") fails: ENOENT", -ENOENT, {.line = 8});
  run.call(client, "close(-1) fails: EBADF", -EBADF, {.line = 9});
  run.waits(server, "waits for a message", {client}, 12);
  run.waits(client, "waits for the server", {server}, 14);
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].message, Not(HasSubstr("had failed")));
}

TEST_F(HangTest, WhoWaitsForASignalOfOneThatItEndedMissedNothing) {
  run.trace.end = RunEnd::kDeadlock;
  const TaskId child = run.child(server, run.call(server, "fork() = 102"));
  const EventId kill = run.call(server, "kill(102, SIGUSR1) = 0");
  run.event(EventKind::kSignal, child, "", {.line = 5, .after = {kill}}, SIGUSR1);
  run.exit(child, SIGUSR1);
  run.waits(server, "waits in pause for a signal", {}, 12);
  run.trace.tasks[server].parked = true;
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kDeadlock);
  EXPECT_THAT(found[0].message, HasSubstr("SIGUSR1 at server.c:5 ended server's child 1"));
}

TEST_F(HangTest, SignalsFromOutsideAreNoFaultWhereTwoAreOne) {
  run.trace.end = RunEnd::kDeadlock;
  for (int time = 0; time < 2; ++time) {
    const EventId came = run.event(EventKind::kTimer, kNoTask, "", {.injected = true}, SIGINT);
    run.trace.sent_signals.push_back({.event = came, .to = server, .number = SIGINT});
  }
  const EventId taken = run.event(EventKind::kSignal, server, "", {.line = 5}, SIGINT);
  run.trace.taken_signals.push_back({.event = taken, .by = server, .number = SIGINT});
  run.waits(server, "waits in pause for a signal", {}, 12);
  run.trace.tasks[server].parked = true;
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kLostWakeup);
  EXPECT_THAT(found[0].message, HasSubstr("had come before it began to wait"));
}

TEST_F(HangTest, WhoMissedASignalOfAConditionIsToldOfTheState) {
  run.trace.end = RunEnd::kDeadlock;
  run.waits(server, "waits for a signal at the condition variable at lab.go", {}, 12);
  run.trace.tasks[server].parked = true;
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kLostWakeup);
  EXPECT_THAT(found[0].hint, HasSubstr("remembers nothing"));
}

TEST_F(HangTest, WhoHoldsThePipesEndItselfIsItsOwnHelper) {
  run.trace.end = RunEnd::kDeadlock;
  run.waits(server, "reads from pipe 1, whose last write end is held by itself, as descriptor 4",
            {}, 12);
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  ASSERT_THAT(found[0].waits, SizeIs(1));
  EXPECT_THAT(found[0].waits[0].helpers, ElementsAre("server"));
}

TEST_F(HangTest, TwoThatWaitForEachOther) {
  run.trace.end = RunEnd::kDeadlock;
  run.waits(server, "takes the fork 2, which client holds", {client}, 12);
  run.waits(client, "takes the fork 1, which server holds", {server}, 14);
  run.trace.tasks[server].holds = {"the fork 1"};
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kDeadlock);
  EXPECT_EQ(found[0].stage, Stage::kOrders);
  EXPECT_EQ(found[0].message,
            "server waits for ever at server.c:12 (takes the fork 2, which client holds), client "
            "waits for ever at client.c:14 (takes the fork 1, which server holds), and each could "
            "only be let go by another of them");
  EXPECT_THAT(found[0].details, Contains("    it holds the fork 1"));
  EXPECT_THAT(found[0].details, Contains("    client could end that, but waits as well"));
  ASSERT_THAT(found[0].locations, SizeIs(2));
  EXPECT_EQ(found[0].locations[0].line, 12);
  EXPECT_THAT(found[0].story.back().text, HasSubstr("waits for ever: takes the fork 1"));
}

TEST_F(HangTest, WhoTakesLocksCrosswiseIsToldOfTheirOrder) {
  run.trace.end = RunEnd::kDeadlock;
  run.waits(server, "waits for the mutex a, held by client", {client}, 12);
  run.waits(client, "waits for the mutex b, held by server", {server}, 14);
  run.trace.tasks[server].holds = {"the mutex b"};
  run.trace.tasks[client].holds = {"the mutex a"};
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_TRUE(is_lock_cycle(found[0].waits));
  EXPECT_THAT(found[0].hint, HasSubstr("takes them in one order"));
}

TEST_F(HangTest, WhoPostsItsOwnSemaphoreInPrivateMemoryIsTold) {
  run.trace.end = RunEnd::kDeadlock;
  const ObjectId waited = run.object(ObjectKind::kSemaphore, "the semaphore at address 0x8");
  const ObjectId posted = run.object(ObjectKind::kSemaphore, "the semaphore at address 0x8");
  run.call(client, "sem_post [semaphore at address 0x8]", 0,
           {.line = 9, .touches = {writes(posted)}});
  run.exit(client);
  run.waits(server,
            "waits for the semaphore at address 0x8 to rise above 0, in memory of its own process "
            "alone",
            {}, 12);
  stands_at_end(server, waited);
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(
      found[0].message,
      HasSubstr("; sem_post of client at client.c:9 was for another one, in its own memory"));
  EXPECT_THAT(found[0].hint, HasSubstr("its own of every variable"));
}

TEST_F(HangTest, OneWhosePartnerHasEnded) {
  run.exit(client);
  run.trace.end = RunEnd::kDeadlock;
  run.waits(server, "waits for semaphore 0 of the set with key 7", {client});
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].message, HasSubstr("and client, who could end that, has ended"));
}

TEST_F(HangTest, OneWhomNobodyCouldHelp) {
  run.exit(client);
  run.trace.end = RunEnd::kDeadlock;
  run.waits(server, "waits for a signal");
  EXPECT_THAT(hangs().at(0).message, HasSubstr("nobody is left who could end that"));
}

TEST_F(HangTest, ItsOwnWriteEnd) {
  run.exit(client);
  run.trace.end = RunEnd::kDeadlock;
  run.waits(server, "reads from pipe 1, whose last write end is held by itself, as descriptor 4",
            {server});
  EXPECT_THAT(hangs().at(0).message, HasSubstr("only it could end that itself"));
}

TEST_F(HangTest, ALostWakeUp) {
  run.exit(client);
  run.trace.end = RunEnd::kDeadlock;
  run.waits(server, "pause(): waits for SIGUSR1", {client}, 20);
  run.trace.tasks[server].parked = true;
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kLostWakeup);
  EXPECT_THAT(found[0].message, HasSubstr("had come before it began to wait"));
}

TEST_F(HangTest, ALostWakeUpTellsWhoSentTheSignal) {
  const EventId kill = run.call(client, "kill(101, SIGUSR1) = 0", 0, {.line = 31});
  run.trace.sent_signals.push_back({.event = kill, .to = server, .number = SIGUSR1});
  const EventId taken = run.event(EventKind::kSignal, server, "", {.line = 19}, SIGUSR1);
  run.trace.taken_signals.push_back({.event = taken, .by = server, .number = SIGUSR1});
  run.exit(client);
  run.trace.end = RunEnd::kDeadlock;
  run.waits(server, "waits in pause for a signal", {client}, 20);
  run.trace.tasks[server].parked = true;
  EXPECT_THAT(hangs().at(0).message,
              HasSubstr("come before it began to wait, by kill of client at client.c:31"));
}

TEST_F(HangTest, ALostWakeUpOfAConditionTellsWhoGaveIt) {
  const ObjectId go = run.object(ObjectKind::kCondition, "lab.go");
  const ObjectId other = run.object(ObjectKind::kCondition, "lab.other");
  run.call(client, "pthread_cond_signal(lab.go) = 0", 0, {.line = 31, .touches = {writes(go)}});
  run.call(client, "pthread_cond_signal(lab.other) = 0", 0, {.touches = {writes(other)}});
  run.event(EventKind::kWaitBegins, server, "", {.touches = {writes(go)}});
  run.trace.end = RunEnd::kDeadlock;
  run.waits(server, "waits for a signal at the condition variable at lab.go", {client}, 20);
  run.trace.tasks[server].parked = true;
  EXPECT_THAT(hangs().at(0).message,
              HasSubstr(", by pthread_cond_signal of client at client.c:31"));
}

TEST_F(HangTest, WhoMayWaitIsRight) {
  run.exit(server, 1 << 8);
  run.trace.end = RunEnd::kDeadlock;
  run.waits(client, "waits for a segment", {server});
  EXPECT_THAT(hangs(may_wait()), IsEmpty());
  EXPECT_THAT(hangs(both_exit()), SizeIs(1));
  run.trace.end = RunEnd::kSpinning;
  EXPECT_THAT(hangs(may_wait()), IsEmpty()) << "looking again and again is waiting";
}

TEST_F(HangTest, TheProgramThatMayNotWaitIsCharged) {
  run.trace.end = RunEnd::kDeadlock;
  run.waits(server, "waits for the client", {client});
  run.waits(client, "waits for a segment", {server});
  Scenario scenario = may_wait();
  scenario.results.erase(scenario.results.begin());
  const auto found = hangs(scenario);
  ASSERT_THAT(found, SizeIs(1));
  ASSERT_THAT(found[0].locations, SizeIs(1));
  EXPECT_EQ(found[0].locations[0].program, "server");
  EXPECT_THAT(found[0].message, HasSubstr("and client, who could end that, waits as well"));
}

TEST_F(HangTest, LookingForEverIsALivelock) {
  run.exit(client);
  run.read(server, segment, 0, 1, 'a', {.line = 40});
  spin(server, 1, 40);
  run.trace.end = RunEnd::kSpinning;
  run.waits(server, "", {});
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kLivelock);
  EXPECT_EQ(found[0].message,
            "server looks again and again at 1 byte at offset 0 of the segment with key 5678 at "
            "server.c:40, and nobody will ever change it");
}

TEST_F(HangTest, WhoAsksAgainAndAgainIsToldByWhatFails) {
  for (int i = 0; i < 3; ++i) {
    run.call(client, "shmget(5678, 27, 0600)", -ENOENT, {.line = 22});
    run.event(EventKind::kTimer, client, "sleep(1 s) is over", {.line = 23});
  }
  spin(client, kNaps, 23);
  run.trace.processes[1].end = sandbox::Ended{};
  run.exit(server);
  run.trace.end = RunEnd::kSpinning;
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].message,
            "client calls shmget again and again at client.c:22, which fails with ENOENT each "
            "time, and it will find the same for ever");
  EXPECT_EQ(found[0].locations[0].line, 22);
}

TEST_F(HangTest, WhoRunsInACircleIsToldThatItMayNotLookAtAll) {
  spin(client, kNoPause, 23);
  run.waits(client, std::string(kBurns), {}, 23);
  run.exit(server);
  run.trace.end = RunEnd::kSpinning;
  const auto found = hangs();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].message,
            "client runs in a circle at client.c:23, in which it changes nothing, and nothing will "
            "ever end that");
  EXPECT_THAT(found[0].hint, HasSubstr("volatile sig_atomic_t"));
}

TEST_F(HangTest, ManyStepsAloneAccuseNobody) {
  for (int i = 0; i < 4000; ++i) run.write(server, segment, 0, 4, i);
  run.trace.end = RunEnd::kSteps;
  run.waits(server, "", {});
  EXPECT_THAT(hangs(), IsEmpty()) << "it may be getting somewhere";
}

TEST_F(HangTest, ManyStepsInWhichNothingChanged) {
  for (int i = 0; i < 4000; ++i) run.read(server, segment, 0, 4, 0, {.line = 3});
  run.trace.end = RunEnd::kSteps;
  run.waits(server, "", {});
  EXPECT_EQ(hangs().at(0).kind, Kind::kLivelock);
}

TEST_F(HangTest, ManyStepsWhileAnotherCouldGoOnAccuseNobody) {
  for (int i = 0; i < 4000; ++i) run.read(server, segment, 0, 4, 0, {.line = 3});
  run.trace.end = RunEnd::kSteps;
  run.waits(server, "", {});
  Choice idle{.actor = {ActorKind::kTask, server}, .enabled = true};
  Choice other{.actor = {ActorKind::kTask, client}, .enabled = true};
  Decision last;
  last.choices = run.trace.choices.add(std::vector{idle, other});
  last.taken = 0;
  run.trace.decisions = {last};
  EXPECT_THAT(hangs(), IsEmpty()) << "the client has not been let go since";
  run.read(client, segment, 0, 4, 0, {.line = 4});
  EXPECT_THAT(hangs(), SizeIs(1)) << "it has been let go, and that changed nothing";
}

TEST_F(HangTest, ReadingALotIsGettingSomewhere) {
  for (std::uint64_t i = 0; i < 4000; ++i) run.read(server, segment, i, 1, 0, {.line = 3});
  run.trace.end = RunEnd::kSteps;
  run.waits(server, "", {});
  EXPECT_THAT(hangs(), IsEmpty());
}

TEST_F(HangTest, BurningTheProcessorIsABusyWait) {
  run.read(server, segment, 0, 4, 0, {.line = 9});
  run.read(server, segment, 0, 4, 0, {.line = 9});
  spin(server, 0, 9);
  run.exit(server);
  const auto found = detect_busy_waits({}, run.trace, Polling::kIsWaiting);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kBusyWait);
  EXPECT_EQ(found[0].stage, Stage::kOrders);
  EXPECT_THAT(found[0].message, HasSubstr("at server.c:9 without ever letting go"));
}

TEST_F(HangTest, APauseBetweenTheLooksIsWaiting) {
  spin(server, 1, 9);  // the event says so
  run.read(client, segment, 0, 4, 0, {.line = 9});
  run.call(client, "sched_yield() = 0", 0, {.line = 10});
  run.read(client, segment, 0, 4, 0, {.line = 9});
  spin(client, 0, 9);  // the trace shows it
  EXPECT_THAT(detect_busy_waits({}, run.trace, Polling::kIsWaiting), IsEmpty());
  EXPECT_THAT(detect_busy_waits({}, run.trace, Polling::kIsBusyWait), SizeIs(2));
}

TEST_F(HangTest, OneForEachPlace) {
  spin(server, 0, 9);
  spin(server, 0, 9);
  spin(server, 0, 12);
  EXPECT_THAT(detect_busy_waits({}, run.trace, Polling::kIsWaiting), SizeIs(2));
}

TEST(DropRepeated, ADeadlockWhereAWakeUpIsLostIsThatOne) {
  const Location server{"server", "server", "server.c", 30, "main"};
  const Location client{"client", "client", "client.c", 18, "main"};
  const auto hang = [](Kind kind, std::string scenario, std::vector<Location> where) {
    Finding finding;
    finding.kind = kind;
    finding.stage = Stage::kOrders;
    finding.scenario = std::move(scenario);
    finding.locations = std::move(where);
    return finding;
  };
  std::vector<Finding> found{hang(Kind::kDeadlock, "stale", {server}),
                             hang(Kind::kLostWakeup, "together", {client, server})};
  drop_repeated(found);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kLostWakeup);

  found = {hang(Kind::kDeadlock, "stale", {server, client}),
           hang(Kind::kLostWakeup, "together", {client})};
  drop_repeated(found);
  EXPECT_THAT(found, SizeIs(2)) << "the server waits for something else";
}

}  // namespace
}  // namespace ipcgrade
