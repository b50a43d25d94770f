// Grades every hand-in of the corpus, and says of each difference from its expectation whether a
// fault was missed or invented. The expectation's form is described in README.md.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "assignment/parse.h"
#include "grade/grade.h"
#include "sandbox/box.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = IPCGRADE_SOURCE_DIR;

struct Case {
  std::string lab;
  std::string name;  ///< "wrong_no_newline"
  fs::path folder;
  fs::path expectation;  ///< empty: full points and no finding
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.lab << "/" << one.name; }

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto& lab : fs::directory_iterator(kSource / "tests/corpus")) {
    const std::string name = lab.path().filename().string();
    if (!lab.is_directory()) continue;
    cases.push_back({name, "reference", kSource / "reference" / name, ""});
    for (const char* sort : {"correct", "wrong"}) {
      for (const auto& one : fs::directory_iterator(lab.path() / sort)) {
        if (!one.is_directory()) continue;
        fs::path expectation = one.path();
        expectation += ".toml";
        cases.push_back({name, std::string(sort) + "_" + one.path().filename().string(), one.path(),
                         expectation});
      }
    }
  }
  std::ranges::sort(cases, {}, [](const Case& one) { return one.lab + one.name; });
  return cases;
}

std::set<std::string> strings(const toml::table& table, std::string_view key) {
  std::set<std::string> values;
  if (const toml::array* array = table[key].as_array()) {
    for (const toml::node& node : *array) values.insert(node.value_or(std::string()));
  }
  return values;
}

std::string joined(const std::set<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

void expect_same(const std::string& what, const std::set<std::string>& expected,
                 const std::set<std::string>& found) {
  std::set<std::string> missed;
  std::set<std::string> invented;
  std::ranges::set_difference(expected, found, std::inserter(missed, missed.end()));
  std::ranges::set_difference(found, expected, std::inserter(invented, invented.end()));
  EXPECT_TRUE(missed.empty()) << "MISSED " << what << ": " << joined(missed);
  EXPECT_TRUE(invented.empty()) << "INVENTED " << what << ": " << joined(invented);
}

std::string told(const Verdict& verdict) {
  std::string text = verdict.ungraded_reason;
  for (const Finding& finding : verdict.findings) {
    text += fmt::format("{} in {}: {}\n", name_of(finding.kind), finding.scenario, finding.message);
    for (const std::string& line : finding.details) text += "    " + line + "\n";
  }
  return text;
}

class Corpus : public testing::TestWithParam<Case> {};

TEST_P(Corpus, IsGradedAsExpected) {
  const Case& one = GetParam();
  const sandbox::Host host = sandbox::Host::find();
  if (auto box = sandbox::Box::open(host, {}); !box) GTEST_SKIP() << box.error().text();

  std::vector<std::string_view> groups;
  for (const sandbox::PolicyGroup& group : sandbox::kPolicyGroups) groups.push_back(group.name);
  const auto assignment = parse_assignment(kSource / "assignments" / one.lab, groups);
  ASSERT_TRUE(assignment) << assignment.error().text();

  const auto verdict = grade(host, *assignment, one.folder, {});
  ASSERT_TRUE(verdict) << verdict.error().text();
  ASSERT_NE(verdict->outcome, VerdictOutcome::kUngraded) << verdict->ungraded_reason;

  toml::table expectation;
  if (!one.expectation.empty()) expectation = toml::parse_file(one.expectation.string());
  std::set<std::string> failed;  // checks that lost points, those included that were skipped for it
  for (const CheckResult& check : verdict->checks) {
    if (check.score < check.max_score) failed.insert(check.id);
  }
  std::set<std::string> kinds;
  std::set<std::string> scenarios;
  for (const Finding& finding : verdict->findings) {
    kinds.insert(std::string(name_of(finding.kind)));
    if (!finding.scenario.empty()) scenarios.insert(finding.scenario);
  }
  SCOPED_TRACE(told(*verdict));
  expect_same("check", strings(expectation, "fails"), failed);
  expect_same("kind", strings(expectation, "kinds"), kinds);
  if (expectation.contains("scenarios")) {
    expect_same("scenario", strings(expectation, "scenarios"), scenarios);
  }
  if (expectation.contains("score")) {
    EXPECT_DOUBLE_EQ(expectation["score"].value_or(-1.0), verdict->score);
  } else if (failed.empty()) {
    EXPECT_DOUBLE_EQ(verdict->max_score, verdict->score);
  }
}

/// The lecture's own programs: each kind of fault of theirs is found, and shown at its lines.
TEST(Orders, OfTheLecture) {
  const sandbox::Host host = sandbox::Host::find();
  if (auto box = sandbox::Box::open(host, {}); !box) GTEST_SKIP() << box.error().text();
  std::vector<std::string_view> groups;
  for (const sandbox::PolicyGroup& group : sandbox::kPolicyGroups) groups.push_back(group.name);
  const auto assignment = parse_assignment(kSource / "assignments/shared-memory", groups);
  ASSERT_TRUE(assignment);
  GradeOptions options;
  const auto folder = kSource / "tests/corpus/shared-memory/wrong/lecture";
  const auto verdict = grade(host, *assignment, folder, options);
  ASSERT_TRUE(verdict) << verdict.error().text();
  std::set<std::string> failed;
  for (const CheckResult& check : verdict->checks) {
    if (check.score < check.max_score) failed.insert(check.id);
  }
  expect_same("check", {"every-order", "data-races", "clean-up", "errors"}, failed);
  bool race = false;
  for (const Finding& finding : verdict->findings) {
    if (finding.kind != Kind::kDataRace || finding.locations.size() < 2) continue;
    race = race || (finding.locations[0].line == 33 && finding.locations[1].line == 31);
    EXPECT_FALSE(finding.schedule.empty());
  }
  EXPECT_TRUE(race) << told(*verdict);
  const auto shown = std::ranges::find(verdict->findings, Kind::kDataRace, &Finding::kind);
  ASSERT_NE(shown, verdict->findings.end());
  const auto again = replay_token(host, *assignment, folder, shown->schedule, -1);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->refused, "");
  EXPECT_FALSE(again->trace.events.empty());
  const auto other =
      replay_token(host, *assignment, kSource / "reference/shared-memory", shown->schedule, -1);
  ASSERT_TRUE(other) << other.error().text();
  EXPECT_NE(other->refused, "") << "another source";
}

std::string name_of_case(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.lab + "_" + info.param.name;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Labs, Corpus, testing::ValuesIn(all_cases()), name_of_case);

}  // namespace
}  // namespace ipcgrade
