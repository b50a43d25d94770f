// What a program may make of a call that fails, and what not.
#include "detect/unhandled_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include "detect/tell.h"
#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Scenario alphabet() {
  Scenario scenario;
  scenario.id = "together";
  for (const char* program : {"server", "client"}) scenario.starts.push_back({program, {}, "", {}});
  scenario.results = {
      {{{"server", "", ExitIs{0}, false}, {"client", "abc\n", ExitIs{0}, false}}, false}};
  return scenario;
}

struct UnhandledErrorTest : testing::Test {
  TraceBuilder fair, run;
  TaskId server = kNoTask, client = kNoTask;

  UnhandledErrorTest() {
    for (TraceBuilder* built : {&fair, &run}) {
      server = built->program("server");
      client = built->program("client");
      built->trace.processes[1].output = "abc\n";
    }
    fair.exit(server);
    fair.exit(client);
    run.call(server, "shmget(5678, 27, IPC_CREAT|0600) = 0");
  }
  ProcessRecord& of(TaskId task) { return run.trace.processes[task]; }
  void fail(TaskId task, const std::string& text, int error) {
    run.call(task, text, -error, {.line = 14, .injected = true});
    injection.failure.error = error;
  }
  /// As one should: a word on stderr, nothing printed, status 1.
  void gives_up(TaskId task) {
    of(task).output = "";
    of(task).errors = "semop: Invalid argument\n";
    run.exit(task, 1 << 8);
  }
  void waits(TaskId task) {
    run.trace.end = RunEnd::kDeadlock;
    run.waits(task, "waits for semaphore 0", {static_cast<TaskId>(1 - task)}, 30);
  }
  [[nodiscard]] std::vector<Finding> found() const {
    return detect_unhandled_error(alphabet(), fair.trace, injection, run.trace);
  }
  [[nodiscard]] std::string message() const {
    const auto all = found();
    return all.size() == 1 ? all[0].message : "";
  }

  Injection injection;
};

TEST_F(UnhandledErrorTest, ACallThatWasNeverMadeIsNotJudged) {
  run.exit(server, 1 << 8);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UnhandledErrorTest, GivingUpAsOneShouldIsRight) {
  fail(client, "shmat(0) = -1 EACCES", EACCES);
  gives_up(client);
  waits(server);
  run.trace.left.segments = {{0, 5678, 27, 0, false}};  // the server's, who had no chance
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UnhandledErrorTest, ARunThatTheGraderWasToldToStopSaysNothing) {
  fail(client, "shmat(0) = -1 EACCES", EACCES);
  of(client).end = sandbox::Ended{};
  run.trace.end = RunEnd::kStopped;
  run.trace.stopped = sandbox::Cause{sandbox::Interrupted{}, std::nullopt};
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UnhandledErrorTest, WorkingRoundItIsRight) {
  fail(client, "semop(1) = -1 ENOMEM", ENOMEM);
  run.exit(client);
  run.exit(server);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UnhandledErrorTest, SuccessWithoutTheResultIsNot) {
  fail(client, "shmat(0) = -1 EACCES", EACCES);
  of(client).output = "";
  run.exit(client);
  run.exit(server);
  const auto all = found();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].kind, Kind::kUnhandledError);
  EXPECT_EQ(all[0].stage, Stage::kFaults);
  EXPECT_EQ(all[0].message,
            "when shmat at client.c:14 fails with EACCES, client exited with 0, as if nothing had "
            "failed");
  EXPECT_EQ(all[0].locations.at(0).line, 14);
}

TEST_F(UnhandledErrorTest, SuccessThatLetsThePartnerWaitIsNot) {
  fail(client, "semop(1) = -1 EIDRM", EIDRM);
  run.exit(client);
  waits(server);
  EXPECT_THAT(message(), HasSubstr("client exited with 0"));
}

TEST_F(UnhandledErrorTest, ARemovedQueueIsNoAnswerBeforeAllWasSent) {
  run.call(client, "read(0, \"abc\\n\", 100) [stdin] = 4", 4);
  fail(client, "msgsnd(5679, type 1, 4 bytes) fails: EIDRM", EIDRM);
  of(client).output = "";
  run.exit(client);
  run.exit(server);
  EXPECT_THAT(message(), HasSubstr("client exited with 0"));
}

TEST_F(UnhandledErrorTest, ARemovedQueueMayBeTheAnswerToWhoHasSentAll) {
  run.call(client, "read(0, 100) [stdin] = 0", 0);
  fail(client, "msgsnd(5679, type 1, 4 bytes) fails: EIDRM", EIDRM);
  of(client).output = "";
  run.exit(client);
  run.exit(server);
  EXPECT_EQ(message(), "");
}

TEST_F(UnhandledErrorTest, WhoWaitsForItselfToLetGoOfAPipeHoldsAnEnd) {
  fail(client, "read(0, 100) [stdin] fails: EIO", EIO);
  run.exit(server);
  run.trace.end = RunEnd::kDeadlock;
  run.waits(client, "reads from pipe 1, whose last write end is held by itself", {client}, 30);
  const auto all = found();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].faults, Contains(holds_an_end("client")));
}

TEST_F(UnhandledErrorTest, ACrashIsNot) {
  fail(client, "shmat(0) = -1 EACCES", EACCES);
  run.event(EventKind::kCrash, client, "", {.line = 20}, SIGSEGV);
  of(client).output = "";
  run.exit(client, SIGSEGV);
  waits(server);
  EXPECT_THAT(message(), HasSubstr("client was ended by SIGSEGV"));
}

TEST_F(UnhandledErrorTest, AHangIsNot) {
  fail(server, "semop(-1) = -1 EINVAL", EINVAL);
  waits(server);
  run.exit(client);
  EXPECT_THAT(message(), HasSubstr("server waits for ever at server.c:30"));
}

TEST_F(UnhandledErrorTest, ThePartnerIsNotJudged) {
  fail(server, "semop(-1) = -1 EINVAL", EINVAL);
  gives_up(server);
  run.event(EventKind::kCrash, client, "", {.line = 20}, SIGSEGV);
  of(client).output = "";
  run.exit(client, SIGSEGV);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UnhandledErrorTest, ABeginningMayHaveBeenPrinted) {
  fail(client, "read(3) = -1 EIO", EIO);
  gives_up(client);
  of(client).output = "ab";
  run.exit(server);
  EXPECT_THAT(found(), IsEmpty());
  of(client).output = "ab\n";
  EXPECT_THAT(message(), HasSubstr("the beginning of a line as if it were all of it"));
  of(client).output = "something else\n";  // and says that it failed
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UnhandledErrorTest, SilenceIsNot) {
  fail(client, "shmat(0) = -1 EACCES", EACCES);
  gives_up(client);
  of(client).errors = "";
  run.exit(server);
  EXPECT_THAT(message(), HasSubstr("said nothing on stderr"));
}

TEST_F(UnhandledErrorTest, WhatItLeftIsTold) {
  fail(server, "semget(7) = -1 ENOSPC", ENOSPC);
  gives_up(server);
  run.trace.left.segments = {{0, 5678, 27, 0, false}};
  waits(client);
  of(client).output = "";
  EXPECT_THAT(message(), HasSubstr("key 5678 (0x162e) and 27 bytes was left behind"));
}

TEST_F(UnhandledErrorTest, WhatCouldNotBeRemovedMayStay) {
  fail(server, "shmctl(0, IPC_RMID, NULL) = -1 EPERM", EPERM);
  gives_up(server);
  run.trace.left.segments = {{0, 5678, 27, 0, false}};
  run.exit(client);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UnhandledErrorTest, AnInterruptedCallHasNotFailed) {
  fail(client, "semop(-1) = -1 EINTR", EINTR);
  gives_up(client);
  waits(server);
  EXPECT_THAT(message(), HasSubstr("client takes EINTR for a failure or an end"));
}

TEST_F(UnhandledErrorTest, WhoCallsAgainHasNotTakenItForAFailure) {
  fail(client, "read(0, 4) = -1 EINTR", EINTR);
  run.call(client, "read(0, 4) = 4", 4, {.line = 14});
  of(client).output = "bc\n";
  run.exit(client);
  run.exit(server);
  EXPECT_EQ(message(),
            "when read at client.c:14 fails with EINTR, client printed something else, from byte 1 "
            "on");
  EXPECT_THAT(found().front().hint, HasSubstr("nothing begun anew"));
}

TEST_F(UnhandledErrorTest, AnExceptionThatNobodyCaughtIsToldAsThat) {
  fail(client, "read(0, 4) = -1 EIO", EIO);
  of(client).output = "";
  run.exit(client, SIGABRT);
  run.exit(server);
  EXPECT_EQ(message(), "when read at client.c:14 fails with EIO, client was ended by SIGABRT");
  of(client).errors = "terminate called after throwing an instance of 'std::system_error'\n";
  EXPECT_THAT(message(), HasSubstr("SIGABRT, for an exception that nobody caught"));
  EXPECT_THAT(found().front().hint, HasSubstr("catch it in main"));
}

TEST_F(UnhandledErrorTest, WhoseInputCameInPiecesSaysWhereItsPartnerStops) {
  run.call(server, "read(0, 4) [stdin] = 2", 2, {.line = 14, .injected = true});
  run.call(server, "read(0, 4) [stdin] = 2", 2, {.line = 14});
  run.exit(server);
  const EventId taken = run.call(client, "msgrcv() = 2", 2, {.line = 22});
  run.trace.events[taken].bytes_in = 1;
  of(client).output = "ab";
  run.exit(client);
  const auto all = found();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].message,
            "when read at server.c:14 is cut short, client printed only the first 2 of 4 bytes");
  ASSERT_THAT(all[0].locations, SizeIs(2));
  EXPECT_EQ(all[0].locations[1].line, 22);
}

TEST_F(UnhandledErrorTest, AShortCountIsNoEnd) {
  fail(client, "read(0, 4) = 2", 0);
  of(client).output = "ab";
  run.exit(client);
  run.exit(server);
  EXPECT_EQ(message(),
            "when read at client.c:14 is cut short, client printed only the first 2 of 4 bytes, "
            "since client does not go on with the rest");
}

TEST_F(UnhandledErrorTest, WhoReadsOnAfterAShortCountHasNotTakenItForAnEnd) {
  const ObjectId input = run.object(ObjectKind::kPipe, "stdin of client");
  run.call(client, "read(0, 4) = 2", 2, {.line = 14, .injected = true, .touches = {writes(input)}});
  run.call(client, "read(0, 4) = 2", 2, {.touches = {writes(input)}});
  of(client).output = "ab";
  run.exit(client);
  run.exit(server);
  EXPECT_EQ(message(),
            "when read at client.c:14 is cut short, client printed only the first 2 of 4 bytes");
  EXPECT_THAT(found().front().faults, Contains("wrong result: client"));
}

TEST_F(UnhandledErrorTest, AChildThatIsKilled) {
  const TaskId child = run.child(client, run.call(client, "fork() = 102"));
  run.event(EventKind::kSignal, child, "", {.injected = true}, SIGKILL);
  run.exit(child, SIGKILL);
  run.exit(server);
  gives_up(client);
  EXPECT_THAT(found(), IsEmpty());
  of(client).end = sandbox::Signalled{SIGPIPE};
  EXPECT_THAT(message(), HasSubstr("client's child 1 is killed, client was ended by SIGPIPE"));
}

TEST_F(UnhandledErrorTest, AChildOfOneThatGivesUpMayDieOfSigpipe) {
  const TaskId child = run.child(client, run.call(client, "fork() = 102"));
  fail(client, "read(3) = -1 EIO", EIO);
  run.event(EventKind::kSignal, child, "", {}, SIGPIPE);
  run.exit(child, SIGPIPE);
  gives_up(client);
  run.exit(server);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UnhandledErrorTest, AFairRunThatIsWrongIsToldElsewhere) {
  fair.trace.processes[1].output = "";
  fail(client, "shmat(0) = -1 EACCES", EACCES);
  run.exit(client);
  run.exit(server);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UnhandledErrorTest, WhatCannotBeHeldIsNotJudged) {
  fail(client, "shmat(0) = -1 EACCES", EACCES);
  run.exit(client);
  run.trace.end = RunEnd::kUnmodelled;
  EXPECT_THAT(found(), IsEmpty());
}

}  // namespace
}  // namespace ipcgrade
