// assignment.toml: what it means, and the place and words of each mistake that can be in it.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "assignment/defaults.h"
#include "assignment/did_you_mean.h"
#include "assignment/lab_finder.h"
#include "assignment/parse.h"
#include "assignment/units.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

const fs::path kAssignments = fs::path(IPCGRADE_SOURCE_DIR) / "assignments";
const std::vector<std::string_view> kGroups{
    "sysv-shared-memory", "sysv-semaphores", "sysv-queues", "posix-ipc",  "signals", "timers",
    "local-sockets",      "network",         "exec",        "peer-memory"};

// The line numbers matter: mistakes are made by replacing text within a line.
constexpr std::string_view kLab = R"(schema = 1
name = "lab"
title = "A lab"
programs = ["ping", "pong"]
policy = ["signals", "timers"]

[limits]
wall = "20s"
memory = "256MiB"
processes = 64

[[scenario]]
id = "both"
title = "both are started"
given = [{ segment = 5, size = 100 }]

[[scenario.start]]
program = "ping"
args = ["-n", "3"]

[[scenario.start]]
program = "pong"
when = [{ segment = 5, min-size = 10, attached = true }, { ended = "ping" }]

[[scenario.result]]
ping = { output = "ping\n", exit = 0 }
pong = { output = "", exit = "nonzero", may-wait = true }

[[scenario]]
id = "again"
title = "both are started again"
like = "both"

[[check]]
id = "build"
title = "they build"
points = 1

[[check]]
id = "own"
title = "they do not crash"
points = 0.5
stage = "fair"
kinds = ["crash", "time-limit"]
)";

std::expected<std::string, std::string> no_files(const std::string&) {
  return std::unexpected("there is none");
}

std::string lab_with(std::string_view from, std::string_view to) {
  std::string text(kLab);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

auto parse(std::string_view text) {
  return parse_assignment_text(text, "lab.toml", kGroups, no_files);
}

/// Each mistake as "LINE:COLUMN: message" or "LINE:COLUMN: message | hint".
std::vector<std::string> mistakes_in(std::string_view text) {
  std::vector<std::string> lines;
  if (const auto assignment = parse(text); !assignment) {
    for (const Diagnostic& found : assignment.error().diagnostics) {
      lines.push_back(std::to_string(found.line) + ":" + std::to_string(found.column) + ": " +
                      found.message + (found.hint.empty() ? "" : " | " + found.hint));
    }
  }
  return lines;
}

using Lines = std::vector<std::string>;

struct Slip {
  std::string_view from;
  std::string_view to;
  Lines mistakes;
};

void expect_mistakes(const std::vector<Slip>& slips) {
  for (const Slip& slip : slips) {
    EXPECT_EQ(mistakes_in(lab_with(slip.from, slip.to)), slip.mistakes)
        << slip.from << " -> " << slip.to;
  }
}

std::string contents(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  EXPECT_TRUE(stream) << path;
  return text.str();
}

/// A folder that goes away again.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "assignment_test.XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }
  void write(const fs::path& file, std::string_view text) const {
    fs::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file, std::ios::binary) << text;
  }

 private:
  fs::path path_;
};

TEST(Assignment, ReadsEveryKey) {
  const auto lab = parse(kLab);
  ASSERT_TRUE(lab) << lab.error().text();
  EXPECT_EQ(lab->name, "lab");
  EXPECT_EQ(lab->title, "A lab");
  EXPECT_EQ(lab->programs, (std::vector<std::string>{"ping", "pong"}));
  EXPECT_EQ(lab->policy, (std::vector<std::string>{"signals", "timers"}));
  EXPECT_EQ(lab->limits.wall, 20s);
  EXPECT_EQ(lab->limits.cpu, sandbox::Limits{}.cpu);
  EXPECT_EQ(lab->limits.memory, 256U << 20);
  EXPECT_EQ(lab->limits.processes, 64U);

  ASSERT_EQ(lab->scenarios.size(), 2U);
  const Scenario& both = lab->scenarios[0];
  EXPECT_EQ(both.wall, 20s);
  ASSERT_EQ(both.given.size(), 1U);
  EXPECT_EQ(both.given[0].key, 5);
  EXPECT_EQ(both.given[0].size, 100U);
  ASSERT_EQ(both.starts.size(), 2U);
  EXPECT_EQ(both.starts[0].arguments, (std::vector<std::string>{"-n", "3"}));
  EXPECT_TRUE(both.starts[0].when.empty());
  ASSERT_EQ(both.starts[1].when.size(), 2U);
  const auto& segment = std::get<SegmentExists>(both.starts[1].when[0]);
  EXPECT_EQ(segment.key, 5);
  EXPECT_EQ(segment.min_size, 10U);
  EXPECT_TRUE(segment.attached);
  EXPECT_EQ(std::get<ProgramEnded>(both.starts[1].when[1]).program, "ping");
  ASSERT_EQ(both.results.size(), 1U);
  const std::vector<ExpectedEnd>& ends = both.results[0].programs;
  ASSERT_EQ(ends.size(), 2U);
  EXPECT_EQ(ends[0].output, "ping\n");
  EXPECT_EQ(std::get<ExitIs>(ends[0].exit).status, 0);
  EXPECT_FALSE(ends[0].may_wait);
  EXPECT_TRUE(std::holds_alternative<ExitNonzero>(ends[1].exit));
  EXPECT_TRUE(ends[1].may_wait);

  const Scenario& again = lab->scenarios[1];
  EXPECT_EQ(again.starts.size(), 2U);
  EXPECT_EQ(again.results.size(), 1U);
  EXPECT_TRUE(again.given.empty()) << "what is given is not taken over";

  ASSERT_EQ(lab->checks.size(), 2U);
  EXPECT_EQ(lab->checks[1].points, 0.5);
  EXPECT_EQ(lab->checks[1].stage, Stage::kFair);
  EXPECT_EQ(lab->checks[1].kinds, (std::vector{Kind::kCrash, Kind::kTimeLimit}));
  EXPECT_FALSE(lab->checks[1].per_scenario);
}

TEST(Assignment, ReadsTheSharedMemoryLab) {
  const auto lab = parse_assignment(kAssignments / "shared-memory", kGroups);
  ASSERT_TRUE(lab) << lab.error().text();
  EXPECT_EQ(lab->name, "shared-memory");
  EXPECT_EQ(lab->folder, fs::canonical(kAssignments / "shared-memory"));
  EXPECT_EQ(lab->programs, (std::vector<std::string>{"server", "client"}));
  EXPECT_EQ(lab->policy,
            (std::vector<std::string>{"sysv-shared-memory", "sysv-semaphores", "sysv-queues",
                                      "posix-ipc", "signals", "timers", "local-sockets", "exec"}));
  EXPECT_EQ(lab->limits.wall, 20s);
  EXPECT_EQ(lab->limits.cpu, 31s);
  EXPECT_EQ(lab->limits.memory, 256U << 20);
  EXPECT_EQ(lab->limits.processes, 64U);
  EXPECT_EQ(lab->limits.open_files, 256U);
  EXPECT_EQ(lab->limits.file_size, 16U << 20);
  EXPECT_EQ(lab->limits.output, 1U << 20);
  EXPECT_EQ(lab->limits.storage, 32U << 20);

  std::vector<std::string> ids;
  for (const Scenario& scenario : lab->scenarios) ids.push_back(scenario.id);
  ASSERT_EQ(ids,
            (std::vector<std::string>{"together", "alone", "stale", "stale-small", "stale-large"}));
  const Scenario& together = lab->scenarios[0];
  ASSERT_EQ(together.starts.size(), 2U);
  const auto& begun = std::get<SegmentExists>(together.starts[1].when.at(0));
  EXPECT_EQ(begun.key, 5678);
  EXPECT_EQ(begun.min_size, 27U);
  EXPECT_FALSE(begun.attached);
  EXPECT_EQ(together.results.at(0).programs.at(1).program, "client");
  EXPECT_EQ(together.results.at(0).programs.at(1).output, "abcdefghijklmnopqrstuvwxyz\n");

  EXPECT_EQ(lab->scenarios[1].wall, 31s);
  EXPECT_TRUE(
      std::holds_alternative<ExitNonzero>(lab->scenarios[1].results.at(0).programs.at(0).exit));

  const std::vector<std::uint64_t> sizes{27, 1, 8192};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const Scenario& stale = lab->scenarios[2 + i];
    EXPECT_EQ(stale.given.at(0).size, sizes[i]);
    EXPECT_EQ(stale.wall, 20s);
    ASSERT_EQ(stale.starts.size(), 2U);
    EXPECT_EQ(std::get<ProgramEnded>(stale.starts[1].when.at(0)).program, "server");
    EXPECT_TRUE(std::get<SegmentExists>(stale.starts[1].when.at(1)).attached);
    ASSERT_EQ(stale.results.size(), 2U);
    EXPECT_FALSE(stale.results[0].may_leave_given);
    EXPECT_TRUE(stale.results[1].may_leave_given);
    EXPECT_TRUE(stale.results[1].programs.at(1).may_wait);
  }

  std::vector<std::pair<std::string, double>> checks;
  for (const Check& check : lab->checks) checks.emplace_back(check.id, check.points);
  EXPECT_EQ(checks, (std::vector<std::pair<std::string, double>>{{"build", 1},
                                                                 {"output", 2},
                                                                 {"every-order", 3},
                                                                 {"data-races", 2},
                                                                 {"clean-up", 1},
                                                                 {"errors", 1}}));
  EXPECT_TRUE(lab->checks[1].per_scenario);
  EXPECT_EQ(lab->checks[1].stage, Stage::kFair);
  EXPECT_EQ(lab->checks[2].stage, Stage::kOrders);
  EXPECT_EQ(lab->checks[4].kinds,
            (std::vector{Kind::kLeakedObject, Kind::kLeakedProcess, Kind::kUnreapedChild}));
  EXPECT_EQ(lab->checks[5].stage, Stage::kFaults);
}

TEST(Assignment, TellsMistakesAtTheTop) {
  expect_mistakes({
      {"schema = 1", "schema = 2", {"1:10: \"schema\" is 2"}},
      {"schema = 1", "schema = \"1\"", {"1:10: \"schema\" is a string"}},
      {"schema = 1", "", {"1:1: there is no \"schema\" in the file"}},
      {"name = \"lab\"", "name = \"my lab\"", {"2:8: \"my lab\" is not a plain name"}},
      {"title = \"A lab\"", "title = \" \"", {"3:9: \"title\" is empty"}},
      {"title = \"A lab\"",
       "titel = \"A lab\"",
       {"3:1: unknown key \"titel\" in the file | did you mean \"title\"?"}},
      {"title = \"A lab\"",
       "title = \"A lab\"\ncolour = 1",
       {"4:1: unknown key \"colour\" in the file"}},
      {"[\"ping\", \"pong\"]", "\"ping\"", {"4:12: \"programs\" is a string"}},
      {"[\"ping\", \"pong\"]", "[]", {"4:12: \"programs\" is empty"}},
      {"[\"ping\", \"pong\"]",
       "[\"ping\", \"pong\", 3]",
       {"4:29: there is an integer in \"programs\""}},
      {"[\"ping\", \"pong\"]", "[\"ping\", \"pong\", \"ping\"]", {"4:29: \"ping\" is named twice"}},
      {"[\"ping\", \"pong\"]",
       "[\"ping\", \"pong\", \"a/b\"]",
       {"4:29: \"a/b\" is not a plain name"}},
      {"[\"ping\", \"pong\"]",
       "[\"ping\", \"pong\", \"-x\"]",
       {"4:29: \"-x\" is not a plain name"}},
      {"[\"ping\", \"pong\"]",
       "[\"ping\", \"pong\", \"may-leave-given\"]",
       {"4:29: \"may-leave-given\" is a key of results"}},
      {"\"timers\"",
       "\"timer\"",
       {"5:22: unknown policy group \"timer\" | did you mean \"timers\"?"}},
      {"\"timers\"", "\"kernel\"", {"5:22: unknown policy group \"kernel\""}},
      {"\"timers\"",
       "\"base\"",
       {"5:22: unknown policy group \"base\" | the base group is always there: leave it out"}},
      {"\"timers\"", "\"signals\"", {"5:22: \"signals\" is named twice"}},
      {"\"timers\"", "true", {"5:22: there is true or false in \"policy\""}},
      {"[limits]",
       "[limit]",
       {"7:2: unknown key \"limit\" in the file | did you mean \"limits\"?"}},
  });
}

TEST(Assignment, TellsMistakesInLimits) {
  expect_mistakes({
      {"wall = \"20s\"",
       "wall = \"20\"",
       {"8:8: \"wall\" is \"20\", which is no duration | did you mean \"20s\"?"}},
      {"wall = \"20s\"", "wall = 20", {"8:8: \"wall\" is an integer | did you mean \"20s\"?"}},
      {"wall = \"20s\"", "wall = \"\"", {"8:8: \"wall\" is \"\", which is no duration"}},
      {"wall = \"20s\"", "wall = \"-1s\"", {"8:8: \"wall\" is \"-1s\", which is no duration"}},
      {"wall = \"20s\"", "wall = \"0s\"", {"8:8: \"wall\" is \"0s\""}},
      {"wall = \"20s\"", "wall = \"61min\"", {"8:8: \"wall\" is \"61min\""}},
      {"\"256MiB\"",
       "\"256MB\"",
       {"9:10: \"memory\" is \"256MB\", which is no size | did you mean \"256MiB\"?"}},
      {"\"256MiB\"", "256", {"9:10: \"memory\" is 256"}},
      {"\"256MiB\"", "-1", {"9:10: \"memory\" is -1, which is no size"}},
      {"\"256MiB\"", "1.5", {"9:10: \"memory\" is a number with a fraction"}},
      {"\"256MiB\"",
       "\"99999999999GiB\"",
       {"9:10: \"memory\" is \"99999999999GiB\", which is no size | did you mean "
        "\"99999999999GiB\"?"}},
      {"processes = 64", "processes = 0", {"10:13: \"processes\" is 0"}},
      {"processes = 64", "processes = \"64\"", {"10:13: \"processes\" is a string"}},
      {"processes = 64",
       "process = 64",
       {"10:1: unknown key \"process\" in [limits] | did you mean \"processes\"?"}},
      {"processes = 64",
       "title = \"x\"",
       {"10:1: unknown key \"title\" in [limits] | a key of the file is written above the first "
        "[table] or [[table]] in it"}},
  });
}

TEST(Assignment, TellsMistakesInScenarios) {
  expect_mistakes({
      {"id = \"both\"",
       "",
       {"12:1: there is no \"id\" in this scenario",
        "32:8: there is no scenario \"both\" above this one"}},
      {"id = \"again\"", "id = \"both\"", {"30:6: there is a scenario \"both\" above already"}},
      {"id = \"again\"", "id = \"ag ain\"", {"30:6: \"ag ain\" is not a plain name"}},
      {"title = \"both are started\"", "", {"12:1: there is no \"title\" in this scenario"}},
      {"segment = 5, size", "segment = 0, size", {"15:22: \"segment\" is 0"}},
      {"size = 100", "size = 0", {"15:32: \"size\" is 0"}},
      {"size = 100", "size = \"2TiB\"", {"15:32: \"size\" is \"2TiB\", which is no size"}},
      {"size = 100 }", "size = 100 }, { segment = 5, size = 1 }", {"15:51: key 5 is given twice"}},
      {"[{ segment = 5, size = 100 }]",
       "{ segment = 5, size = 100 }",
       {"15:9: \"given\" is a table"}},
      {"[{ segment = 5, size = 100 }]", "[5]", {"15:10: there is an integer in \"given\""}},
      {"like = \"both\"",
       "like = \"boht\"",
       {"32:8: there is no scenario \"boht\" above this one | did you mean \"both\"?"}},
      {"like = \"both\"",
       "like = \"none\"",
       {"32:8: there is no scenario \"none\" above this one"}},
      {"like = \"both\"",
       "like = \"again\"",
       {"32:8: there is no scenario \"again\" above this one"}},
      {"like = \"both\"", "like = 1", {"32:8: \"like\" is an integer"}},
      {"like = \"both\"",
       "",
       {"29:1: there is no \"start\" in this scenario",
        "29:1: there is no \"result\" in this scenario"}},
      {"like = \"both\"", "like = \"both\"\nstart = []", {"33:9: \"start\" is empty"}},
      {"like = \"both\"",
       "like = \"both\"\nwall = \"2 hours\"",
       {"33:8: \"wall\" is \"2 hours\", which is no duration"}},
  });
}

TEST(Assignment, TellsMistakesInStarts) {
  expect_mistakes({
      {"program = \"ping\"",
       "program = \"pinng\"",
       {"18:11: unknown program \"pinng\" | did you mean \"ping\"?"}},
      {"program = \"ping\"", "", {"17:1: there is no \"program\" in this start"}},
      {"program = \"ping\"",
       "progam = \"ping\"",
       {"18:1: unknown key \"progam\" in this start | did you mean \"program\"?"}},
      {"program = \"ping\"", "program = 1", {"18:11: \"program\" is an integer"}},
      {"program = \"pong\"", "program = \"ping\"", {"22:11: \"ping\" is started twice"}},
      {"args = [\"-n\", \"3\"]", "args = [\"-n\", 3]", {"19:15: there is an integer in \"args\""}},
      {"args = [\"-n\", \"3\"]", "args = \"-n 3\"", {"19:8: \"args\" is a string"}},
      {"args = [\"-n\", \"3\"]",
       "args = [\"a\\u0000b\"]",
       {"19:9: an argument cannot hold a null character"}},
      {"args = [\"-n\", \"3\"]", "input = 3", {"19:9: \"input\" is an integer"}},
      {"args = [\"-n\", \"3\"]",
       "wall = \"3s\"",
       {"19:1: unknown key \"wall\" in this start | a key of [[scenario]] is written above the "
        "first [table] or [[table]] in it"}},
      {"args = [\"-n\", \"3\"]",
       "input-file = \"../x\"",
       {"19:14: \"../x\" is not below the lab's folder"}},
      {"args = [\"-n\", \"3\"]",
       "input-file = \"/etc/passwd\"",
       {"19:14: \"/etc/passwd\" is not below the lab's folder"}},
      {"args = [\"-n\", \"3\"]",
       "input-file = \"\"",
       {"19:14: \"\" is not below the lab's folder"}},
      {"args = [\"-n\", \"3\"]",
       "input-file = \"x\"",
       {"19:14: \"x\" cannot be read: there is none"}},
  });
}

TEST(Assignment, TellsMistakesInConditions) {
  expect_mistakes({
      {"ended = \"ping\"",
       "ended = \"pang\"",
       {"23:68: unknown program \"pang\" | did you mean \"ping\"?"}},
      {"ended = \"ping\"",
       "ended = \"pong\"",
       {"23:8: \"pong\" waits for its own end", "32:8: \"pong\" waits for its own end"}},
      {"ended = \"ping\"",
       "endet = \"ping\"",
       {"23:58: there is no \"segment\" in this condition",
        "23:60: unknown key \"endet\" in this condition | did you mean \"ended\"?"}},
      {"ended = \"ping\"",
       "ended = \"ping\", min-size = 3",
       {"23:87: \"min-size\" and \"ended\" are in one condition | two conditions are two tables: "
        "[{ segment = 1 }, { ended = \"server\" }]"}},
      {"attached = true", "attached = 1", {"23:50: \"attached\" is an integer"}},
      {"min-size = 10",
       "min-size = \"10 bytes\"",
       {"23:35: \"min-size\" is \"10 bytes\", which is no size"}},
      {"{ segment = 5, min-size",
       "{ segment = 5000000000, min-size",
       {"23:21: \"segment\" is 5000000000"}},
      {"when = [{ segment = 5, min-size = 10, attached = true }, { ended = \"ping\" }]",
       "when = []",
       {"23:8: \"when\" is empty"}},
      {"when = [{ segment = 5, min-size = 10, attached = true }, { ended = \"ping\" }]",
       "when = { ended = \"ping\" }",
       {"23:8: \"when\" is a table"}},
  });
  // Each waits for the other's end; "again" has the same starts.
  std::string ring = lab_with("args = [\"-n\", \"3\"]", "when = [{ ended = \"pong\" }]");
  const std::string condition = "{ segment = 5, min-size = 10, attached = true }, ";
  ring.erase(ring.find(condition), condition.size());
  EXPECT_EQ(mistakes_in(ring),
            (Lines{"19:8: \"ping\" can never start: it waits for what only comes after it",
                   "23:8: \"pong\" can never start: it waits for what only comes after it",
                   "32:8: \"ping\" can never start: it waits for what only comes after it",
                   "32:8: \"pong\" can never start: it waits for what only comes after it"}));
}

// Nobody is there to make the segment that the first program waits for, unless it is given.
TEST(Assignment, TellsASegmentThatNobodyMakes) {
  const std::string waits = lab_with("args = [\"-n\", \"3\"]", "when = [{ segment = 5 }]");
  EXPECT_EQ(mistakes_in(waits),
            (Lines{"32:8: \"ping\" can never start: it waits for what only comes after it",
                   "32:8: \"pong\" can never start: it waits for what only comes after it"}))
      << "in \"both\" the segment is given, in \"again\" it is not";
  EXPECT_EQ(
      mistakes_in(lab_with("args = [\"-n\", \"3\"]", "when = [{ segment = 5, min-size = 101 }]"))
          .size(),
      4U)
      << "the one that is given is too small";
}

TEST(Assignment, TellsMistakesInResults) {
  expect_mistakes({
      {"ping = { output",
       "pin = { output",
       {"26:1: unknown key \"pin\" in this result | did you mean \"ping\"?"}},
      {"ping = { output = \"ping\\n\", exit = 0 }",
       "",
       {"25:1: there is no \"ping\" in this result"}},
      {"ping = { output = \"ping\\n\", exit = 0 }", "ping = 0", {"26:8: \"ping\" is an integer"}},
      {"output = \"ping\\n\", ", "", {"26:8: there is no \"output\" in the end of \"ping\""}},
      {"output = \"ping\\n\"", "output = 3", {"26:19: \"output\" is an integer"}},
      {"output = \"ping\\n\"",
       "output = \"\", output-file = \"x\"",
       {"26:37: there are both \"output\" and \"output-file\"",
        "26:37: \"x\" cannot be read: there is none"}},
      {"exit = 0 }", "exit = 256 }", {"26:36: \"exit\" is 256"}},
      {"exit = 0 }", "exit = \"zero\" }", {"26:36: \"exit\" is \"zero\""}},
      {"exit = 0 }", "exit = true }", {"26:36: \"exit\" is true or false"}},
      {"exit = 0 }", "status = 0 }", {"26:29: unknown key \"status\" in the end of \"ping\""}},
      {"may-wait = true", "may-wait = \"yes\"", {"27:52: \"may-wait\" is a string"}},
      {"may-wait = true }",
       "may-wait = true }\nmay-leave-given = 1",
       {"28:19: \"may-leave-given\" is an integer"}},
      {"[[scenario.result]]",
       "[[scenario.results]]",
       {"25:12: unknown key \"results\" in this scenario | did you mean \"result\"?"}},
  });
}

TEST(Assignment, TellsResultsThatDoNotFitTheStartsOfAnotherScenario) {
  expect_mistakes({{"like = \"both\"",
                    "like = \"both\"\n[[scenario.start]]\nprogram = \"ping\"",
                    {"32:8: a result says how \"pong\" ends, which is not started"}}});
  const std::string other =
      lab_with("like = \"both\"",
               "like = \"both\"\n[[scenario.start]]\nprogram = \"ping\"\n"
               "[[scenario.result]]\nping = { output = \"\" }\n"
               "[[scenario]]\nid = \"third\"\ntitle = \"t\"\nlike = \"again\"\n"
               "[[scenario.start]]\nprogram = \"ping\"\n"
               "[[scenario.start]]\nprogram = \"pong\"");
  EXPECT_EQ(mistakes_in(other), (Lines{"40:8: a result does not say how \"pong\" ends"}));
}

TEST(Assignment, TellsMistakesInChecks) {
  expect_mistakes({
      {"id = \"own\"", "id = \"build\"", {"40:6: there is a check \"build\" above already"}},
      {"id = \"own\"", "", {"39:1: there is no \"id\" in this check"}},
      {"title = \"they build\"", "", {"34:1: there is no \"title\" in this check"}},
      {"points = 1", "points = -1", {"37:10: \"points\" is -1"}},
      {"points = 1", "points = nan", {"37:10: \"points\" is nan"}},
      {"points = 1", "points = inf", {"37:10: \"points\" is inf"}},
      {"points = 1", "points = \"1\"", {"37:10: \"points\" is a string"}},
      {"points = 1",
       "point = 1",
       {"37:1: unknown key \"point\" in this check | did you mean \"points\"?"}},
      {"stage = \"fair\"",
       "stage = \"order\"",
       {"43:9: unknown stage \"order\" | did you mean \"orders\"?"}},
      {"stage = \"fair\"", "", {"39:1: there is no \"stage\" in this check"}},
      {"kinds = [\"crash\", \"time-limit\"]", "", {"39:1: there is no \"kinds\" in this check"}},
      {"kinds = [\"crash\", \"time-limit\"]",
       "kinds = []",
       {"44:9: \"kinds\" is empty: nothing could fail this check"}},
      {"\"time-limit\"",
       "\"timelimit\"",
       {"44:19: unknown kind of finding \"timelimit\" | did you mean \"time-limit\"?"}},
      {"\"time-limit\"", "\"crash\"", {"44:19: \"crash\" of the stage \"fair\" is named twice"}},
      {"\"time-limit\"", "3", {"44:19: there is an integer in \"kinds\""}},
      {"stage = \"fair\"\nkinds = [\"crash\", \"time-limit\"]",
       "",
       {"40:6: unknown check \"own\""}},
      {"id = \"own\"", "id = \"own\"\nper-scenario = 1", {"41:16: \"per-scenario\" is an integer"}},
      {"[[check]]\nid = \"own\"",
       "[[checks]]\nid = \"own\"",
       {"39:3: unknown key \"checks\" in the file | did you mean \"check\"?"}},
      {"id = \"build\"", "id = \"handlers\"", {"34:1: no check is about the build"}},
  });
  const std::string worthless = lab_with("points = 1", "points = 0");
  EXPECT_TRUE(parse(worthless)) << "one check may be free";
  std::string all = worthless;
  all.replace(all.find("points = 0.5"), 12, "points = 0.0");
  EXPECT_EQ(mistakes_in(all), (Lines{"34:1: all checks together are worth 0 points"}));
  EXPECT_EQ(mistakes_in(lab_with("id = \"own\"\ntitle = \"they do not crash\"\npoints = 0.5\n"
                                 "stage = \"fair\"\nkinds = [\"crash\", \"time-limit\"]",
                                 "id = \"clean-upp\"\ntitle = \"t\"\npoints = 1")),
            (Lines{"40:6: unknown check \"clean-upp\" | did you mean \"clean-up\"?"}));
}

TEST(Assignment, AKindThatACheckNamesIsTakenFromTheDefaults) {
  const auto lab =
      parse(std::string(kLab) + "[[check]]\nid = \"output\"\ntitle = \"t\"\npoints = 1\n");
  ASSERT_TRUE(lab) << lab.error().text();
  const Check& output = lab->checks.back();
  EXPECT_TRUE(output.per_scenario);
  EXPECT_EQ(std::ranges::count(output.kinds, Kind::kWrongOutput), 1);
  EXPECT_EQ(std::ranges::count(output.kinds, Kind::kCrash), 0);
  EXPECT_EQ(std::ranges::count(output.kinds, Kind::kTimeLimit), 0);

  const std::string twice =
      std::string(kLab) +
      "[[check]]\nid = \"more\"\ntitle = \"t\"\npoints = 1\nstage = \"fair\"\n"
      "kinds = [\"crash\"]\n";
  EXPECT_EQ(mistakes_in(twice),
            (Lines{"50:10: \"crash\" of the stage \"fair\" fails the check \"own\" already"}));

  const std::string emptied = std::string(kLab) +
                              "[[check]]\nid = \"data-races\"\ntitle = \"t\"\npoints = 1\n"
                              "[[check]]\nid = \"more\"\ntitle = \"t\"\npoints = 1\n"
                              "stage = \"orders\"\nkinds = [\"data-race\"]\n";
  EXPECT_EQ(mistakes_in(emptied), (Lines{"46:6: nothing could fail \"data-races\": its kinds of "
                                         "finding fail other checks"}));
}

TEST(Assignment, TellsWhatIsMissingAltogether) {
  EXPECT_EQ(mistakes_in("schema = 1\nname = \"x\"\ntitle = \"x\"\nprograms = [\"x\"]\n"),
            (Lines{"1:1: there is no \"scenario\" in the file",
                   "1:1: there is no \"check\" in the file"}));
  EXPECT_EQ(mistakes_in("").size(), 6U);
  EXPECT_EQ(mistakes_in("schema = 1\nname = \"x\"\ntitle = \"x\"\nprograms = [\"x\"]\n"
                        "scenario = []\n[check]\nid = \"build\"\n"),
            (Lines{"5:12: \"scenario\" is empty", "6:1: \"check\" is a table"}));
}

TEST(Assignment, TellsAllMistakesInTheOrderOfTheFile) {
  std::string text = lab_with("kinds = [\"crash\"", "kinds = [\"crush\"");
  text.replace(text.find("wall = \"20s\""), 12, "wall = \"20x\"");
  text.replace(text.find("\"timers\""), 8, "\"rocket\"");
  EXPECT_EQ(mistakes_in(text),
            (Lines{"5:22: unknown policy group \"rocket\"",
                   "8:8: \"wall\" is \"20x\", which is no duration",
                   "44:10: unknown kind of finding \"crush\" | did you mean \"crash\"?"}));
}

// The parser of the TOML library stops at the first of these.
TEST(Assignment, TellsWhatIsNotToml) {
  EXPECT_EQ(mistakes_in("name = lab"),
            (Lines{"1:8: this is not TOML: parsing value: could not determine value type | text is "
                   "written in quotes: name = \"shared-memory\""}));
  EXPECT_EQ(mistakes_in("\ntitle = \"A lab\n").front().substr(0, 22), "2:15: this is not TOML");
  EXPECT_EQ(mistakes_in("a = 1\na = 2").front().substr(0, 21), "2:5: this is not TOML");
  EXPECT_EQ(mistakes_in("a = \"\xff\"").front().substr(0, 21), "1:5: this is not TOML");
  EXPECT_EQ(mistakes_in("a = " + std::string(100'000, '[')).size(), 1U);
}

TEST(Assignment, IsNotBroughtDownByLongKeys) {
  const auto dotted = [](std::string_view part, int parts) {
    std::string key(part);
    for (int i = 1; i < parts; ++i) key += "." + std::string(part);
    return key + " = 1\n";
  };
  const Lines told{"2:66: a key of too many parts"};
  EXPECT_EQ(mistakes_in("# .....................................\n" + dotted("a", 100'000)), told);
  EXPECT_EQ(mistakes_in("x = {" + dotted("\"=\"", 100'000) + "}").size(), 1U);
  EXPECT_EQ(mistakes_in("x = {" + dotted("'#'", 100'000) + "}").size(), 1U);
  // Dots in text are no parts of keys, whatever quotes are around it.
  for (const std::string_view quote : {"\"", "'", "\"\"\"", "'''"}) {
    const std::string text = std::string(quote) + std::string(100, '.') + std::string(quote);
    EXPECT_TRUE(parse(lab_with("\"A lab\"", text))) << text;
  }
  EXPECT_TRUE(parse(lab_with("\"A lab\"", "\"\\\"" + std::string(100, '.') + "\"")));
}

TEST(Assignment, PutsAMistakeIntoWords) {
  const auto lab = parse(lab_with("program = \"ping\"", "progam = \"ping\""));
  ASSERT_FALSE(lab);
  EXPECT_EQ(lab.error().text(),
            "lab.toml:18:1: unknown key \"progam\" in this start\n"
            "  expected: program, args, input, input-file or when\n"
            "  hint: did you mean \"program\"?");
  const auto many = parse("schema = 1\nname = \"x\"\ntitle = \"x\"\nprograms = [\"x\"]\n");
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().text(),
            "lab.toml:1:1: there is no \"scenario\" in the file\n"
            "  expected: a [[scenario]] for each way in which the programs are started\n\n"
            "lab.toml:1:1: there is no \"check\" in the file\n"
            "  expected: a [[check]] for each part of the grade");
}

TEST(AssignmentFolder, ReadsTheFilesThatAreNamed) {
  const TemporaryFolder folder;
  folder.write("lab/assignment.toml",
               lab_with("args = [\"-n\", \"3\"]", "input-file = \"data/in.bin\""));
  folder.write("lab/data/in.bin", std::string_view("\0\xff\n", 3));
  const auto lab = parse_assignment(folder.path() / "lab", kGroups);
  ASSERT_TRUE(lab) << lab.error().text();
  EXPECT_EQ(lab->scenarios[0].starts[0].input, std::string_view("\0\xff\n", 3));

  folder.write("secret", "s");
  fs::remove(folder.path() / "lab/data/in.bin");
  fs::create_symlink("../../secret", folder.path() / "lab/data/in.bin");
  const auto escaped = parse_assignment(folder.path() / "lab", kGroups);
  ASSERT_FALSE(escaped);
  EXPECT_EQ(escaped.error().diagnostics.at(0).message,
            "\"data/in.bin\" cannot be read: it leads out of the lab's folder");
  EXPECT_EQ(escaped.error().diagnostics.at(0).line, 19U);
}

TEST(AssignmentFolder, TellsWhatCannotBeRead) {
  const TemporaryFolder folder;
  const auto why = [&] {
    const auto lab = parse_assignment(folder.path(), kGroups);
    return lab ? "" : lab.error().text();
  };
  const fs::path file = folder.path() / "assignment.toml";
  const std::string begin = file.string() + ": cannot be read: ";
  EXPECT_EQ(why(), begin + "No such file or directory");
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_EQ(why(), begin + "is a FIFO");
  fs::remove(file);
  fs::create_directory(file);
  EXPECT_EQ(why(), begin + "is a folder");
  fs::remove(file);
  folder.write("assignment.toml", std::string(1'000'000, '#'));
  EXPECT_EQ(why().substr(0, begin.size() + 17), begin + "has 1000000 bytes");
}

TEST(LabFinder, ListsAndFinds) {
  const TemporaryFolder folder;
  const fs::path& labs = folder.path();
  folder.write("pipes/assignment.toml", "title = \"Two pipes\"");
  folder.write("broken/assignment.toml", "title = ");
  folder.write("README.md", "");
  fs::create_directory(labs / "empty");
  const std::vector<LabEntry> entries = installed_labs(labs);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].name, "broken");
  EXPECT_EQ(entries[0].title, "");
  EXPECT_EQ(entries[1].name, "pipes");
  EXPECT_EQ(entries[1].title, "Two pipes");
  EXPECT_EQ(entries[1].folder, labs / "pipes");

  EXPECT_EQ(find_lab("pipes", labs), labs / "pipes");
  EXPECT_EQ(find_lab((labs / "pipes").string(), "/nowhere"), labs / "pipes");
}

TEST(LabFinder, SaysWhatThereIsInstead) {
  const TemporaryFolder folder;
  const fs::path& labs = folder.path();
  folder.write("pipes/assignment.toml", "");
  folder.write("signals/assignment.toml", "");
  const std::string rest =
      "\n  installed labs: pipes, signals"
      "\n  a lab of your own is named by the path of its folder, such as ./my-lab";
  const auto error = [&](std::string_view lab) {
    const auto found = find_lab(lab, labs);
    return found ? "found " + found->string() : found.error();
  };
  EXPECT_EQ(error("pipe"), "no lab \"pipe\"\n  hint: did you mean \"pipes\"?" + rest);
  EXPECT_EQ(error("x/../y z"), "no lab \"x/../y z\"" + rest);
  EXPECT_EQ(error(""), "no lab \"\"" + rest);
  EXPECT_EQ(error("\x1b[31m\n\xff"), "no lab \"\x1b[31m\n\xff\"" + rest);
  EXPECT_EQ(
      error(std::string_view("pipes\0x", 7)),
      "no lab \"" + std::string("pipes\0x", 7) + "\"\n  hint: did you mean \"pipes\"?" + rest);
  EXPECT_EQ(error("{}"), "no lab \"{}\"" + rest);
  EXPECT_EQ(error(labs.string()),
            "the folder \"" + labs.string() + "\" is no lab: it has no assignment.toml" + rest);
  const std::string file = (labs / "pipes/assignment.toml").string();
  EXPECT_EQ(error(file), "\"" + file +
                             "\" is a file; a lab is a folder that holds assignment.toml\n"
                             "  hint: did you mean \"" +
                             (labs / "pipes").string() + "\"?");
  EXPECT_EQ(find_lab("pipes", labs / "none").error(),
            "no lab \"pipes\"\n  no labs are installed in " + (labs / "none").string() +
                "\n  a lab of your own is named by the path of its folder, such as ./my-lab");
}

TEST(Units, TakesWhatTheFormatSays) {
  EXPECT_EQ(try_duration("500ms"), 500ms);
  EXPECT_EQ(try_duration("20s"), 20s);
  EXPECT_EQ(try_duration("2min"), 2min);
  for (const std::string_view text :
       {"", "s", "20", "20 s", "-1s", "+1s", "1.5s", "1h", "20S", "9223372036854775807min"}) {
    EXPECT_FALSE(try_duration(text)) << text;
  }
  EXPECT_EQ(try_size("512"), 512U);
  EXPECT_EQ(try_size("1KiB"), 1024U);
  EXPECT_EQ(try_size("256MiB"), 256U << 20);
  EXPECT_EQ(try_size("2GiB"), 2ULL << 30);
  for (const std::string_view text : {"", "KiB", "1KB", "1 KiB", "-1", "0x10", "1kib",
                                      "18446744073709551616", "9999999999999GiB"}) {
    EXPECT_FALSE(try_size(text)) << text;
  }
}

TEST(DidYouMean, IsNearestWithinAThird) {
  const std::vector<std::string_view> words{"wall", "cpu", "memory", "processes"};
  EXPECT_EQ(nearest_word("memoy", words), "memory");
  EXPECT_EQ(nearest_word("cp", words), "cpu");
  EXPECT_EQ(nearest_word("proceses", words), "processes");
  EXPECT_EQ(nearest_word("wlal", words), "wall");
  EXPECT_EQ(nearest_word("wla", words), std::nullopt);
  EXPECT_EQ(nearest_word("network", words), std::nullopt);
  EXPECT_EQ(nearest_word("", words), std::nullopt);
  EXPECT_EQ(nearest_word(std::string(1'000'000, 'x'), words), std::nullopt);
}

class Readme : public testing::Test {
 protected:
  /// What is between "```LANGUAGE" and "```", the first time.
  [[nodiscard]] std::string block(std::string_view language) const {
    const std::string fence = "\n```" + std::string(language) + "\n";
    const std::size_t begin = text_.find(fence);
    EXPECT_NE(begin, std::string::npos) << fence;
    const std::size_t end = text_.find("\n```\n", begin + fence.size());
    return text_.substr(begin + fence.size(), end + 1 - begin - fence.size());
  }

  std::string text_ = contents(kAssignments / "README.md");
};

TEST_F(Readme, ItsExampleIsALab) {
  const auto lab = parse(block("toml"));
  ASSERT_TRUE(lab) << lab.error().text();
  EXPECT_EQ(lab->scenarios.size(), 3U);
  EXPECT_EQ(lab->scenarios[2].starts.at(0).arguments.at(0), "--verbose");
}

TEST_F(Readme, ItsMistakesAreToldAsItSays) {
  std::string lab = block("toml");
  const auto replace = [&](std::string_view from, std::string_view to) {
    ASSERT_NE(lab.find(from), std::string::npos) << from;
    lab.replace(lab.find(from), from.size(), to);
  };
  replace("\"10s\"", "\"10 sec\"");
  replace("sysv-semaphores", "sysv-semaphore");
  replace("program = \"read\"", "progam = \"read\"");
  const auto told = parse_assignment_text(lab, "blackboard/assignment.toml", kGroups, no_files);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().text() + "\n", block("text"));
}

TEST_F(Readme, NamesAllDefaultsAndGroups) {
  for (const CheckDefaults& defaults : check_defaults()) {
    std::string row = "| `" + std::string(defaults.id) + "`";
    row += defaults.per_scenario ? " (per scenario)" : "";
    row += " | `" + std::string(name_of(defaults.stage)) + "` |";
    for (const Kind kind : defaults.kinds) row += " `" + std::string(name_of(kind)) + "`";
    EXPECT_NE(text_.find("\n" + row + " |\n"), std::string::npos) << row;
  }
  for (const std::string_view group : kGroups) {
    EXPECT_NE(text_.find("\n| `" + std::string(group) + "` |"), std::string::npos) << group;
  }
}

}  // namespace
}  // namespace ipcgrade
