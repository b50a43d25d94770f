// What the events of held runs say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <set>

#include "held_support.h"
#include "supervise/tracee.h"
#include "trace/stopped.h"

namespace ipcgrade {
namespace {

using ipcgrade_test::status_of;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class HeldEvents : public ipcgrade_test::HeldFixture {
 protected:
  /// The run of a program that must find everything as it should be.
  Trace run_well(const std::string& name) {
    hold(name);
    if (HasFatalFailure()) return {};
    Trace trace = run();
    EXPECT_EQ(trace.end, RunEnd::kDone) << trace.unmodelled;
    EXPECT_EQ(trace.processes.empty() ? -3 : status_of(trace.processes[0]), 0)
        << (trace.processes.empty() ? "" : trace.processes[0].output);
    return trace;
  }
  /// A run whose places are looked up.
  Trace run_told(const std::string& name) {
    hold(name);
    if (HasFatalFailure()) return {};
    ipcgrade_test::UsualChooser usual;
    RunOptions options;
    options.tell = true;
    return run(usual, options);
  }
  static std::vector<const Event*> events(const Trace& trace, EventKind kind) {
    std::vector<const Event*> found;
    for (const Event& one : trace.events) {
      if (one.kind == kind) found.push_back(&one);
    }
    return found;
  }
  static const Event* call(const Trace& trace, const std::string& text) {
    for (const Event& one : trace.events) {
      if (text_of(trace, one).starts_with(text)) return &one;
    }
    return nullptr;
  }
};

TEST_F(HeldEvents, WhoCrashesTellsTheAddress) {
  hold("blocked_fault");
  if (HasFatalFailure()) return;
  const Trace trace = run();
  const auto crashes = events(trace, EventKind::kCrash);
  ASSERT_EQ(crashes.size(), 1U);
  EXPECT_EQ(text_of(trace, *crashes[0]), "touches address 0x8, where there is no memory: SIGSEGV");
}

TEST_F(HeldEvents, HandlersTellErrnoAndWhatTheyMayNotCall) {
  const Trace trace = run_well("calls_in_handler");
  const auto ends = events(trace, EventKind::kSignalEnd);
  ASSERT_EQ(ends.size(), 3U);
  EXPECT_EQ(ends[0]->before, EDOM);
  EXPECT_EQ(ends[0]->result, EDOM);
  EXPECT_EQ(ends[1]->before, EDOM);
  EXPECT_EQ(ends[1]->result, ENOENT);
  std::vector<std::string> unsafe;
  for (const Event* one : events(trace, EventKind::kUnsafeCall)) {
    unsafe.emplace_back(text_of(trace, *one));
    EXPECT_GT(one->depth, 0);
  }
  EXPECT_THAT(unsafe, ElementsAre("printf", "printf"));
  EXPECT_EQ(trace.processes[0].output, "before\ngot 10\ngot 10\nafter\n");
}

TEST_F(HeldEvents, OnlyWhoJoinsComesAfterAThread) {
  const Trace trace = run_well("joins");
  const auto exits = events(trace, EventKind::kExit);
  ASSERT_EQ(exits.size(), 3U);
  const auto id = [&](const Event* one) { return static_cast<EventId>(one - trace.events.data()); };
  EventId detached = id(exits[0]);
  EventId joined = id(exits[1]);
  if (exits[0]->task > exits[1]->task) std::swap(detached, joined);
  const Event* join = call(trace, "pthread_join(");
  ASSERT_NE(join, nullptr);
  EXPECT_THAT(after_of(trace, *join), ElementsAre(joined));
  for (const Event& one : trace.events) {
    const auto after = after_of(trace, one);
    EXPECT_EQ(std::ranges::find(after, detached), after.end()) << text_of(trace, one);
  }
}

TEST_F(HeldEvents, WhatIsClosedForOneThatIsKilledIsOfItsEnd) {
  const Trace trace = run_well("killed_reader");
  const auto exits = events(trace, EventKind::kExit);
  ASSERT_EQ(exits.size(), 2U);
  EXPECT_EQ(text_of(trace, *exits[0]), "ended by SIGKILL");
  const auto is_pipe = [&](const Touch& one) {
    return trace.objects[one.object].kind == ObjectKind::kPipe;
  };
  EXPECT_TRUE(std::ranges::any_of(touches_of(trace, *exits[0]), is_pipe));
}

TEST_F(HeldEvents, TheFirstThreadCanBeJoined) { run_well("joins_first_thread"); }

TEST_F(HeldEvents, TheKernelReadsAndWritesSharedMemory) {
  const Trace trace = run_well("shared_buffers");
  const auto memory_touches = [&](const Event* event) {
    std::vector<Touch> found;
    for (const Touch& one : touches_of(trace, *event)) {
      if (trace.objects[one.object].kind == ObjectKind::kMemory) found.push_back(one);
    }
    return found;
  };
  const Event* open = call(trace, "open(\"file\"");
  ASSERT_NE(open, nullptr);
  const auto path = memory_touches(open);
  ASSERT_EQ(path.size(), 1U);
  EXPECT_EQ(path[0], reads(path[0].object, 0, 5));
  const Event* write = call(trace, "write(");
  ASSERT_NE(write, nullptr);
  EXPECT_THAT(memory_touches(write), ElementsAre(reads(path[0].object, 100, 107)));
  EXPECT_EQ(write->order, AccessOrder::kPlain);
  const Event* stat = call(trace, "stat(");
  ASSERT_NE(stat, nullptr);
  EXPECT_THAT(memory_touches(stat), Contains(writes(path[0].object, 512, 512 + 144)));
}

TEST_F(HeldEvents, EintrIsInjectedWhereAHandlerCouldEndTheWait) {
  const Trace trace = run_well("waits_interruptibly");
  std::vector<std::string> interruptible;
  for (const Injectable& one : trace.injectables) {
    const auto failures = trace.failures[one.failures];
    if (std::ranges::find(failures, Failure{EINTR}) == failures.end()) continue;
    interruptible.emplace_back(text_of(trace, trace.events[one.event]));
  }
  EXPECT_THAT(interruptible, ElementsAre(StartsWith("semop("), StartsWith("sem_wait")));
}

/// Whatever it ends by: it could have failed before.
TEST_F(HeldEvents, ACallThatASignalEndsCouldHaveFailed) {
  const Trace trace = run_well("interrupted_poll");
  const auto ended = std::ranges::find_if(trace.injectables, [&](const Injectable& one) {
    return trace.events[one.event].kind == EventKind::kSignal;
  });
  ASSERT_NE(ended, trace.injectables.end());
  EXPECT_THAT(trace.failures[ended->failures], Contains(Failure{ENOMEM}));
  RunOptions options;
  options.injection = Injection{ended->task, ended->ordinal, Failure{ENOMEM}};
  hold("interrupted_poll");
  ipcgrade_test::UsualChooser usual;
  const Trace failed = run(usual, options);
  const auto injected = std::ranges::find_if(failed.events, &Event::injected);
  ASSERT_NE(injected, failed.events.end());
  EXPECT_THAT(std::string(text_of(failed, *injected)), HasSubstr("fails: ENOMEM"));
}

/// The instruction is the C library's each time.
TEST_F(HeldEvents, ACallIsToldFromOthersByWhoCalledIt) {
  const Trace trace = run_well("writes_by_helper");
  std::vector<std::uint64_t> sites;
  for (const Injectable& one : trace.injectables) {
    if (text_of(trace, trace.events[one.event]).starts_with("write(")) sites.push_back(one.site);
  }
  ASSERT_EQ(sites.size(), 5U);
  EXPECT_EQ(std::set(sites.begin(), sites.end()).size(), 3U);
  EXPECT_EQ(sites[2], sites[4]);
}

TEST_F(HeldEvents, APlaceSaysWhoCalledIt) {
  const Trace trace = run_told("writes_by_helper");
  const Event* write = call(trace, "write(");
  ASSERT_NE(write, nullptr);
  const Place& place = trace.places[write->place];
  EXPECT_EQ(place.line, 5);
  ASSERT_EQ(place.callers.size(), 1U);
  EXPECT_EQ(place.callers.front().function, "main");
  EXPECT_EQ(place.callers.front().line, 9);
}

TEST_F(HeldEvents, WhatIsWrittenAtTheEndHasThePlaceWhereItWasPrinted) {
  const Trace trace = run_told("prints_late");
  std::vector<std::pair<int, std::string>> places;
  for (const Event& one : trace.events) {
    if (!text_of(trace, one).starts_with("write(1,")) continue;
    places.emplace_back(trace.places[one.place].line, trace.places[one.place].inside);
  }
  EXPECT_THAT(places,
              ElementsAre(std::pair(8, std::string("fflush")), std::pair(10, std::string(kAtExit)),
                          std::pair(14, std::string(kAtExit))));
}

/// Byte by byte, wherever it is written.
TEST_F(HeldEvents, WhatIsWrittenByAStreamHasThePlacesWhereItWasPrinted) {
  const Trace trace = run_told("prints_in_parts");
  std::vector<std::vector<std::pair<std::uint64_t, int>>> parts;
  for (const Event& one : trace.events) {
    if (!text_of(trace, one).starts_with("write(1,")) continue;
    auto& of_call = parts.emplace_back();
    for (const Printed& part : trace.places[one.place].printed) {
      of_call.emplace_back(part.from, trace.places[part.place].line);
    }
  }
  using Parts = std::vector<std::pair<std::uint64_t, int>>;
  // A direct write is no stream's; and of who prints there itself nothing more need be said.
  EXPECT_THAT(parts, ElementsAre(Parts{}, Parts{{0, 16}, {3, 10}, {8, 18}}, Parts{}, Parts{{0, 23}},
                                 Parts{{0, 25}, {4, 26}}));
}

TEST_F(HeldEvents, WhoPollsWithAPauseIsTold) {
  const Trace trace = run_well("polls");
  const auto spins = events(trace, EventKind::kSpin);
  ASSERT_EQ(spins.size(), 1U);
  EXPECT_NE(spins[0]->result, 0);
}

/// The parent has a breakpoint where its child will be held, and the child must have none.
TEST_F(HeldEvents, AChildIsHeldInACircleThatAnEarlierRunKnows) {
  assignment.limits.cpu = std::chrono::seconds(1);
  hold("child_computes");
  ipcgrade_test::UsualChooser usual;
  const Trace first = run(usual);
  ASSERT_FALSE(first.learnt.circles.empty());
  RunOptions options;
  options.known = &first.learnt;
  const Trace second = run(usual, options);
  EXPECT_EQ(second.end, RunEnd::kStopped);
  EXPECT_THAT(events(second, EventKind::kCrash), testing::IsEmpty());
  EXPECT_EQ(events(second, EventKind::kExit).size(), events(first, EventKind::kExit).size());
}

TEST_F(HeldEvents, AnExchangeThatFailsOnlyReads) {
  const Trace trace = run_well("exchange_fails");
  const auto accesses = events(trace, EventKind::kAccess);
  ASSERT_EQ(accesses.size(), 2U);
  EXPECT_TRUE(accesses[0]->reads && !accesses[0]->writes);
  EXPECT_TRUE(accesses[1]->reads && accesses[1]->writes);
}

TEST_F(HeldEvents, ALockBeginsWhereTheFileIs) { run_well("locks_from_here"); }

TEST_F(HeldEvents, ADescriptorOfAProcessTakesSignals) { run_well("signals_by_descriptor"); }

TEST_F(HeldEvents, TheTimeThatAProgramComputesIsKnown) {
  const auto before = Tracee::cpu_time_of_ended();
  run_well("computes_a_while");
  EXPECT_GT(Tracee::cpu_time_of_ended() - before, std::chrono::milliseconds(50));
}

}  // namespace
}  // namespace ipcgrade
