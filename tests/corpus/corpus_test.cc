// Grades hand-ins of the corpus, and says of each difference from its expectation whether a
// fault was missed or invented. The expectation's form is described in README.md.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <expected>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "assignment/lab_finder.h"
#include "assignment/parse.h"
#include "explore/token.h"
#include "grade/grade.h"
#include "sandbox/box.h"
#include "verify/cases.h"
#include "verify/verify_case.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = IPCGRADE_SOURCE_DIR;

std::expected<Assignment, AssignmentError> read_lab(const fs::path& folder) {
  std::vector<std::string_view> groups;
  for (const sandbox::PolicyGroup& group : sandbox::kPolicyGroups) groups.push_back(group.name);
  return parse_assignment(folder, groups);
}

/// The lab by its folder: with all labs' assignments, whose cases have many MiB of input, each fork
/// of this process would copy the page tables of hundreds of MiB.
struct LabCase {
  fs::path lab;
  Case one;
};

std::string name_of(const LabCase& one) { return one.lab.filename().string() + "/" + one.one.name; }

void PrintTo(const LabCase& one, std::ostream* out) { *out << name_of(one); }

/// Of each lab the reference and one in seven hand-ins, whichever others there are: what the suite
/// has time for. `ipcgrade verify LAB` grades them all.
std::vector<LabCase> all_cases() {
  constexpr std::uint64_t kEvery = 7;
  std::vector<LabCase> all;
  for (const LabEntry& lab : installed_labs(kSource / "assignments")) {
    const auto assignment = read_lab(lab.folder);
    const auto cases = assignment ? read_cases(*assignment) : std::unexpected(assignment.error());
    if (!cases) continue;
    for (const Case& one : *cases) {
      const LabCase candidate{lab.folder, one};
      Fingerprint fingerprint;
      fingerprint.add(name_of(candidate));
      const bool chosen = fingerprint.value() % kEvery == 0;
      if (chosen || one.name == "reference") all.push_back(candidate);
    }
  }
  return all;
}

std::string joined(const std::vector<std::string>& words, const char* between = ", ") {
  return fmt::format("{}", fmt::join(words, between));
}

TEST(CorpusFiles, AreWellFormedAndNamedByTheirLabs) {
  for (const auto& folder : fs::directory_iterator(kSource / "tests/corpus")) {
    if (!folder.is_directory()) continue;
    const auto lab = read_lab(kSource / "assignments" / folder.path().filename());
    ASSERT_TRUE(lab) << lab.error().text();
    const auto cases = read_cases(*lab);
    ASSERT_TRUE(cases) << cases.error().text();
    EXPECT_TRUE(fs::equivalent(lab->folder / lab->corpus, folder.path())) << folder.path();
    EXPECT_EQ(cases->front().name, "reference") << folder.path();
  }
}

class Corpus : public testing::TestWithParam<LabCase> {};

/// What the grader does not come to an end with in the time of a test: an open fault of its own; or
/// what uses up all the processor time that it may, in each scenario.
bool is_too_slow(const std::string& name) {
  return name == "wrong/shared_buffer" || name == "wrong/resets_the_flag" ||
         name == "wrong/searches_for_the_value" || name == "wrong/unreadable_loops_for_ever" ||
         name == "wrong/stuck_in_a_loop";
}

TEST_P(Corpus, IsGradedAsExpected) {
  const auto& [lab, one] = GetParam();
  const sandbox::Host host = sandbox::Host::find();
  if (auto box = sandbox::Box::open(host, {}); !box) GTEST_SKIP() << box.error().text();
  if (is_too_slow(one.name)) GTEST_SKIP() << "takes minutes";
  const auto assignment = read_lab(lab);
  ASSERT_TRUE(assignment) << assignment.error().text();
  const auto report = verify_case(host, *assignment, one, {}, 1);
  ASSERT_TRUE(report) << report.error().text();
  ASSERT_FALSE(report->is_ungraded()) << report->verdict.ungraded_reason;
  SCOPED_TRACE(joined(findings_told(report->verdict), "\n"));
  EXPECT_TRUE(report->differences.missed.empty())
      << "MISSED " << joined(report->differences.missed);
  EXPECT_TRUE(report->differences.invented.empty())
      << "INVENTED " << joined(report->differences.invented);
}

/// A token of the lecture's own programs is replayed with them, also when there is a report beside
/// them, and refused with other sources.
TEST(Orders, OfTheLecture) {
  const sandbox::Host host = sandbox::Host::find();
  if (auto box = sandbox::Box::open(host, {}); !box) GTEST_SKIP() << box.error().text();
  const auto assignment = read_lab(kSource / "assignments/shared-memory");
  ASSERT_TRUE(assignment) << assignment.error().text();
  const fs::path folder = fs::path(testing::TempDir()) / fmt::format("lecture.{}", ::getpid());
  fs::remove_all(folder);
  fs::copy(kSource / "tests/corpus/shared-memory/wrong/lecture", folder);
  const auto verdict = grade(host, *assignment, folder, {});
  ASSERT_TRUE(verdict) << verdict.error().text();
  for (const Finding& finding : verdict->findings) {
    if (finding.kind == Kind::kDataRace) {
      EXPECT_FALSE(finding.schedule.empty());
    }
  }
  const auto shown = std::ranges::find(verdict->findings, Kind::kDataRace, &Finding::kind);
  ASSERT_NE(shown, verdict->findings.end());
  std::ofstream(folder / "report.json") << "{}";
  const auto again = replay_token(host, *assignment, folder, shown->schedule, -1);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->refused, "");
  EXPECT_FALSE(again->trace.events.empty());
  const auto other =
      replay_token(host, *assignment, kSource / "reference/shared-memory", shown->schedule, -1);
  ASSERT_TRUE(other) << other.error().text();
  EXPECT_NE(other->refused, "") << "another source";
  fs::remove_all(folder);
}

std::string name_of_case(const testing::TestParamInfo<LabCase>& info) {
  std::string name = name_of(info.param);
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Labs, Corpus, testing::ValuesIn(all_cases()), name_of_case);

}  // namespace
}  // namespace ipcgrade
