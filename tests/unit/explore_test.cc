// Samplers, replay, minimising and the search as a whole, on programs in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include "explore/impatient_strategy.h"
#include "explore/minimise.h"
#include "explore/pct_strategy.h"
#include "explore/plan.h"
#include "explore/pos_strategy.h"
#include "explore/random.h"
#include "explore/random_strategy.h"
#include "explore/replay_strategy.h"
#include "explore/round_robin_strategy.h"
#include "toy.h"

namespace ipcgrade {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using toy::Do;
using toy::Program;

// Each task adds 1 to variable 0, without any lock.
Program racy_counter(std::size_t tasks, std::size_t times = 1) {
  Program program;
  std::vector<toy::Op> ops;
  for (std::size_t i = 0; i < times; ++i) {
    ops.push_back({Do::kRead, 0});
    ops.push_back({Do::kWriteNext, 0});
  }
  program.tasks.assign(tasks, ops);
  return program;
}

Program crossed_locks() {
  Program program;
  program.tasks = {{{Do::kLock, 0}, {Do::kLock, 1}, {Do::kUnlock, 1}, {Do::kUnlock, 0}},
                   {{Do::kLock, 1}, {Do::kLock, 0}, {Do::kUnlock, 0}, {Do::kUnlock, 1}}};
  return program;
}

std::vector<FindingKey> lost_update(const Trace& trace, char right) {
  if (trace.end != RunEnd::kDone) return {"deadlock"};
  if (trace.processes[0].output[0] != right) return {"lost update"};
  return {};
}

Trace run_once(const Program& program, Strategy& strategy, std::uint64_t number) {
  const auto chooser = strategy.start(number);
  Trace trace = toy::run(program, *chooser, {});
  strategy.learn(number, trace);
  return trace;
}

// How many of `runs` runs lose an update of the racy counter.
std::size_t count_failing(Strategy& strategy, const Program& program, char right,
                          std::size_t runs) {
  std::size_t failing = 0;
  for (std::size_t i = 0; i < runs; ++i) {
    if (!lost_update(run_once(program, strategy, i), right).empty()) ++failing;
  }
  return failing;
}

TEST(RandomTest, IsTheSameEverywhere) {
  Random random(1, 2);
  Random again(1, 2);
  Random other(1, 3);
  const std::uint64_t first = random.next();
  EXPECT_EQ(first, again.next());
  EXPECT_NE(first, other.next());
  EXPECT_EQ(first, 1759269079544140422u);
}

TEST(RandomTest, IsEven) {
  Random random(7, 0);
  std::array<int, 5> counts{};
  for (int i = 0; i < 10'000; ++i) ++counts[random.below(5)];
  for (const int count : counts) EXPECT_NEAR(count, 2'000, 200);  // 5 standard deviations
}

TEST(RoundRobinTest, IsTheUsualOrderOnce) {
  RoundRobinStrategy strategy;
  const Trace trace = run_once(racy_counter(3), strategy, 0);
  EXPECT_THAT(deviations_of(trace), IsEmpty());
  EXPECT_EQ(switches_of(trace), 2u);
  EXPECT_TRUE(strategy.exhausted());
  EXPECT_EQ(strategy.start(1), nullptr);
}

TEST(ImpatientTest, EachTaskGoesFirstOnce) {
  const Program program = racy_counter(2);
  Trace fair;
  fair.tasks.resize(2);
  ImpatientStrategy strategy(fair);
  for (const TaskId first : {TaskId{0}, TaskId{1}}) {
    const auto actors = actors_of(run_once(program, strategy, first));
    const auto own = std::ranges::count(actors, Actor{ActorKind::kTask, first});
    for (std::ptrdiff_t i = 0; i < own; ++i) {
      EXPECT_EQ(actors[static_cast<std::size_t>(i)].task, first) << i;
    }
    EXPECT_GT(own, 1);
  }
  EXPECT_TRUE(strategy.exhausted());
}

TEST(SamplerTest, RunsDependOnSeedAndNumberOnly) {
  const Program program = racy_counter(3, 2);
  RandomStrategy random(5);
  PosStrategy pos(5);
  PctStrategy pct(5, 3, 12);
  for (Strategy* strategy : std::initializer_list<Strategy*>{&random, &pos, &pct}) {
    std::vector<std::vector<Actor>> forth;
    for (std::uint64_t i = 0; i < 20; ++i) {
      forth.push_back(actors_of(run_once(program, *strategy, i)));
    }
    for (std::uint64_t i = 20; i-- > 0;) {
      EXPECT_EQ(actors_of(run_once(program, *strategy, i)), forth[i]) << strategy->name();
    }
    EXPECT_GT(std::set(forth.begin(), forth.end()).size(), 5u) << strategy->name();
  }
}

// Two tasks, four steps, of which two or three are contended: PCT of depth 2 finds the lost update
// with a probability of 1/(2 * 3) or more a run, so that 100 runs miss it once in 10^8.
TEST(SamplerTest, FindALostUpdate) {
  const Program program = racy_counter(2);
  RandomStrategy random(1);
  PosStrategy pos(1);
  PctStrategy pct(1, 2, 3);
  EXPECT_GT(count_failing(random, program, '2', 100), 100u / 6);
  EXPECT_GT(count_failing(pos, program, '2', 100), 100u / 6);
  EXPECT_GT(count_failing(pct, program, '2', 100), 100u / 6);
}

// With 20 steps of others before it and a chance of 1 in 2^20 a run for a random walk: the last
// task has to go first. PCT of depth 1 does that one time in two.
TEST(SamplerTest, PctFindsWhatARandomWalkDoesNot) {
  Program program;
  program.tasks.resize(2);
  for (int i = 0; i < 20; ++i) program.tasks[1].push_back({Do::kWrite, 1, 1});
  program.tasks[1].push_back({Do::kWrite, 0, 1});
  program.tasks[0] = {{Do::kRead, 0}, {Do::kSetOnZero, 0, 2}};
  program.tasks[0].insert(program.tasks[0].begin(), {Do::kWrite, 2, 1});
  PctStrategy pct(1, 1, 20);
  std::size_t found = 0;
  for (std::uint64_t i = 0; i < 40; ++i) {
    if (run_once(program, pct, i).processes[0].output[0] == '1') ++found;
  }
  EXPECT_GT(found, 10u);
}

TEST(ReplayTest, EveryRunCanBeMadeAgain) {
  const Program program = racy_counter(3, 2);
  PosStrategy pos(3);
  PctStrategy pct(3, 3, 12);
  RandomStrategy random(3);
  for (Strategy* strategy : std::initializer_list<Strategy*>{&random, &pos, &pct}) {
    for (std::uint64_t i = 0; i < 50; ++i) {
      const Trace trace = run_once(program, *strategy, i);
      ReplayStrategy replay({.deviations = deviations_of(trace)});
      const Trace again = run_once(program, replay, 0);
      EXPECT_EQ(actors_of(again), actors_of(trace));
      EXPECT_EQ(again.processes[0].output, trace.processes[0].output);
    }
  }
}

TEST(ReplayTest, TellsWhatDidNotApply) {
  const Program program = racy_counter(2);
  const Actor second{ActorKind::kTask, 1};
  ReplayChooser fits({.deviations = {{1, second}}});
  EXPECT_EQ(actors_of(toy::run(program, fits, {}))[1], second);
  EXPECT_EQ(fits.missed(), 0u);
  ReplayChooser no_such_actor({.deviations = {{1, {ActorKind::kTask, 7}}}});
  (void)toy::run(program, no_such_actor, {});
  EXPECT_EQ(no_such_actor.missed(), 1u);
  ReplayChooser too_late({.deviations = {{1, second}, {50, second}}});
  (void)toy::run(program, too_late, {});
  EXPECT_EQ(too_late.missed(), 1u);
}

TEST(MinimiseTest, ALostUpdateNeedsThreeSwitches) {
  const Program program = racy_counter(3, 3);
  const Runner runner = toy::runner(program);
  RandomStrategy random(1);
  std::size_t tried = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Trace trace = run_once(program, random, i);
    if (lost_update(trace, '9').empty()) continue;
    const auto fails = [](const Trace& one) { return !lost_update(one, '9').empty(); };
    const auto result =
        minimise(runner, {.scenario = 4, .deviations = deviations_of(trace)}, fails);
    ASSERT_TRUE(result.has_value());
    EXPECT_TRUE(result->reproduced);
    EXPECT_TRUE(fails(result->trace));
    EXPECT_LE(result->runs, 300u);
    EXPECT_EQ(result->schedule.scenario, 4u);
    // 3 tasks in 4 blocks, since one is interrupted by another, which ends meanwhile.
    EXPECT_EQ(result->switches, 3u);
    EXPECT_THAT(result->schedule.deviations, SizeIs(testing::Le(2)));
    ReplayChooser again(result->schedule);
    EXPECT_TRUE(fails(toy::run(program, again, {})));
    ++tried;
  }
  EXPECT_GT(tried, 10u);
}

TEST(MinimiseTest, SaysWhenTheFailureDoesNotComeBack) {
  const Runner runner = toy::runner(racy_counter(2));
  const auto result = minimise(runner, {}, [](const Trace&) { return false; });
  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->reproduced);
  EXPECT_EQ(result->runs, 1u);
}

TEST(MinimiseTest, MakesNoMoreRunsThanAllowed) {
  const Program program = racy_counter(4, 4);
  RandomStrategy random(2);
  const Trace trace = run_once(program, random, 0);
  const auto always = [](const Trace&) { return true; };
  const Schedule schedule{.deviations = deviations_of(trace)};
  const auto runs = [&](MinimiseBounds bounds) {
    const auto result = minimise(toy::runner(program), schedule, always, bounds);
    EXPECT_TRUE(result && result->reproduced);
    return result ? result->runs : 0;
  };
  EXPECT_EQ(runs({.runs = 5}), 5u);
  EXPECT_EQ(runs({.events = 3 * trace.events.size()}), 3u);
  EXPECT_EQ(runs({.stop = [] { return true; }}), 1u);
}

/// With a worker for each runner.
sandbox::Expected<Explored> explore(
    const std::vector<Runner>& workers,
    const std::function<std::vector<FindingKey>(const Trace&)>& judge,
    const ExploreOptions& options) {
  WorkerPool pool([&](std::size_t worker) -> sandbox::Expected<Runner> { return workers[worker]; },
                  workers.size());
  return ipcgrade::explore(
      pool, [&](const SharedTrace& run) { return judge(*run); }, options);
}

ExploreOptions options(std::size_t most = 500) {
  ExploreOptions one;
  one.most_schedules = most;
  return one;
}

TEST(ExploreTest, FindsAndKeepsTheShortest) {
  const std::vector<Runner> workers{toy::runner(racy_counter(2, 2))};
  const auto result = explore(
      workers, [](const Trace& one) { return lost_update(one, '4'); }, options());
  ASSERT_TRUE(result.has_value());
  ASSERT_THAT(result->found, SizeIs(1));
  EXPECT_EQ(result->found[0].key, "lost update");
  EXPECT_EQ(result->found[0].switches, 2u);
  EXPECT_GT(result->found[0].times, 1u);
}

TEST(ExploreTest, FindsADeadlock) {
  const std::vector<Runner> workers{toy::runner(crossed_locks())};
  const auto result = explore(
      workers, [](const Trace& one) { return lost_update(one, '0'); }, options());
  ASSERT_TRUE(result.has_value());
  ASSERT_THAT(result->found, SizeIs(1));
  EXPECT_EQ(result->found[0].key, "deadlock");
  EXPECT_EQ(result->found[0].switches, 1u);
}

TEST(ExploreTest, IsTheSameWithAnyNumberOfWorkers) {
  const Program program = racy_counter(4, 3);
  const auto judge = [](const Trace& one) {
    return std::vector<FindingKey>{one.processes[0].output.substr(0, 2)};
  };
  std::optional<Explored> first;
  for (const std::size_t count : {1u, 2u, 3u, 8u}) {
    const std::vector<Runner> workers(count, toy::runner(program));
    const auto result = explore(workers, judge, options(1'000));
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->schedules, 1'000u);
    EXPECT_EQ(result->end, ExploreEnd::kSchedules);
    if (!first) first = *result;
    EXPECT_EQ(result->distinct, first->distinct);
    ASSERT_EQ(result->found.size(), first->found.size());
    for (std::size_t i = 0; i < first->found.size(); ++i) {
      EXPECT_EQ(result->found[i].key, first->found[i].key);
      EXPECT_EQ(result->found[i].schedule, first->found[i].schedule);
      EXPECT_EQ(result->found[i].first_run, first->found[i].first_run);
      EXPECT_EQ(result->found[i].times, first->found[i].times);
    }
  }
}

TEST(ExploreTest, EachWorkerIsCalledFromOneThread) {
  std::vector<std::set<std::thread::id>> callers(3);
  std::vector<Runner> workers;
  for (auto& ids : callers) {
    workers.emplace_back(
        [&ids, inner = toy::runner(racy_counter(4, 3))](Chooser& chooser, const RunOptions& run) {
          ids.insert(std::this_thread::get_id());
          return inner(chooser, run);
        });
  }
  const auto nothing = [](const Trace&) { return std::vector<FindingKey>{}; };
  ASSERT_TRUE(explore(workers, nothing, options()).has_value());
  for (const auto& ids : callers) EXPECT_LE(ids.size(), 1u);
  // Fast ones may leave none to the first.
  for (const std::thread::id& id : callers[0]) EXPECT_EQ(id, std::this_thread::get_id());
}

// Else what a run comes to would depend on which were made before it by the same worker.
TEST(WorkerPoolTest, WhatARunLearnsIsKnownToLaterBatches) {
  for (const std::size_t workers : {1u, 2u, 4u}) {
    std::mutex mutex;
    std::vector<std::size_t> known;
    WorkerPool pool(
        [&](std::size_t) -> sandbox::Expected<Runner> {
          return [&](Chooser&, const RunOptions& run) -> sandbox::Expected<Trace> {
            Trace trace;
            const std::scoped_lock lock(mutex);
            known.push_back(run.known->vain_polls.size());
            trace.learnt.vain_polls.insert(known.size());
            return trace;
          };
        },
        workers);
    ReplayChooser nobody(Schedule{});
    const std::vector<WorkerPool::Job> jobs(5, {&nobody, {}});
    pool.run_all(jobs, [](std::size_t, const WorkerPool::Result&) {});
    ASSERT_TRUE(pool.run(nobody, {}).has_value());
    ASSERT_TRUE(pool.runner()(nobody, {}).has_value());
    EXPECT_THAT(known, ElementsAre(0, 0, 0, 0, 0, 5, 6)) << workers;
  }
}

TEST(WorkerPoolTest, ALoneRunNeedsNoSecondRunner) {
  std::atomic<int> made = 0;
  WorkerPool pool(
      [&](std::size_t) -> sandbox::Expected<Runner> {
        ++made;
        return toy::runner(racy_counter(2));
      },
      4);
  for (int i = 0; i < 20; ++i) {
    ReplayChooser usual(Schedule{});
    ASSERT_TRUE(pool.run(usual, {}).has_value());
  }
  EXPECT_EQ(made, 1);
}

// What else the machine does must not end a search.
TEST(WorkerPoolTest, CountsWhatRunsComputeAndNotWhatTheyWaitFor) {
  using namespace std::chrono_literals;
  const auto cpu_time = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  WorkerPool pool(
      [&](std::size_t) -> sandbox::Expected<Runner> {
        return [&](Chooser&, const RunOptions&) -> sandbox::Expected<Trace> {
          for (const auto begin = cpu_time(); cpu_time() - begin < 20ms;) {
          }
          std::this_thread::sleep_for(200ms);
          return Trace{};
        };
      },
      2);
  ReplayChooser nobody(Schedule{});
  const std::vector<WorkerPool::Job> jobs(4, {&nobody, {}});
  pool.run_all(jobs, [](std::size_t, const WorkerPool::Result&) {});
  EXPECT_GE(pool.cpu_time(), 80ms);
  EXPECT_LT(pool.cpu_time(), 280ms);
}

TEST(ExploreTest, SaysThatAllOrdersWereRun) {
  const auto nothing = [](const Trace&) { return std::vector<FindingKey>{}; };
  const std::vector<Runner> small{toy::runner(racy_counter(2))};
  const auto few = explore(small, nothing, options());
  ASSERT_TRUE(few.has_value());
  EXPECT_TRUE(few->exhaustive);
  EXPECT_EQ(few->end, ExploreEnd::kExhausted);
  EXPECT_EQ(few->distinct, 4u);  // of 6, two and two are equivalent: reads change places
  EXPECT_EQ(few->schedules, 4u);
  // Three tasks: too many for a first look.
  const std::vector<Runner> larger{toy::runner(racy_counter(3, 2))};
  const auto many = explore(larger, nothing, options(100'000));
  ASSERT_TRUE(many.has_value());
  EXPECT_TRUE(many->exhaustive);
  EXPECT_EQ(many->distinct, toy::enumerate(racy_counter(3, 2)).equivalent.size());
  EXPECT_LT(many->schedules, many->distinct * 11 / 10 + 100);
  const auto not_all = explore(larger, nothing, options(100));
  ASSERT_TRUE(not_all.has_value());
  EXPECT_FALSE(not_all->exhaustive);
  EXPECT_EQ(not_all->end, ExploreEnd::kSchedules);
  EXPECT_EQ(not_all->schedules, 100u);
}

TEST(ExploreTest, CutRunsAreNotAllOrders) {
  ExploreOptions cut = options(200);
  cut.run.most_events = 3;
  const std::vector<Runner> workers{toy::runner(racy_counter(2))};
  const auto nothing = [](const Trace&) { return std::vector<FindingKey>{}; };
  const auto result = explore(workers, nothing, cut);
  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->exhaustive);
}

TEST(ExploreTest, SaysThatTimeEndedIt) {
  ExploreOptions timed = options(1'000'000);
  timed.is_late = [times = 0]() mutable { return ++times == 10; };
  const std::vector<Runner> workers{toy::runner(racy_counter(4, 4))};
  const auto nothing = [](const Trace&) { return std::vector<FindingKey>{}; };
  const auto result = explore(workers, nothing, timed);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->end, ExploreEnd::kBudget);
  EXPECT_LT(result->schedules, 200u);
  EXPECT_FALSE(result->exhaustive);
}

TEST(ExploreTest, EndsSoonOnceNothingNewIsFound) {
  ExploreOptions patient = options(1'000'000);
  patient.patience = 100;
  const std::vector<Runner> workers{toy::runner(racy_counter(4, 4))};
  const auto result = explore(
      workers, [](const Trace&) { return std::vector<FindingKey>{"always"}; }, patient);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->end, ExploreEnd::kPatience);
  EXPECT_LT(result->schedules, 150u);
}

TEST(ExploreTest, ErrorsOfARunnerComeThrough) {
  const std::vector<Runner> workers{[](Chooser&, const RunOptions&) -> sandbox::Expected<Trace> {
    return sandbox::failure("no process could be made");
  }};
  const auto nothing = [](const Trace&) { return std::vector<FindingKey>{}; };
  const auto result = explore(workers, nothing, options());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().text(), "no process could be made");
}

TEST(ExploreTest, ExceptionsOfAWorkerComeThrough) {
  const std::vector<Runner> workers(
      3, [inner = toy::runner(racy_counter(4, 4)), runs = std::make_shared<std::atomic<int>>()](
             Chooser& chooser, const RunOptions& run) {
        if (++*runs == 50) throw std::runtime_error("a mistake of ours");
        return inner(chooser, run);
      });
  const auto nothing = [](const Trace&) { return std::vector<FindingKey>{}; };
  EXPECT_THROW((void)explore(workers, nothing, options()), std::runtime_error);
}

TEST(ExploreTest, WhatCantBeHeldEndsIt) {
  const std::vector<Runner> workers{[](Chooser&, const RunOptions&) -> sandbox::Expected<Trace> {
    Trace trace;
    trace.end = RunEnd::kUnmodelled;
    trace.unmodelled = "io_setup(1) by server";
    return trace;
  }};
  const auto nothing = [](const Trace&) { return std::vector<FindingKey>{}; };
  const auto result = explore(workers, nothing, options());
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->end, ExploreEnd::kUnmodelled);
  EXPECT_EQ(result->unmodelled, "io_setup(1) by server");
  EXPECT_EQ(result->schedules, 1u);
}

}  // namespace
}  // namespace ipcgrade
