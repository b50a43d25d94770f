#include "detect/left_behind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using sandbox::Exited;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Scenario plain() {
  Scenario scenario;
  scenario.id = "together";
  scenario.results = {{{{"server", "", ExitIs{0}, false}}, false}};
  return scenario;
}

/// The first one has the id 0.
sandbox::SysvSegment given_segment() { return {0, 5678, 27, 0, false}; }

/// The server either works, and removes the given segment, or refuses, and may leave it.
Scenario stale() {
  Scenario scenario = plain();
  scenario.given = {{5678, 27}};
  scenario.results.push_back({{{"server", "", ExitNonzero{}, false}}, true});
  return scenario;
}

Trace exited(int status = 0) {
  Trace trace;
  trace.processes = {{"server", Exited{status}, "", ""}};
  return trace;
}

std::vector<std::string> messages(const std::vector<Finding>& findings) {
  std::vector<std::string> all;
  for (const Finding& finding : findings) all.push_back(finding.message);
  return all;
}

TEST(LeftBehindTest, NothingIsNothing) {
  EXPECT_THAT(detect_left_behind(plain(), exited()), IsEmpty());
}

TEST(LeftBehindTest, EverySortIsToldWithWhatItIs) {
  Trace trace = exited();
  trace.left.segments = {{0, 5678, 27, 0, false}};
  trace.left.semaphore_sets = {{0, 1, 1}, {1, 2, 3}};
  trace.left.message_queues = {{0, 5679, 2, 10}};
  trace.left.posix_queues = {{"/ipc-lab"}};
  trace.left.shared_memory_files = {{"object", 4096}, {"sem.ready", 32}};
  trace.left.processes = {{7, "server"}, {8, "server"}, {9, "helper"}};
  trace.unreaped = {"server"};
  const auto findings = detect_left_behind(plain(), trace);
  EXPECT_THAT(
      messages(findings),
      ElementsAre("a System V shared memory segment with key 5678 (0x162e) and 27 bytes was left "
                  "behind",
                  "a System V semaphore set with key 1 (0x1) and 1 semaphore was left behind",
                  "a System V semaphore set with key 2 (0x2) and 3 semaphores was left behind",
                  "a System V message queue with key 5679 (0x162f) and 2 messages in it was left "
                  "behind",
                  "the POSIX message queue /ipc-lab was left behind",
                  "the POSIX shared memory object /object of 4 KiB was left behind",
                  "the POSIX semaphore /ready was left behind",
                  "still running after the programs had ended: helper, 2 times server",
                  "a child was never waited for: server"));
  for (std::size_t i = 0; i < findings.size(); ++i) {
    EXPECT_EQ(findings[i].kind, i == 7   ? Kind::kLeakedProcess
                                : i == 8 ? Kind::kUnreapedChild
                                         : Kind::kLeakedObject);
    EXPECT_EQ(findings[i].stage, Stage::kFair);
    EXPECT_EQ(findings[i].scenario, "together");
    EXPECT_NE(findings[i].hint, "");
  }
}

TEST(LeftBehindTest, PrivateAndNegativeKeys) {
  Trace trace = exited();
  trace.left.segments = {{0, 0, 1, 0, false}, {1, -1, 1, 0, false}};
  const auto told = messages(detect_left_behind(plain(), trace));
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_THAT(told[0], HasSubstr("with a private key and 1 byte was"));
  EXPECT_THAT(told[1], HasSubstr("key -1 (0xffffffff)"));
}

TEST(LeftBehindTest, ManyOfASortAreToldInAFew) {
  Trace trace = exited();
  for (int i = 0; i < 250; ++i) trace.left.segments.push_back({i, i + 1, 10, 0, false});
  const auto told = messages(detect_left_behind(plain(), trace));
  ASSERT_THAT(told, SizeIs(5));
  EXPECT_THAT(told[4], testing::EndsWith(", and 245 more"));
  EXPECT_THAT(told[3], testing::EndsWith("left behind"));
  trace.left.segments.resize(5);
  EXPECT_THAT(messages(detect_left_behind(plain(), trace)).back(),
              testing::EndsWith("left behind"));
}

TEST(LeftBehindTest, WhoWasEndedEarlyHadNoChance) {
  Trace trace = exited();
  trace.left.segments = {{0, 5678, 27, 0, false}};
  ASSERT_THAT(detect_left_behind(plain(), trace), SizeIs(1));
  for (const sandbox::CommandEnd& end :
       {sandbox::CommandEnd(sandbox::Ended{}), sandbox::CommandEnd(sandbox::Signalled{SIGSEGV}),
        sandbox::CommandEnd(sandbox::NotStarted{"execute", 2, true})}) {
    trace.processes[0].end = end;
    EXPECT_THAT(detect_left_behind(plain(), trace), IsEmpty());
  }
  trace = exited();
  trace.left.segments = {{0, 5678, 27, 0, false}};
  trace.stopped = sandbox::Cause{sandbox::LimitReached{}, std::nullopt};
  EXPECT_THAT(detect_left_behind(plain(), trace), IsEmpty());
}

TEST(LeftBehindTest, AFailureThatIsAskedForStillCleansUp) {
  Trace trace = exited(1);
  trace.left.segments = {{0, 5678, 27, 0, false}};
  Scenario scenario = plain();
  scenario.results.front().programs.front().exit = ExitNonzero{};
  EXPECT_THAT(detect_left_behind(scenario, trace), SizeIs(1));
}

TEST(LeftBehindTest, APartnerThatWasNeverStartedIsNoExcuse) {
  Trace trace = exited();
  trace.processes.push_back({"client", std::nullopt, "", ""});
  trace.left.segments = {{0, 5678, 27, 0, false}};
  EXPECT_THAT(detect_left_behind(plain(), trace), SizeIs(1));
}

TEST(LeftBehindTest, TheGivenMayStayWhereTheResultSaysSo) {
  Trace refused = exited(1);
  refused.left.segments = {given_segment()};
  EXPECT_THAT(detect_left_behind(stale(), refused), IsEmpty());
  refused.left.segments.push_back({1, 5680, 27, 0, false});
  EXPECT_THAT(messages(detect_left_behind(stale(), refused)), ElementsAre(HasSubstr("5680")));
  Trace worked = exited(0);
  worked.left.segments = {given_segment()};
  EXPECT_THAT(detect_left_behind(stale(), worked), SizeIs(1)) << "it had to go";
  Trace replaced = exited(1);
  for (const std::uint64_t size : {27U, 4096U}) {
    replaced.left.segments = {{3, 5678, size, 0, false}};
    EXPECT_THAT(detect_left_behind(stale(), replaced), SizeIs(1)) << "not the one that was given";
  }
}

TEST(LeftBehindTest, IsToldWithTheLineThatMadeIt) {
  TraceBuilder run;
  const TaskId server = run.program("server");
  run.call(server, "semget(5678, 1, 0600 | IPC_CREAT)", 3, {.line = 10});
  run.call(server, "open(\"/dev/shm/flags\", O_RDWR | O_CREAT)", 4, {.line = 11});
  run.call(server, "unlink(\"/dev/shm/flags\")", 0, {.line = 12});
  run.call(server, "open(\"/dev/shm/flags\", O_RDWR | O_CREAT)", 4, {.line = 13});
  run.call(server, "semget(5678, 1, 0600 | IPC_CREAT)", 3, {.line = 14});
  const EventId fork = run.call(server, "fork()", 1001, {.line = 15});
  run.child(server, fork);
  run.trace.left.semaphore_sets = {{3, 5678, 1}};
  run.trace.left.shared_memory_files = {{"flags", 4096}};
  run.trace.left.posix_queues = {{"/of-somebody-else"}};
  run.trace.unreaped = {"server's child 1"};
  std::vector<int> lines;
  for (const Finding& one : detect_left_at_all(plain(), run.trace)) {
    lines.push_back(one.locations.empty() ? 0 : one.locations[0].line);
  }
  EXPECT_THAT(lines, ElementsAre(10, 0, 13, 15));
}

TEST(LeftBehindTest, AChildThatNobodyWaitsForHasItsStory) {
  TraceBuilder run;
  const TaskId server = run.program("server");
  const EventId fork = run.call(server, "fork()", 1001, {.line = 15});
  const TaskId child = run.child(server, fork);
  run.exit(child);
  run.exit(server);
  run.trace.unreaped = {"server's child 1"};
  const auto findings = detect_left_behind(plain(), run.trace);
  ASSERT_THAT(findings, SizeIs(1));
  std::vector<std::string> keys;
  for (const StoryStep& step : findings[0].story) {
    if (step.is_key) keys.push_back(step.process + " " + step.text);
  }
  EXPECT_THAT(keys, ElementsAre("server fork()", "server's child 1 ends", "server ends"));
}

TEST(LeftBehindTest, ANameIsFoundAsCallsTellIt) {
  TraceBuilder run;
  const TaskId server = run.program("server");
  run.call(server, "mq_open(\"/gr\\303\\266\\303\\237e\", O_RDWR|O_CREAT)", 4, {.line = 11});
  run.call(server, "open(\"/dev/shm/sizes\", O_RDWR|O_CREAT)", 4, {.line = 12});
  run.call(server, "open(\"/dev/shm/size\", O_RDWR|O_CREAT)", 4, {.line = 13});
  run.exit(server);
  run.trace.left.posix_queues = {{"/gr\303\266\303\237e"}};
  run.trace.left.shared_memory_files = {{"size", 1}};
  const auto findings = detect_left_behind(plain(), run.trace);
  ASSERT_THAT(findings, SizeIs(2));
  EXPECT_EQ(findings[0].locations.front().line, 11);
  EXPECT_EQ(findings[1].locations.front().line, 13);
}

TEST(LeftBehindTest, WrongResultsGetTheBenefitOfTheDoubt) {
  Scenario scenario = stale();
  Trace trace = exited(1);
  trace.processes[0].output = "something";
  trace.left.segments = {given_segment()};
  EXPECT_THAT(detect_left_behind(scenario, trace), IsEmpty());
  scenario.results.pop_back();
  EXPECT_THAT(detect_left_at_all(scenario, trace), SizeIs(1));
}

TEST(LeftBehindTest, WhoFailsLeavesItsPartnerWithWhatBothWereToCleanUp) {
  Trace trace = exited(1);
  trace.left.segments = {given_segment()};
  EXPECT_THAT(detect_left_behind(plain(), trace), IsEmpty());
  EXPECT_THAT(detect_left_at_all(plain(), trace), SizeIs(1));
  trace.processes[0].end = Exited{0};
  EXPECT_THAT(detect_left_behind(plain(), trace), SizeIs(1));
}

}  // namespace
}  // namespace ipcgrade
