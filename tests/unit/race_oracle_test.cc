// The race detector against the plainest one that can be written: a clock for each event, and every
// pair of accesses looked at. Traces are random, with fixed seeds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <set>

#include "detect/data_race.h"
#include "detect/happens_before.h"
#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using enum AccessOrder;

constexpr std::uint64_t kFlags = 64;  // atomics of 4 bytes lie from here on, plain bytes before

constexpr std::size_t kMostTold = 50;  // pairs of a trace

/// By task, how many events of the trace are known.
using Clock = std::vector<EventId>;

void join(Clock& clock, const Clock& other) {
  for (std::size_t i = 0; i < clock.size(); ++i) clock[i] = std::max(clock[i], other[i]);
}

struct Random {
  std::mt19937 engine;
  unsigned below(unsigned most) { return static_cast<unsigned>(engine() % most); }
};

TraceBuilder random_trace(unsigned seed) {
  Random random{std::mt19937(seed)};
  TraceBuilder run;
  std::vector<TaskId> tasks;
  for (const char* name : {"a", "b", "c"}) tasks.push_back(run.program(name));
  const ObjectId segment = run.memory("the segment", 4096);
  std::vector<EventId> givers;
  for (std::uint64_t step = 1; step <= 60; ++step) {
    const TaskId task = tasks[random.below(3)];
    const std::uint64_t begin = random.below(12);
    const std::uint64_t size = 1 + random.below(5);
    const std::uint64_t flag = kFlags + 4 * random.below(2);
    // A relaxed access of plain bytes orders nothing and races with the plain ones only.
    const How how{.order = random.below(4) == 0 ? kRelaxed : kPlain, .instruction = step};
    switch (random.below(9)) {
      case 0:
      case 1:
        run.read(task, segment, begin, size, 0, how);
        break;
      case 2:
        run.write(task, segment, begin, size, 0, how);
        break;
      case 3:
        run.write(task, segment, flag, 4, 0, {.order = kRelease, .instruction = step});
        break;
      case 4:
        run.read(task, segment, flag, 4, 0, {.order = kAcquire, .instruction = step});
        break;
      case 5:
        run.change(task, segment, flag, 4, 0, {.order = kAcquireRelease, .instruction = step});
        break;
      case 6:
        run.read(task, segment, flag, 4, 0, {.order = kRelaxed, .instruction = step});
        break;
      case 7:
        givers.push_back(run.call(task, "V"));
        break;
      default:
        if (givers.empty()) break;
        run.call(task, "P", 0,
                 {.after = {givers[random.below(static_cast<unsigned>(givers.size()))]}});
        break;
    }
  }
  return run;
}

std::vector<Clock> clocks_of(const Trace& trace) {
  std::vector<Clock> clocks;
  std::vector<Clock> now(trace.tasks.size(), Clock(trace.tasks.size()));
  std::map<std::uint64_t, Clock> released;
  for (EventId id = 0; id < trace.events.size(); ++id) {
    const Event& event = trace.events[id];
    Clock& clock = now[event.task];
    for (const EventId source : after_of(trace, event)) join(clock, clocks[source]);
    const std::uint64_t at = event.touches == kEmptyList ? 0 : touches_of(trace, event)[0].begin;
    const bool acquires = event.order == kAcquire || event.order == kAcquireRelease;
    if (acquires && released.contains(at)) join(clock, released[at]);
    clock[event.task] = id + 1;
    if (event.order == kRelease) released[at] = clock;
    if (event.order == kAcquireRelease) {
      released.try_emplace(at, Clock(trace.tasks.size()));
      join(released[at], clock);
    }
    clocks.push_back(clock);
  }
  return clocks;
}

/// The bytes that two events race on; empty: none.
std::set<std::uint64_t> race(const Trace& trace, const std::vector<Clock>& clocks, EventId a,
                             EventId b) {
  std::set<std::uint64_t> bytes;
  const Event& one = trace.events[a];
  const Event& other = trace.events[b];
  const bool looks = touches_of(trace, one).size() == 1 && touches_of(trace, other).size() == 1;
  if (!looks || one.task == other.task || !(one.writes || other.writes)) return bytes;
  if (is_atomic(one.order) && is_atomic(other.order)) return bytes;
  if (clocks[b][one.task] > a) return bytes;
  const Touch x = touches_of(trace, one)[0];
  const Touch y = touches_of(trace, other)[0];
  for (std::uint64_t i = std::max(x.begin, y.begin); i < std::min(x.end, y.end); ++i) {
    bytes.insert(i);
  }
  return bytes;
}

TEST(RaceOracleTest, TheOrderIsTheSame) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    const TraceBuilder run = random_trace(seed);
    const auto clocks = clocks_of(run.trace);
    HappensBefore order(run.trace);
    for (EventId b = 0; b < run.trace.events.size(); ++b) {
      order.enter(b);
      for (EventId a = 0; a < b; ++a) {
        const TaskId task = run.trace.events[a].task;
        ASSERT_EQ(order.before(a, run.trace.events[b].task), clocks[b][task] > a)
            << "seed " << seed << ", events " << a << " and " << b;
      }
      order.leave(b);
    }
  }
}

TEST(RaceOracleTest, NoRaceIsInventedAndNoByteThatRacesIsMissed) {
  int racy = 0;
  int clean = 0;
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    const TraceBuilder run = random_trace(seed);
    const Trace& trace = run.trace;
    const auto clocks = clocks_of(trace);
    // The last event of each race: where it shows.
    std::set<EventId> expected;
    std::set<std::pair<std::uint64_t, std::uint64_t>> pairs;
    for (EventId b = 0; b < trace.events.size(); ++b) {
      for (EventId a = 0; a < b; ++a) {
        if (race(trace, clocks, a, b).empty()) continue;
        expected.insert(b);
        pairs.insert({trace.events[a].instruction, trace.events[b].instruction});
      }
    }
    std::set<std::uint64_t> seen;
    const auto findings = detect_data_races({}, trace);
    for (const Finding& finding : findings) {
      std::uint64_t first = 0;
      std::uint64_t second = 0;
      ASSERT_EQ(std::sscanf(finding.distinct.c_str(), "%*c+%lx %*c+%lx", &first, &second), 2);
      const bool real = pairs.contains({first, second}) || pairs.contains({second, first});
      ASSERT_TRUE(real) << "seed " << seed << ": " << finding.distinct;
      seen.insert(std::max(first, second));  // instructions count up with the trace
    }
    for (const EventId id : expected) {
      if (findings.size() >= kMostTold) break;
      EXPECT_TRUE(seen.contains(trace.events[id].instruction)) << "seed " << seed;
    }
    ++(expected.empty() ? clean : racy);
  }
  EXPECT_GT(racy, 100);
  RecordProperty("clean", clean);
}

}  // namespace
}  // namespace ipcgrade
