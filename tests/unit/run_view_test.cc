// A whole run, as a screen and as a trace for Chrome.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "report/chrome_trace.h"
#include "report/replay_view.h"
#include "support/trace_builder.h"
#include "unit/reports.h"

namespace ipcgrade {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The server waits for the client, reads what it wrote, and both end.
struct RunViewTest : testing::Test {
  TraceBuilder built;
  TaskId server = kNoTask, client = kNoTask;

  RunViewTest() {
    server = built.program("server");
    client = built.program("client");
    const ObjectId segment = built.memory("the segment", 27);
    const ObjectId semaphore = built.object(ObjectKind::kSemaphore, "the semaphore");
    built.event(EventKind::kWaitBegins, server, "sem_wait() waits", {.line = 10});
    built.write(client, segment, 3, 1, 'a', {.line = 20});
    const EventId post = built.event(EventKind::kCall, client, "sem_post() = 0",
                                     {.line = 21, .touches = {writes(semaphore)}});
    built.event(EventKind::kCall, server, "sem_wait() = 0",
                {.line = 10, .after = {post}, .touches = {writes(semaphore)}});
    built.read(server, segment, 3, 1, 'a', {.line = 11});
    built.event(EventKind::kExit, client, "exit(0)", {.line = 25});
    built.event(EventKind::kExit, server, "exit(0)", {.line = 15});
  }

  [[nodiscard]] ReplayView view(int height = 40) const {
    return ReplayView(
        built.trace,
        {.color = false, .width = 80, .height = height, .source_line = [](const Location& at) {
           return std::optional("line " + std::to_string(at.line) + " of " + at.file);
         }});
  }
  /// The step whose text this is.
  [[nodiscard]] static std::size_t step_of(const ReplayView& view, const std::string& text) {
    for (std::size_t i = 0; i < view.steps(); ++i) {
      const std::string screen = view.screen(i);
      const std::size_t second = screen.find('\n') + 1;
      if (screen.substr(second, screen.find('\n', second) - second).contains(text)) return i;
    }
    throw std::runtime_error("no step " + text);
  }
};

TEST_F(RunViewTest, ShowsWhereEachStands) {
  const ReplayView all = view();
  const std::string screen = all.screen(step_of(all, "writes 'a'"));
  EXPECT_THAT(screen, HasSubstr("client: writes 'a', 1 byte at offset 3 of the segment"));
  EXPECT_THAT(screen, HasSubstr(">   20  line 20 of client.c"));
  EXPECT_THAT(screen, HasSubstr("server waits: sem_wait() waits  server.c:10"));
  EXPECT_THAT(screen, HasSubstr("1 byte at offset 3 of the segment: 'a', written by client"));
}

TEST_F(RunViewTest, WhoHasNotGoneOnComesNextToAPlace) {
  const ReplayView all = view();
  const std::string screen = all.screen(step_of(all, "sem_post() = 0"));
  EXPECT_THAT(screen, HasSubstr("server waits"));
  const std::string later = all.screen(step_of(all, "sem_wait() = 0"));
  EXPECT_THAT(later, HasSubstr("client comes next to"));
}

TEST_F(RunViewTest, NothingIsKnownOfTheFuture) {
  const ReplayView all = view();
  const std::string screen = all.screen(0);
  EXPECT_THAT(screen, Not(HasSubstr("'a'")));
  EXPECT_THAT(screen, Not(HasSubstr("client")));
}

TEST_F(RunViewTest, FitsTheTerminal) {
  for (const int height : {8, 12, 24, 60}) {
    const ReplayView all = view(height);
    for (std::size_t step = 0; step < all.steps(); ++step) {
      const std::string screen = all.screen(step);
      EXPECT_LE(std::ranges::count(screen, '\n'), height);
      EXPECT_THAT(screen, HasSubstr("q quit"));
      EXPECT_LE(longest_line(screen), 80U);
    }
  }
}

TEST_F(RunViewTest, SwitchesAreSteppedOver) {
  const ReplayView all = view();
  const std::size_t writes = step_of(all, "writes 'a'");
  EXPECT_EQ(all.next_switch(writes), step_of(all, "sem_wait() = 0"));
  EXPECT_EQ(all.next_switch(all.steps() - 1), all.steps() - 1);
}

TEST_F(RunViewTest, WhatIsHostileIsNotActedOn) {
  built.trace.tasks[client].name = hostile_text();
  built.event(EventKind::kCall, client, hostile_text(), {.line = 3});
  const ReplayView all = view();
  for (std::size_t step = 0; step < all.steps(); ++step) expect_no_harm(all.screen(step));
  expect_no_harm(chrome_trace(built.trace));
}

TEST_F(RunViewTest, ChromeHasATrackAProcessAndASliceAStep) {
  const json trace = json::parse(chrome_trace(built.trace));
  std::set<std::string> tracks;
  std::size_t slices = 0;
  for (const json& event : trace["traceEvents"]) {
    if (event["ph"] == "M" && event["name"] == "process_name") {
      tracks.insert(event["args"]["name"].get<std::string>());
    }
    if (event["ph"] == "X") ++slices;
  }
  EXPECT_THAT(tracks, testing::IsSupersetOf({"server", "client"}));
  EXPECT_EQ(slices, view().steps());
}

TEST_F(RunViewTest, ChromeShowsAWaitAsLongAsItLasts) {
  const json trace = json::parse(chrome_trace(built.trace));
  json wait, taken;
  for (const json& event : trace["traceEvents"]) {
    if (event["name"] == "sem_wait() waits") wait = event;
    if (event["name"] == "sem_wait() = 0") taken = event;
  }
  EXPECT_EQ(wait["ts"].get<int>() + wait["dur"].get<int>(), taken["ts"].get<int>());
}

TEST_F(RunViewTest, ChromeHasAnArrowForWhatIsOrdered) {
  const json trace = json::parse(chrome_trace(built.trace));
  json from, to;
  for (const json& event : trace["traceEvents"]) {
    if (event["ph"] == "s") from = event;
    if (event["ph"] == "f") to = event;
  }
  ASSERT_FALSE(from.is_null());
  ASSERT_FALSE(to.is_null());
  EXPECT_EQ(from["id"], to["id"]);
  EXPECT_EQ(from["pid"], client + 1);
  EXPECT_EQ(to["pid"], server + 1);
  EXPECT_LT(from["ts"].get<int>(), to["ts"].get<int>());
}

}  // namespace
}  // namespace ipcgrade
