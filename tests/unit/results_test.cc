// Traces written by hand, each with one thing that can be wrong.
#include "detect/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

namespace ipcgrade {
namespace {

using sandbox::Ended;
using sandbox::Exited;
using sandbox::LimitKind;
using sandbox::LimitReached;
using sandbox::NotStarted;
using sandbox::RefusedCall;
using sandbox::Signalled;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kAlphabet = "abcdefghijklmnopqrstuvwxyz\n";

ExpectedEnd expect(std::string program, std::string output, ExitRule exit = ExitIs{0},
                   bool may_wait = false) {
  return {std::move(program), std::move(output), exit, may_wait};
}

/// A server, and a client once there is its segment.
Scenario together() {
  Scenario scenario;
  scenario.id = "together";
  Start server;
  server.program = "server";
  Start client;
  client.program = "client";
  client.when = {SegmentExists{5678, 27, false}};
  scenario.starts = {server, client};
  scenario.results = {{{expect("server", ""), expect("client", kAlphabet)}, false}};
  return scenario;
}

/// As above, or the server refuses and the client need only print nothing.
Scenario stale() {
  Scenario scenario = together();
  scenario.id = "stale";
  scenario.given = {{5678, 27}};
  scenario.starts[1].when = {ProgramEnded{"server"}, SegmentExists{5678, 0, true}};
  scenario.results.push_back(
      {{expect("server", "", ExitNonzero{}), expect("client", "", ExitNonzero{}, true)}, true});
  return scenario;
}

ProcessRecord ended(std::string program, sandbox::CommandEnd end, std::string output = "",
                    std::string errors = "") {
  return {std::move(program), std::move(end), std::move(output), std::move(errors)};
}

Trace trace_of(std::vector<ProcessRecord> processes) {
  Trace trace;
  trace.scenario = "together";
  trace.processes = std::move(processes);
  return trace;
}

Trace right() {
  return trace_of({ended("server", Exited{0}), ended("client", Exited{0}, kAlphabet)});
}

sandbox::Cause limit(LimitKind kind, std::uint64_t most, std::optional<int> command) {
  return {LimitReached{kind, most, most}, command};
}

std::vector<Kind> kinds(const std::vector<Finding>& findings) {
  std::vector<Kind> all;
  for (const Finding& finding : findings) all.push_back(finding.kind);
  return all;
}

/// The only finding.
Finding only(const Scenario& scenario, const Trace& trace) {
  const auto findings = detect_wrong_results(scenario, trace);
  EXPECT_THAT(findings, SizeIs(1));
  if (findings.empty()) return {};
  EXPECT_EQ(findings[0].scenario, scenario.id);
  EXPECT_EQ(findings[0].stage, Stage::kFair);
  EXPECT_EQ(findings[0].severity, Severity::kError);
  return findings[0];
}

TEST(ResultsTest, WhatIsRightIsNotAccused) {
  EXPECT_THAT(detect_wrong_results(together(), right()), IsEmpty());
}

TEST(ResultsTest, FindsTheResultThatMatches) {
  const Scenario scenario = stale();
  EXPECT_EQ(matching_result(scenario, right()), &scenario.results[0]);
  const Trace refused = trace_of({ended("server", Exited{1}), ended("client", Exited{3})});
  EXPECT_EQ(matching_result(scenario, refused), &scenario.results[1]);
  EXPECT_THAT(detect_wrong_results(scenario, refused), IsEmpty());
  const Trace mixed = trace_of({ended("server", Exited{1}), ended("client", Exited{0}, kAlphabet)});
  EXPECT_EQ(matching_result(scenario, mixed), nullptr) << "not half of one and half of the other";
}

TEST(ResultsTest, MayWaitOnlyWhereTheTimeWasOver) {
  const Scenario scenario = stale();
  Trace waits = trace_of({ended("server", Exited{1}), ended("client", Ended{})});
  waits.stopped = limit(LimitKind::kWallTime, 20'000, 1);
  EXPECT_EQ(matching_result(scenario, waits), &scenario.results[1]);
  EXPECT_THAT(detect_wrong_results(scenario, waits), IsEmpty());
  // Looking again and again with a yield between is waiting, too.
  waits.stopped = limit(LimitKind::kCpuTime, 10'000, 1);
  EXPECT_THAT(detect_wrong_results(scenario, waits), IsEmpty());
  waits.stopped = limit(LimitKind::kMemory, 10'000, 1);
  EXPECT_EQ(only(scenario, waits).kind, Kind::kMemoryLimit);
  waits.stopped = limit(LimitKind::kWallTime, 20'000, 1);
  waits.processes[1].output = "abc";
  const Finding finding = only(scenario, waits);
  EXPECT_EQ(finding.kind, Kind::kWrongOutput) << finding.message;
}

TEST(ResultsTest, WrongOutputIsTold) {
  const auto message = [](std::string printed) {
    Trace trace = right();
    trace.processes[1].output = std::move(printed);
    const Finding finding = only(together(), trace);
    EXPECT_EQ(finding.kind, Kind::kWrongOutput);
    EXPECT_EQ(finding.locations.at(0).program, "client");
    EXPECT_THAT(finding.details, Contains("right is:"));
    return finding.message;
  };
  EXPECT_THAT(message(""), HasSubstr("client printed nothing"));
  EXPECT_THAT(message("abcdefghijklmnopqrstuvwxyz"), HasSubstr("without the newline"));
  EXPECT_THAT(message(std::string(kAlphabet) + kAlphabet), HasSubstr("and 27 bytes more"));
  EXPECT_THAT(message("abc"), HasSubstr("only the first 3 of 27 bytes"));
  EXPECT_THAT(message("abcx"), HasSubstr("from byte 4 on"));
  EXPECT_THAT(message("x"), HasSubstr("from byte 1 on"));
  Trace trace = right();
  trace.processes[0].output = "I am the server\n";
  EXPECT_THAT(only(together(), trace).message, HasSubstr("16 bytes where it should print nothing"));
}

TEST(ResultsTest, OutputIsShownCut) {
  Trace trace = right();
  trace.processes[1].output = std::string(1000, 'x') + "\n";
  for (int i = 0; i < 100; ++i) trace.processes[1].output += "line\n";
  trace.processes[1].errors = "why\nand more";
  const Finding finding = only(together(), trace);
  EXPECT_THAT(finding.details, SizeIs(testing::Le(20U)));
  EXPECT_THAT(finding.details, Contains("client printed, bytes 1 to 160 of 1501:"));
  EXPECT_THAT(finding.details, Contains("client wrote on stderr:"));
  EXPECT_THAT(finding.details, Contains("    and more   (no newline at the end)"));
  for (const std::string& line : finding.details) EXPECT_LE(line.size(), 300);
}

TEST(ResultsTest, OutputIsShownWhereItDiffers) {
  Scenario scenario = together();
  scenario.results[0].programs[1].output = std::string(2000, 'x') + "\n";
  Trace trace = right();
  trace.processes[1].output = std::string(1000, 'x') + std::string(1000, '\n');
  const Finding finding = only(scenario, trace);
  EXPECT_THAT(finding.details, Contains("right is, bytes 961 to 1120 of 2001:"));
  EXPECT_THAT(finding.details, Contains("client printed, bytes 961 to 1007 of 2000:"));
}

TEST(ResultsTest, WrongExitIsTold) {
  Trace trace = right();
  trace.processes[0].end = Exited{3};
  Finding finding = only(together(), trace);
  EXPECT_EQ(finding.kind, Kind::kWrongExit);
  EXPECT_EQ(finding.message, "server exited with 3; it should exit with 0");
  Scenario alone = together();
  alone.results = {{{expect("client", "", ExitNonzero{})}, false}};
  finding = only(alone, trace_of({ended("client", Exited{0})}));
  EXPECT_THAT(finding.message, HasSubstr("other than 0"));
}

TEST(ResultsTest, ACrashIsToldFromAnotherSignal) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPIPE, SIGTRAP}) {
    Trace trace = right();
    trace.processes[1].end = Signalled{signal};
    EXPECT_EQ(only(together(), trace).kind, Kind::kCrash) << signal;
  }
  for (const int signal : {SIGKILL, SIGTERM, SIGUSR1, SIGINT, 40}) {
    Trace trace = right();
    trace.processes[1].end = Signalled{signal};
    EXPECT_EQ(only(together(), trace).kind, Kind::kWrongExit) << signal;
  }
  Trace trace = right();
  trace.processes[1].end = Signalled{SIGSEGV};
  EXPECT_EQ(only(together(), trace).message, "client was ended by SIGSEGV");
}

TEST(ResultsTest, WhatCannotBeExecutedIsTold) {
  Trace trace = right();
  trace.processes[1].end = NotStarted{"execute", ENOEXEC, true};
  trace.processes[1].output = "";
  EXPECT_THAT(only(together(), trace).message, HasSubstr("client could not be started"));
}

TEST(ResultsTest, APartnerThatSufferedIsNotAccused) {
  // The client crashes, and the server waits for it until the time is over.
  Trace trace = trace_of({ended("server", Ended{}), ended("client", Signalled{SIGSEGV})});
  trace.stopped = limit(LimitKind::kWallTime, 20'000, 0);
  const Finding finding = only(together(), trace);
  EXPECT_EQ(finding.kind, Kind::kCrash);
  EXPECT_THAT(finding.message, HasSubstr("client"));
}

TEST(ResultsTest, LimitsAreToldByTheirNames) {
  const struct {
    LimitKind limit;
    Kind kind;
  } cases[] = {
      {LimitKind::kWallTime, Kind::kTimeLimit}, {LimitKind::kCpuTime, Kind::kCpuLimit},
      {LimitKind::kMemory, Kind::kMemoryLimit}, {LimitKind::kProcesses, Kind::kProcessLimit},
      {LimitKind::kFileSize, Kind::kFileLimit}, {LimitKind::kOutput, Kind::kOutputLimit}};
  for (const auto& one : cases) {
    Trace trace = trace_of({ended("server", Ended{}), ended("client", Ended{}, "abc")});
    trace.stopped = limit(one.limit, 20'000, 1);
    const Finding finding = only(together(), trace);
    EXPECT_EQ(finding.kind, one.kind);
    EXPECT_THAT(finding.message, testing::StartsWith("client ")) << finding.message;
    EXPECT_THAT(finding.details, Contains("client printed:"));
  }
}

TEST(ResultsTest, TheTimeOfSeveral) {
  Trace trace = trace_of({ended("server", Ended{}), ended("client", Ended{})});
  trace.stopped = limit(LimitKind::kWallTime, 20'000, std::nullopt);
  EXPECT_THAT(only(together(), trace).message,
              testing::StartsWith("server and client were still running"));
  trace.processes[0].end = Exited{0};
  EXPECT_EQ(only(together(), trace).message, "client was still running after 20 s");
}

TEST(ResultsTest, WhoMayWaitIsNotNamedForTheTime) {
  Trace trace = trace_of({ended("server", Ended{}), ended("client", Ended{})});
  Scenario scenario = stale();
  scenario.results = {scenario.results[1]};
  trace.stopped = limit(LimitKind::kWallTime, 20'000, std::nullopt);
  EXPECT_THAT(only(scenario, trace).message, testing::StartsWith("server was still running"));
}

TEST(ResultsTest, AForbiddenCallIsToldWithItsPlace) {
  Trace trace = trace_of({ended("server", Ended{}), ended("client", Ended{})});
  RefusedCall refused{"socket(AF_INET, SOCK_STREAM, 0)",
                      "network",
                      "reaches the network",
                      {{"client.c", 41, "talk"}, {"client.c", 60, "main"}}};
  trace.stopped = sandbox::Cause{refused, 1};
  Finding finding = only(together(), trace);
  EXPECT_EQ(finding.kind, Kind::kForbiddenCall);
  EXPECT_THAT(finding.message,
              testing::StartsWith("socket(AF_INET, SOCK_STREAM, 0) at client.c:41; "
                                  "this call reaches the network"));
  ASSERT_THAT(finding.locations, SizeIs(2));
  EXPECT_EQ(finding.locations[0].line, 41);
  EXPECT_EQ(finding.locations[0].program, "client");
  refused.stack.clear();
  trace.stopped = sandbox::Cause{refused, 1};
  EXPECT_THAT(only(together(), trace).message, HasSubstr("0) in client;"));
}

TEST(ResultsTest, AChildThatGoesTooFarAfterItsParentIsTold) {
  // Both programs were right; what the server left running made the call.
  Trace trace = right();
  trace.stopped =
      sandbox::Cause{RefusedCall{"socket(AF_INET, SOCK_STREAM, 0)", "network", "r", {}}, 0};
  Finding finding = only(together(), trace);
  EXPECT_EQ(finding.kind, Kind::kForbiddenCall);
  EXPECT_THAT(finding.message, HasSubstr("in server;"));
  trace.stopped = limit(LimitKind::kMemory, 256ULL << 20, std::nullopt);
  finding = only(together(), trace);
  EXPECT_EQ(finding.kind, Kind::kMemoryLimit);
  EXPECT_EQ(finding.message, "server and client used more than 256 MiB of memory");
}

TEST(ResultsTest, ALimitThatWasTakenForAnErrorIsToldOnce) {
  // fork failed, since there were too many; the program said so and exited by itself.
  Trace trace = right();
  trace.processes[0].end = Exited{1};
  trace.stopped = limit(LimitKind::kProcesses, 64, 0);
  const Finding finding = only(together(), trace);
  EXPECT_EQ(finding.kind, Kind::kProcessLimit);
  EXPECT_THAT(finding.message, testing::StartsWith("server had more than 64"));
}

TEST(ResultsTest, WhatElseWasWrongIsToldAfterTheLimit) {
  Trace trace = trace_of({ended("server", Exited{7}), ended("client", Ended{})});
  trace.stopped = limit(LimitKind::kOutput, 1 << 20, 1);
  EXPECT_THAT(kinds(detect_wrong_results(together(), trace)),
              ElementsAre(Kind::kOutputLimit, Kind::kWrongExit));
}

TEST(ResultsTest, AProgramThatWasNeverStarted) {
  Trace trace = trace_of({ended("server", Exited{0}), {"client", std::nullopt, "", ""}});
  Finding finding = only(together(), trace);
  EXPECT_EQ(finding.kind, Kind::kWrongOutput);
  EXPECT_THAT(finding.message,
              HasSubstr("once there is a segment with key 5678 and at least 27 bytes, and that "
                        "never came"));
  EXPECT_THAT(finding.details, Contains("no System V segment was seen at all"));
  trace.seen_segments = {{1, 5679, 27, 0, false}, {2, 5678, 26, 0, false}};
  finding = only(together(), trace);
  EXPECT_THAT(finding.message, HasSubstr("at least 27 bytes; the one that came has 26 bytes"));
  EXPECT_THAT(finding.details, Contains(HasSubstr("key 5679 (0x162f) and 27 bytes was seen")));
  EXPECT_THAT(finding.details, Contains(HasSubstr("key 5678 (0x162e) and 26 bytes was seen")));
  finding = only(stale(), trace);
  EXPECT_THAT(finding.message, HasSubstr("server has ended, or there is a segment with key 5678, "
                                         "attached by somebody"));
}

TEST(ResultsTest, NeverStartedForAnothersFaultIsNotTold) {
  // The server crashed before it made a segment.
  const Trace trace =
      trace_of({ended("server", Signalled{SIGSEGV}), {"client", std::nullopt, "", ""}});
  EXPECT_EQ(only(together(), trace).kind, Kind::kCrash);
  Trace waits = trace_of({ended("server", Ended{}), {"client", std::nullopt, "", ""}});
  waits.stopped = limit(LimitKind::kWallTime, 20'000, 0);
  const Finding finding = only(together(), waits);
  EXPECT_EQ(finding.kind, Kind::kTimeLimit);
  EXPECT_THAT(finding.details, Contains("client had not been started"));
}

TEST(ResultsTest, TheNearestResultIsTheYardstick) {
  // A server that refused as it may, with a client that printed: one difference to the second.
  const Trace trace = trace_of({ended("server", Exited{1}), ended("client", Exited{1}, "abc")});
  const Finding finding = only(stale(), trace);
  EXPECT_THAT(finding.message, HasSubstr("client printed 3 bytes where it should print nothing"));
}

TEST(ResultsTest, OfEquallyNearResultsTheUsualOneIsTheYardstick) {
  // The server went on, and the client gave up.
  const Trace trace = trace_of({ended("server", Exited{0}), ended("client", Exited{1})});
  const Scenario scenario = stale();
  const auto told = [&](const Result* usual) {
    const auto findings = detect_wrong_results(scenario, trace, usual);
    return findings.size() == 1 ? findings[0].message : "";
  };
  EXPECT_THAT(told(&scenario.results[0]), HasSubstr("client printed nothing"));
  EXPECT_EQ(told(&scenario.results[1]),
            "server exited with 0; it should exit with a status other than 0, to say that it "
            "failed, or else client should print 27 bytes and exit with 0");
}

TEST(ResultsTest, OfEquallyNearResultsTheOneWithTheRightTextIsTheYardstick) {
  const Trace trace = trace_of({ended("server", Signalled{SIGSEGV}), ended("client", Exited{0})});
  const auto findings = detect_wrong_results(stale(), trace);
  ASSERT_THAT(kinds(findings), ElementsAre(Kind::kCrash, Kind::kWrongExit));
  EXPECT_THAT(findings[1].message, HasSubstr("client exited with 0; it should exit with"));
}

TEST(ResultsTest, WhoSaysTheWordsOfOneResultIsNotMeasuredByTheUsualOne) {
  Scenario scenario = together();
  scenario.starts.resize(1);
  scenario.results = {{{expect("server", "interrupted 0\n", ExitNonzero{})}, false},
                      {{expect("server", "rounds 1\n")}, false}};
  const Trace trace = trace_of({ended("server", Exited{1}, "rounds 1\n")});
  const auto findings = detect_wrong_results(scenario, trace, &scenario.results[0]);
  ASSERT_THAT(kinds(findings), ElementsAre(Kind::kWrongExit));
  EXPECT_THAT(findings[0].message, HasSubstr("server exited with 1; it should exit with 0"));
}

TEST(ResultsTest, HostileOutputIsNoTrouble) {
  Trace trace = right();
  trace.processes[1].output = std::string("\0\x1b[2J\xff\r\n\n\n]]>", 14);
  trace.processes[1].errors = std::string(1 << 20, '\n');
  const Finding finding = only(together(), trace);
  EXPECT_THAT(finding.details, SizeIs(testing::Le(30U)));
}

}  // namespace
}  // namespace ipcgrade
