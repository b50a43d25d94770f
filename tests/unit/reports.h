// What the tests of reports share: verdicts written by hand, what must never be in a report, and a
// folder to write to.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "report/escape.h"
#include "report/text.h"
#include "verdict/verdict.h"

namespace ipcgrade {

using namespace std::string_literals;
namespace fs = std::filesystem;

inline constexpr std::string_view kTool = "ipcgrade 0.1.0";

inline CheckResult check_of(std::string id, std::string title, CheckOutcome outcome, double score,
                            double max_score) {
  return {std::move(id), std::move(title), outcome, score, max_score, "", {}, {}};
}

inline Verdict passed_verdict() {
  Verdict verdict;
  verdict.lab = "shared-memory";
  verdict.submission = "alice";
  verdict.outcome = VerdictOutcome::kPassed;
  verdict.score = verdict.max_score = 4;
  verdict.checks = {
      check_of("build", "both programs build", CheckOutcome::kPassed, 1, 1),
      check_of("output", "the programs print and exit as they should", CheckOutcome::kPassed, 2, 2),
      check_of("every-order", "they do so in every order", CheckOutcome::kSkipped, 0, 0),
      check_of("clean-up", "nothing is left behind", CheckOutcome::kPassed, 1, 1),
  };
  verdict.checks[0].details = {"server.c:3:1: warning: return type defaults to 'int'"};
  verdict.checks[2].message = "not decided by this version; its 3 points do not count";
  verdict.isolation.tier = "A: root, namespaces, cgroup v2";
  verdict.isolation.missing = {"Landlock: not in this kernel"};
  verdict.seconds = 1.5;
  return verdict;
}

inline Verdict failed_verdict() {
  Verdict verdict = passed_verdict();
  verdict.outcome = VerdictOutcome::kFailed;
  verdict.score = 2.6;
  verdict.checks[1].outcome = CheckOutcome::kFailed;
  verdict.checks[1].score = 1.6;
  verdict.checks[1].findings = {1};
  verdict.checks[3].outcome = CheckOutcome::kFailed;
  verdict.checks[3].score = 0;
  verdict.checks[3].message = "1 object was left behind";
  verdict.checks[3].findings = {0};

  Finding left;
  left.kind = Kind::kLeakedObject;
  left.scenario = "together";
  left.message =
      "When both programs had ended, a System V shared memory segment was still there: key 5678, "
      "27 bytes.";
  left.hint = "Remove it with shmctl(id, IPC_RMID, NULL).";
  left.locations = {{"server", "server", "server.c", 19, "main"}};
  left.replay = "ipcgrade check shared-memory alice";

  Finding wrong;
  wrong.kind = Kind::kWrongOutput;
  wrong.scenario = "alone";
  wrong.message = "client printed 3 bytes and should print nothing.";
  wrong.details = {"expected: (nothing)", "printed:  abc"};
  wrong.replay = left.replay;

  verdict.findings = {left, wrong};
  return verdict;
}

inline Verdict ungraded_verdict() {
  Verdict verdict = passed_verdict();
  verdict.outcome = VerdictOutcome::kUngraded;
  verdict.ungraded_reason = "set up the box: mount /proc: Operation not permitted";
  verdict.checks[1].outcome = CheckOutcome::kError;
  return verdict;
}

// Whatever would do harm, everywhere where a student chooses bytes.
inline std::string hostile_text() {
  std::string text = "\x1b[2J\x1b]0;title\a\0\r"s;
  text += "\xff\xc3\xed\xa0\x80\u202ecba\u2028\ufeff ]]></failure><evil a='b'>&amp;\"";
  text += "{{tool}}{{#checks}}</code></pre></title></style><script>document.title='pwned'</script>";
  text += "<img src=x onerror=\"document.title='pwned'\">";
  text += "\n::error::forged\n##[error]forged\n[[ATTACHMENT|/etc/passwd]]\nPASS forged";
  return text;
}

inline Verdict hostile_verdict() {
  const std::string text = hostile_text();
  Verdict verdict = failed_verdict();
  verdict.lab = verdict.submission = text;
  verdict.isolation = {text, {text}};
  verdict.exploration = {{text, 3, 2, true, 0.1}, {text, 3, 2, false, 0.1}};
  for (CheckResult& check : verdict.checks) {
    check.id = check.title = check.message = text;
    check.details = {text, std::string(1 << 20, '\x1b'), std::string(1 << 20, 'x')};
    check.findings = {0, 1, 1, 99};
  }
  for (Finding& finding : verdict.findings) {
    finding.scenario = finding.message = finding.hint = finding.schedule = finding.replay = text;
    finding.details = {text, std::string(1 << 20, '\x1b'), std::string(1 << 20, 'x')};
    finding.details.resize(5000, "line");
    finding.locations = {{text, text, text, 3, text}, {text, text, "", 0, ""}};
    finding.story = {{1, text, text, 3, text}, {2, text + "2", "", 0, text}, {3, "", "", 0, text}};
    finding.story[1].after = {1};
    finding.good_story = finding.story;
    finding.unordered = {text, text, 1, 2};
    finding.waits = {{finding.locations[0], text, {text}, {text, text + "2"}}};
  }
  return verdict;
}

inline void expect_no_harm(const std::string& report) {
  for (const std::string bad :
       {"\x1b", "\a", "\r", "\xff", "\u202e", "\u2028", "\ufeff", "##[", "[[ATTACHMENT|"}) {
    EXPECT_EQ(report.find(bad), std::string::npos) << testing::PrintToString(bad);
  }
  EXPECT_EQ(report.find('\0'), std::string::npos);
}

// Lines of a log on which GitHub's runner would act.
inline bool has_line_command(const std::string& report) {
  std::size_t start = 0;
  while (start < report.size()) {
    const std::size_t end = std::min(report.find('\n', start), report.size());
    const std::size_t text = report.find_first_not_of(" \t", start);
    if (text < end && report.compare(text, 2, "::") == 0) return true;
    start = end + 1;
  }
  return false;
}

inline std::size_t longest_line(const std::string& report) {
  std::size_t longest = 0;
  std::size_t start = 0;
  while (start < report.size()) {
    const std::size_t end = std::min(report.find('\n', start), report.size());
    longest = std::max(longest, columns(report.substr(start, end - start)));
    start = end + 1;
  }
  return longest;
}

class WriteReport : public testing::Test {
 protected:
  WriteReport() {
    std::string name = (fs::temp_directory_path() / "ipcgrade-report-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~WriteReport() override { fs::remove_all(folder_); }

  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

}  // namespace ipcgrade
