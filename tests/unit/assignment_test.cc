// assignment.toml: what it means.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include "unit/labs.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;

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
  EXPECT_EQ(ends[1].from_segment, 5);
  EXPECT_FALSE(ends[0].from_segment);

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

TEST(Assignment, ReadsWhereTheReferenceAndTheCorpusAre) {
  const auto none = parse(kLab);
  ASSERT_TRUE(none) << none.error().text();
  EXPECT_EQ(none->reference, "");
  EXPECT_EQ(none->corpus, "");
  const auto lab = parse(lab_with("[limits]", R"(reference = "solution"
corpus = "../../corpus"
[limits])"));
  ASSERT_TRUE(lab) << lab.error().text();
  EXPECT_EQ(lab->reference, "solution");
  EXPECT_EQ(lab->corpus, "../../corpus");
}

TEST(Assignment, ReadsWhoSeesWhatOnGradescope) {
  EXPECT_EQ(parse(kLab)->visibility.all, "");
  const auto lab = parse(std::string(kLab) +
                         "visibility = \"after_due_date\"\n"
                         "[gradescope]\nvisibility = \"visible\"\nstdout-visibility = "
                         "\"hidden\"\n");
  ASSERT_TRUE(lab) << lab.error().text();
  EXPECT_EQ(lab->visibility.all, "visible");
  EXPECT_EQ(lab->visibility.output, "hidden");
  EXPECT_EQ(lab->checks.front().visibility, "");
  EXPECT_EQ(lab->checks.back().visibility, "after_due_date");
}

TEST(Assignment, KnowsGradescopesWordsOnly) {
  const auto lab = parse(std::string(kLab) + "[gradescope]\nvisibility = \"after-due-date\"\n");
  ASSERT_FALSE(lab);
  EXPECT_NE(lab.error().text().find("did you mean \"after_due_date\"?"), std::string::npos)
      << lab.error().text();
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

TEST(Assignment, ReadsSignalsRoundsValuesAndChannels) {
  const auto lab = parse(R"(schema = 1
name = "lab"
title = "A lab"
programs = ["ping"]
policy = ["signals"]
refused = ["peer-memory"]
fails = ["kill", "wait"]

[[scenario]]
id = "one"
title = "one"
failure = true
page-map = "zero"
schedules = 7
signal = [{ number = "SIGINT", to = "ping", once = "child of ping", until-output = true, after = 3 }]

[[scenario.start]]
program = "ping"
input = "abc"
input-size = 7

[[scenario.result]]
played = { ask = "SIGUSR1", answer = "SIGUSR2", from = "ping", to = "child of ping", times = 2, end = "SIGTERM" }
[scenario.result.ping]
output = "{k} {a}\n"
beginning = true
may-be-slow = true
complains = true
most-children = 0
child-exit = 4
tries = ["peer-memory", "page-map"]
[scenario.result.ping.values]
k = { rounds = { ask = "SIGUSR1", answer = "SIGUSR2", from = "ping", to = "child of ping" } }
a = { peer-address = true }

[[scenario]]
id = "two"
title = "two"
like = "one"

[[channel]]
scenarios = ["one", "two"]
from = "ping"
to = "child of ping"
through = "queue"
names = ["/q"]
changes = true

[[check]]
id = "build"
title = "it builds"
points = 1
)");
  ASSERT_TRUE(lab) << lab.error().text();
  EXPECT_EQ(lab->refused, std::vector<std::string>{"peer-memory"});
  EXPECT_EQ(lab->fails, (std::vector<std::string>{"kill", "wait"}));
  const Scenario& one = lab->scenarios[0];
  EXPECT_TRUE(one.failure);
  EXPECT_EQ(one.page_map, PageMap::kZero);
  EXPECT_EQ(one.most_schedules, 7U);
  ASSERT_EQ(one.signals.size(), 1U);
  EXPECT_EQ(one.signals[0].number, SIGINT);
  EXPECT_EQ(one.signals[0].to, (Party{"ping", false}));
  EXPECT_EQ(one.signals[0].once, (Party{"ping", true}));
  EXPECT_TRUE(one.signals[0].until_output);
  EXPECT_EQ(one.signals[0].after, 3U);
  EXPECT_EQ(one.starts[0].input, "abcabca");
  const Result& result = one.results[0];
  ASSERT_TRUE(result.played.is_asked());
  EXPECT_EQ(result.played.times, 2U);
  EXPECT_EQ(result.played.end, SIGTERM);
  EXPECT_EQ(result.played.rounds.answer, SIGUSR2);
  EXPECT_FALSE(result.signal_after.is_asked());
  const ExpectedEnd& end = result.programs[0];
  EXPECT_TRUE(end.beginning && end.may_be_slow && end.complains && end.most_children == 0);
  EXPECT_EQ(end.child_exit, 4);
  EXPECT_EQ(end.tries, (std::vector{Attempt::kPeerMemory, Attempt::kPageMap}));
  EXPECT_TRUE(std::holds_alternative<PeerAddress>(end.values.at("a")));
  EXPECT_EQ(std::get<RoundsSoFar>(end.values.at("k")).rounds.ask, SIGUSR1);
  const Scenario& two = lab->scenarios[1];
  EXPECT_TRUE(two.signals.empty()) << "what comes from outside is not taken over";
  EXPECT_FALSE(two.failure);
  ASSERT_EQ(lab->channels.size(), 1U);
  EXPECT_EQ(lab->channels[0].means, Channel::Means::kQueue);
  EXPECT_EQ(lab->channels[0].other_scenario, "two");
  EXPECT_TRUE(lab->channels[0].changes);
}

std::string lab_with_last_sent(const std::string& scenario, const std::string& giver) {
  return R"(schema = 1
name = "lab"
title = "A lab"
programs = ["ping", "pong"]
policy = []

[[scenario]]
id = "one"
title = "one"
[[scenario.start]]
program = "ping"
[[scenario.result]]
ping = { output = "" }

[[scenario]]
id = "two"
title = "two"
[[scenario.start]]
program = "ping"
input-last-sent = ")" +
         scenario + R"("
[[scenario.start]]
program = "pong"
[[scenario.result]]
ping = { output = "" }
pong = { output-is-input-of = ")" +
         giver + R"(" }

[[check]]
id = "build"
title = "it builds"
points = 1
)";
}

TEST(Assignment, ReadsInputsThatAProgramSent) {
  const auto lab = parse(lab_with_last_sent("one", "ping"));
  ASSERT_TRUE(lab) << lab.error().text();
  EXPECT_EQ(lab->scenarios[1].starts[0].input_last_sent, "one");
  EXPECT_EQ(lab->scenarios[1].results[0].programs[1].output_is_input_of, "ping");
}

TEST(Assignment, RefusesInputsThatNobodySent) {
  const auto itself = parse(lab_with_last_sent("two", "ping"));
  ASSERT_FALSE(itself);
  EXPECT_NE(itself.error().text().find("no scenario \"two\" above"), std::string::npos)
      << itself.error().text();
  const auto stranger = parse(lab_with_last_sent("one", "pang"));
  ASSERT_FALSE(stranger);
  EXPECT_NE(stranger.error().text().find("\"pang\" is not started"), std::string::npos)
      << stranger.error().text();
}

}  // namespace
}  // namespace ipcgrade
