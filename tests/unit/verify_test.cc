// What a corpus says, and how a verdict is compared with it: on folders and verdicts made by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/process.h"
#include "verify/cases.h"
#include "verify/compare.h"
#include "verify/expectation.h"

namespace ipcgrade {
namespace {

using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Assignment lab() {
  Assignment assignment;
  assignment.name = "lab";
  for (const char* id : {"both", "alone"}) {
    Scenario scenario;
    scenario.id = id;
    assignment.scenarios.push_back(scenario);
  }
  assignment.checks = {{"build", "it builds", 1, Stage::kBuild, {Kind::kBuildError}, false},
                       {"output", "it prints", 2, Stage::kFair, {Kind::kWrongOutput}, true},
                       {"data-races", "none", 1.5, Stage::kOrders, {Kind::kDataRace}, false}};
  return assignment;
}

constexpr const char* kRacy = R"(about = "Nobody waits."
fails = ["data-races"]
kinds = ["data-race"]
scenarios = ["both"]
lines = ["data-race a b.c:33"]
score = 3
)";

/// Each mistake as "LINE:COLUMN: message" or "LINE:COLUMN: message | hint".
std::vector<std::string> mistakes_in(std::string_view text, Sort sort = Sort::kWrong) {
  std::vector<std::string> told;
  if (const auto read = parse_expectation(text, "x.toml", lab(), sort); !read) {
    for (const Diagnostic& one : read.error().diagnostics) {
      told.push_back(std::to_string(one.line) + ":" + std::to_string(one.column) + ": " +
                     one.message + (one.hint.empty() ? "" : " | " + one.hint));
    }
  }
  return told;
}

std::string racy_with(std::string_view from, std::string_view to) {
  std::string text = kRacy;
  EXPECT_NE(text.find(from), std::string::npos) << from;
  return text.replace(text.find(from), from.size(), to);
}

TEST(Expectation, IsRead) {
  const auto read = parse_expectation(kRacy, "x.toml", lab(), Sort::kWrong);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->about, "Nobody waits.");
  EXPECT_THAT(read->fails, ElementsAre("data-races"));
  EXPECT_THAT(read->kinds, ElementsAre("data-race"));
  ASSERT_TRUE(read->scenarios);
  EXPECT_THAT(*read->scenarios, ElementsAre("both"));
  EXPECT_THAT(read->lines, ElementsAre(line_text("data-race", "a b.c", 33)));
  EXPECT_EQ(read->score, 3.0);
  const auto least =
      parse_expectation("about = \"x\"\nfails = []\nkinds = []\n", "x.toml", lab(), Sort::kCorrect);
  ASSERT_TRUE(least) << least.error().text();
  EXPECT_FALSE(least->scenarios);
  EXPECT_FALSE(least->score);
}

TEST(Expectation, MistakesAreToldWithTheirPlace) {
  EXPECT_THAT(mistakes_in("fails = ["), ElementsAre(HasSubstr("this is not TOML")));
  EXPECT_THAT(mistakes_in("about = \"x\"\nkinds = []\n"),
              ElementsAre("1:1: there is no \"fails\" in the file"));
  EXPECT_THAT(mistakes_in(racy_with("lines", "line")),
              ElementsAre("5:1: unknown key \"line\" in the file | did you mean \"lines\"?"));
  EXPECT_THAT(mistakes_in(racy_with("data-races", "data-race")),
              ElementsAre("2:10: unknown check \"data-race\" | did you mean \"data-races\"?"));
  EXPECT_THAT(mistakes_in(racy_with("kinds = [", "kinds = [\"crush\", ")),
              ElementsAre("3:10: unknown kind of finding \"crush\" | did you mean \"crash\"?"));
  EXPECT_THAT(mistakes_in(racy_with("\"both\"", "\"both\", \"both\"")),
              ElementsAre("4:22: \"both\" is named twice"));
  EXPECT_THAT(mistakes_in(racy_with("a b.c:33", "33")),
              ElementsAre("5:10: \"data-race 33\" names no line"));
  EXPECT_THAT(mistakes_in(racy_with("b.c:33", "b.c:033")),
              ElementsAre("5:10: \"data-race a b.c:033\" names no line"));
  EXPECT_THAT(mistakes_in(racy_with("data-race a", "crash a")),
              ElementsAre("5:10: \"crash\" is no kind that \"kinds\" names"));
  EXPECT_THAT(mistakes_in(racy_with("score = 3", "score = 5")),
              ElementsAre("6:9: \"score\" is 5 | the lab has 4.5 points"));
  EXPECT_THAT(mistakes_in(kRacy, Sort::kCorrect),
              ElementsAre("2:9: a hand-in in \"correct\" fails a check | what fails a check "
                          "belongs in the folder \"wrong\""));
}

class Cases : public testing::Test {
 protected:
  /// Of a lab in the folder "lab"; a mistake each, without the folder that all is in.
  [[nodiscard]] std::vector<std::string> mistakes() const {
    std::vector<std::string> told;
    if (const auto read = read_cases(assignment()); !read) {
      for (const Diagnostic& one : read.error().diagnostics) {
        told.push_back(std::filesystem::path(one.file).lexically_relative(folder_.path()).string() +
                       ": " + one.message);
      }
    }
    return told;
  }
  [[nodiscard]] Assignment assignment() const {
    Assignment assignment = lab();
    assignment.folder = folder_ / "lab";
    assignment.reference = "solution";
    assignment.corpus = "../corpus";
    return assignment;
  }

  TemporaryFolder folder_;
};

TEST_F(Cases, AreTheReferenceAndTheCorpusByName) {
  folder_.write("lab/solution/a.c", "");
  folder_.write("corpus/wrong/racy/a.c", "");
  folder_.write("corpus/wrong/racy.toml", kRacy);
  folder_.write("corpus/correct/z/a.c", "");
  folder_.write("corpus/correct/z.toml", "about = \"z\"\nfails = []\nkinds = []\n");
  folder_.write("corpus/correct/README.md", "not looked at");
  const auto cases = read_cases(assignment());
  ASSERT_TRUE(cases) << cases.error().text();
  ASSERT_EQ(cases->size(), 3U);
  EXPECT_EQ((*cases)[0].name, "reference");
  EXPECT_EQ((*cases)[0].folder, folder_ / "lab/solution");
  EXPECT_EQ((*cases)[1].name, "correct/z");
  EXPECT_EQ((*cases)[2].name, "wrong/racy");
  EXPECT_EQ((*cases)[2].folder, folder_ / "corpus/wrong/racy");
  EXPECT_EQ((*cases)[2].expectation.score, 3.0);
}

TEST_F(Cases, AllMistakesAreTold) {
  EXPECT_THAT(
      mistakes(),
      ElementsAre("lab/assignment.toml: \"reference\" is \"solution\", and there is no such folder",
                  "lab/assignment.toml: \"corpus\" is \"../corpus\", and there is no such folder"));
  folder_.write("lab/solution/a.c", "");
  folder_.write("corpus/README.md", "");
  EXPECT_THAT(mistakes(), ElementsAre("corpus: there is no hand-in in this corpus"));
  folder_.write("corpus/correct/lonely.toml", "");
  folder_.write("corpus/wrong/silent/a.c", "");
  folder_.write("corpus/wrong/racy/a.c", "");
  folder_.write("corpus/wrong/racy.toml", racy_with("both", "bath"));
  EXPECT_THAT(mistakes(), ElementsAre("corpus/correct/lonely.toml: there is no hand-in beside it",
                                      "corpus/wrong/racy.toml: unknown scenario \"bath\"",
                                      HasSubstr("corpus/wrong/silent.toml: cannot be read")));
}

/// As kRacy has it.
Verdict racy() {
  Verdict verdict;
  verdict.outcome = VerdictOutcome::kFailed;
  verdict.score = 3;
  verdict.max_score = 4.5;
  verdict.checks = {{"build", "", CheckOutcome::kPassed, 1, 1, "", {}, {}},
                    {"output", "", CheckOutcome::kPassed, 2, 2, "", {}, {}},
                    {"data-races", "", CheckOutcome::kFailed, 0, 1.5, "", {}, {0}}};
  Finding race;
  race.kind = Kind::kDataRace;
  race.scenario = "both";
  race.message = "two touch the same byte";
  race.locations = {{"a", "a", "other.c", 1, "main"}, {"b", "b", "a b.c", 33, "main"}};
  verdict.findings = {race};
  return verdict;
}

TEST(Compare, MissedAndInventedAreToldApart) {
  const Expectation expected = *parse_expectation(kRacy, "x.toml", lab(), Sort::kWrong);
  EXPECT_TRUE(compare(expected, racy()).none());

  Verdict missed = racy();
  missed.findings.clear();
  missed.checks[2].score = 1.5;
  missed.score = 4.5;
  const Differences less = compare(expected, missed);
  EXPECT_THAT(less.missed, ElementsAre("check data-races", "kind data-race", "scenario both",
                                       "line data-race a b.c:33", "score 4.5 (right: 3)"));
  EXPECT_THAT(less.invented, IsEmpty());

  Verdict invented = racy();
  Finding crash;
  crash.kind = Kind::kCrash;
  crash.scenario = "alone";
  invented.findings.push_back(crash);
  invented.checks[1].score = 1;
  invented.score = 2;
  const Differences more = compare(expected, invented);
  EXPECT_THAT(more.missed, IsEmpty());
  EXPECT_THAT(more.invented,
              ElementsAre("check output", "kind crash", "scenario alone", "score 2 (right: 3)"));

  Verdict elsewhere = racy();
  elsewhere.findings[0].locations[1].line = 34;
  EXPECT_THAT(compare(expected, elsewhere).missed, ElementsAre("line data-race a b.c:33"));
}

TEST(Compare, WithoutAnExpectationAllPointsAndNoFinding) {
  Verdict passed = racy();
  passed.findings.clear();
  passed.checks[2].score = 1.5;
  passed.score = 4.5;
  EXPECT_TRUE(compare({}, passed).none());
  EXPECT_THAT(compare({}, racy()).invented,
              ElementsAre("check data-races", "kind data-race", "score 3 (right: 4.5)"));
}

TEST(Compare, TimesAreNoInstability) {
  Verdict slow = racy();
  slow.seconds = 17;
  slow.exploration = {{"both", 10, 10, true, 3.5, false}};
  Verdict fast = racy();
  fast.exploration = {{"both", 10, 10, true, 0.5, false}};
  EXPECT_EQ(instability(slow, fast), "");
  fast.exploration[0].distinct = 9;
  EXPECT_EQ(instability(slow, fast), "\"distinct\": 10, -> \"distinct\": 9,");
}

TEST(Compare, FindingsAreALineEach) {
  EXPECT_THAT(findings_told(racy()),
              ElementsAre("data-race in both at other.c:1, a b.c:33: two touch the same byte"));
}

}  // namespace
}  // namespace ipcgrade
