// The report on a terminal: the whole of it is compared.
#include "report/terminal.h"

#include <gtest/gtest.h>

#include "unit/reports.h"

namespace ipcgrade {
namespace {

TEST(Terminal, IsShortWhenAllIsWell) {
  EXPECT_EQ(terminal_report(passed_verdict(), {}), R"golden(shared-memory: alice
  PASS  build        1/1  both programs build (1 warning; -v shows them)
  PASS  output       2/2  the programs print and exit as they should
  skip  every-order    -  not decided by this version; its 3 points do not count
  PASS  clean-up     1/1  nothing is left behind
4/4 points: 3 checks passed, 1 skipped
sandbox: A: root, namespaces, cgroup v2 (1 guarantee missing; -v shows which)
)golden");
}

TEST(Terminal, SaysWhatWhereWhyAndWhatToTry) {
  TerminalOptions options;
  options.source_line = [](const Location& where) {
    return where.line == 19 ? std::optional("  id = shmget(5678, 27, IPC_CREAT | 0666);"s)
                            : std::nullopt;
  };
  EXPECT_EQ(terminal_report(failed_verdict(), options), R"golden(shared-memory: alice
  PASS  build          1/1  both programs build (1 warning; -v shows them)
  FAIL  output       1.6/2  the programs print and exit as they should (see 1)
  skip  every-order      -  not decided by this version; its 3 points do not
                            count
  FAIL  clean-up       0/1  1 object was left behind (see 2)

1. output: the output is not the expected one (wrong-output)
   client printed 3 bytes and should print nothing.
   when:   scenario alone
   | expected: (nothing)
   | printed:  abc
   hint:   Compare the two outputs from the first place where they differ. Every
           byte counts, also spaces and the last newline; what is meant for you
           and not for the grader goes to stderr.
   replay: ipcgrade check shared-memory alice

2. clean-up: an IPC object was left behind (leaked-object)
   When both programs had ended, a System V shared memory segment was still
   there: key 5678, 27 bytes.
   when:   scenario together
   where:  server.c:19, in main
           |   id = shmget(5678, 27, IPC_CREAT | 0666);
   hint:   Remove it with shmctl(id, IPC_RMID, NULL).
   replay: ipcgrade check shared-memory alice

2.6/4 points: 2 checks failed, 1 passed, 1 skipped
sandbox: A: root, namespaces, cgroup v2 (1 guarantee missing; -v shows which)
)golden");
}

TEST(Terminal, ShowsDetailsAndMissingGuaranteesWhenVerbose) {
  TerminalOptions options;
  options.verbose = true;
  const std::string report = terminal_report(passed_verdict(), options);
  EXPECT_NE(report.find("| server.c:3:1: warning: return type defaults to 'int'\n"),
            std::string::npos);
  EXPECT_NE(report.find("missing: Landlock: not in this kernel\n"), std::string::npos);
}

TEST(Terminal, SaysOnlyWhatFailedWhenQuiet) {
  TerminalOptions options;
  options.quiet = true;
  EXPECT_EQ(terminal_report(passed_verdict(), options), "4/4 points: 3 checks passed, 1 skipped\n");
  EXPECT_EQ(terminal_report(failed_verdict(), options),
            R"golden(  FAIL  output       1.6/2  the programs print and exit as they should
  FAIL  clean-up       0/1  1 object was left behind
2.6/4 points: 2 checks failed, 1 passed, 1 skipped
)golden");
}

TEST(Terminal, WhoStopsItIsToldWhatWasFoundUntilThen) {
  Verdict stopped = failed_verdict();
  stopped.outcome = VerdictOutcome::kUngraded;
  stopped.ungraded = Ungraded::kStopped;
  stopped.ungraded_reason = "it was stopped before it was done";
  const std::string report = terminal_report(stopped, {});
  EXPECT_TRUE(report.starts_with("shared-memory: alice\n\nnot graded: it was stopped")) << report;
  EXPECT_NE(report.find("What was found until then:"), std::string::npos) << report;
  EXPECT_NE(report.find("client printed 3 bytes"), std::string::npos) << report;
  EXPECT_EQ(report.find("points:"), std::string::npos) << report;
  stopped.findings.clear();
  stopped.checks.clear();
  EXPECT_EQ(terminal_report(stopped, {}).find("until then"), std::string::npos);
}

TEST(Terminal, SaysThatUngradedIsNotTheStudentsFault) {
  EXPECT_EQ(terminal_report(ungraded_verdict(), {}), R"golden(shared-memory: alice

not graded: set up the box: mount /proc: Operation not permitted
This is not your program's fault: the grader could not do its work on this
machine. No points were given, and none were taken.
hint: try again; if it comes back, send the line above to whoever runs the
      grader. `ipcgrade doctor` shows what this machine can do.
sandbox: A: root, namespaces, cgroup v2
  missing: Landlock: not in this kernel
)golden");
  TerminalOptions quiet;
  quiet.quiet = true;
  EXPECT_EQ(terminal_report(ungraded_verdict(), quiet),
            R"golden(not graded: set up the box: mount /proc: Operation not permitted
This is not your program's fault: the grader could not do its work on this
machine. No points were given, and none were taken.
)golden");
}

TEST(Terminal, SaysTheSameWithoutColor) {
  for (const Verdict& verdict : {passed_verdict(), failed_verdict(), ungraded_verdict()}) {
    TerminalOptions options;
    const std::string plain = terminal_report(verdict, options);
    options.color = true;
    std::string colored = terminal_report(verdict, options);
    EXPECT_NE(colored, plain);
    for (std::size_t at = colored.find('\x1b'); at != std::string::npos;
         at = colored.find('\x1b')) {
      colored.erase(at, colored.find('m', at) + 1 - at);
    }
    EXPECT_EQ(colored, plain);
  }
}

TEST(Terminal, FitsItsWidth) {
  Verdict verdict = failed_verdict();
  for (Finding& finding : verdict.findings) finding.replay = "";  // is not wrapped
  verdict.checks[3].id = "a-rather-long-name-for-a-check-as-they-go";
  verdict.findings[0].message = std::string(300, 'w') + " and more " + verdict.findings[0].message;
  verdict.findings[1].details = {std::string(200, 'd'),
                                 "世界世界世界世界世界世界世界世界世界世界世界"
                                 "世界世界世界世界世界世界世界世界世界"};
  for (const int width : {40, 60, 80, 100}) {
    TerminalOptions options;
    options.width = width;
    EXPECT_LE(longest_line(terminal_report(verdict, options)), static_cast<std::size_t>(width));
  }
}

TEST(Terminal, DoesNotBreakTheReplayCommand) {
  Verdict verdict = failed_verdict();
  const std::string command = "ipcgrade replay " + std::string(200, 't');
  verdict.findings[0].replay = command;
  EXPECT_NE(terminal_report(verdict, {}).find("replay: " + command + "\n"), std::string::npos);
}

TEST(Terminal, GivesAHintOfTheKindWhereAFindingHasNone) {
  const std::string report = terminal_report(failed_verdict(), {});
  EXPECT_NE(report.find("Compare the two outputs"), std::string::npos);
}

TEST(Terminal, TellsFindingsThatBelongToNoCheck) {
  Verdict verdict = passed_verdict();
  Finding note;
  note.kind = Kind::kBusyWait;
  note.severity = Severity::kNote;
  note.message = "server looked 1000 times.";
  verdict.findings = {note};
  const std::string report = terminal_report(verdict, {});
  EXPECT_NE(report.find("1. note: "), std::string::npos);
  EXPECT_NE(report.find("server looked 1000 times."), std::string::npos);
}

TEST(Terminal, TellsTheStoryAndWhatWasCovered) {
  Verdict verdict = failed_verdict();
  verdict.findings[0].story = {{1, "server", "server.c", 19, "shmget(5678, 27) = 0"},
                               {2, "client", "", 0, "exits with status 0"}};
  verdict.exploration = {{"together", 1300, 1248, true, 0.9}, {"alone", 20, 20, false, 0.1, true}};
  const std::string report = terminal_report(verdict, {});
  EXPECT_NE(report.find("   1. server server.c:19: shmget(5678, 27) = 0\n"), std::string::npos);
  EXPECT_NE(report.find("   2. client: exits with status 0\n"), std::string::npos);
  EXPECT_NE(report.find("together: all 1248 orders explored\n"), std::string::npos);
  EXPECT_NE(report.find("alone: 20 orders tried, of more that there are\n"), std::string::npos);
  EXPECT_NE(report.find("  (not looked at: memory that only the threads of one process share)\n"),
            std::string::npos);
}

/// What is wrong in the same way in several scenarios is told whole once; what differs may have
/// another cause, and is shown.
TEST(Terminal, TellsAgainOnlyWhatIsNew) {
  Verdict verdict = passed_verdict();
  const auto wrong = [](const char* message, const char* scenario, const char* detail) {
    Finding finding;
    finding.kind = Kind::kWrongOutput;
    finding.severity = Severity::kError;
    finding.message = message;
    finding.scenario = scenario;
    finding.details = {detail};
    finding.hint = "Compare.";
    return finding;
  };
  verdict.findings = {wrong("printed nothing", "first", "right is: quit"),
                      wrong("printed nothing", "second", "right is: twice"),
                      wrong("printed nothing", "third", "right is: thrice"),
                      wrong("printed something else", "fourth", "it printed: half")};
  const std::string report = terminal_report(verdict, {});
  EXPECT_NE(report.find("2 to 3. again: printed nothing\n"), std::string::npos) << report;
  EXPECT_EQ(report.find("right is: twice"), std::string::npos);
  EXPECT_NE(report.find("4. again: printed something else\n"), std::string::npos);
  EXPECT_NE(report.find("| it printed: half\n"), std::string::npos);
}

TEST(Terminal, CutsLongDetails) {
  Verdict verdict = failed_verdict();
  verdict.findings[1].details.assign(1000, "line");
  const std::string report = terminal_report(verdict, {});
  EXPECT_LT(std::ranges::count(report, '\n'), 80);
  EXPECT_NE(report.find("[... 976 lines left out here; -v shows more]\n"), std::string::npos);
}

TEST(Terminal, LetsNoHarmThrough) {
  for (const bool verbose : {false, true}) {
    TerminalOptions options;
    options.verbose = verbose;
    options.source_line = [](const Location&) { return std::optional(hostile_text()); };
    const std::string report = terminal_report(hostile_verdict(), options);
    expect_no_harm(report);
    EXPECT_FALSE(has_line_command(report));
    EXPECT_LT(report.size(), verbose ? std::size_t{4} << 20 : std::size_t{200} << 10);
  }
}

TEST(Terminal, WrappingMakesNoCommand) {
  Verdict verdict = failed_verdict();
  for (std::size_t length = 1; length < 90; ++length) {
    verdict.findings[0].message = std::string(length, 'a') + " ::error::forged";
    verdict.findings[1].details = {std::string(length, 'a') + "::error::forged"};
    EXPECT_FALSE(has_line_command(terminal_report(verdict, {}))) << length;
  }
}

}  // namespace
}  // namespace ipcgrade
