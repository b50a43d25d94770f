#include "detect/good_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/story.h"
#include "detect/tell.h"
#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// The server writes a byte, and the client looks at it once and exits, in either order.
struct GoodOrderTest : testing::Test {
  struct Run {
    TraceBuilder built;
    TaskId server = kNoTask, client = kNoTask;
    ObjectId segment = kNoObject;
    EventId writes = kNoEvent, reads = kNoEvent, exits = kNoEvent;

    explicit Run(bool client_first) {
      server = built.program("server");
      client = built.program("client");
      segment = built.memory("the segment", 27);
      if (!client_first) writes = built.write(server, segment, 0, 1, 'a', {.line = 10});
      reads = built.read(client, segment, 0, 1, 'a', {.line = 20});
      exits = built.exit(client);
      if (client_first) writes = built.write(server, segment, 0, 1, 'a', {.line = 10});
      built.exit(server);
    }
  };
  Run bad{true}, good{false};

  [[nodiscard]] Finding compared(Kind kind) const {
    Finding finding;
    finding.kind = kind;
    finding.story = tell_story(bad.built.trace, {bad.exits});
    compare_with_good(finding, bad.built.trace, good.built.trace);
    return finding;
  }
};

TEST_F(GoodOrderTest, FindsWhatWasSeenTooEarly) {
  const Finding finding = compared(Kind::kOrderDependentResult);
  EXPECT_THAT(finding.unordered.earlier, HasSubstr("client at client.c:20"));
  EXPECT_THAT(finding.unordered.later, HasSubstr("server at server.c:10"));
  EXPECT_THAT(finding.good_story, Not(IsEmpty()));
}

TEST_F(GoodOrderTest, TheStoryShowsBothSteps) {
  const Finding finding = compared(Kind::kOrderDependentResult);
  const auto& [_, __, earlier, later] = finding.unordered;
  ASSERT_GT(earlier, 0);
  ASSERT_GT(later, earlier);
  EXPECT_EQ(finding.story[static_cast<std::size_t>(earlier) - 1].event, bad.reads);
  EXPECT_EQ(finding.story[static_cast<std::size_t>(later) - 1].event, bad.writes);
}

TEST_F(GoodOrderTest, WhoLostAWakeUpNeedNotBeQuicker) {
  EXPECT_THAT(compared(Kind::kLostWakeup).unordered.later, IsEmpty());
}

TEST_F(GoodOrderTest, TheSameOrderShowsNothing) {
  Finding finding;
  finding.kind = Kind::kOrderDependentResult;
  finding.story = tell_story(good.built.trace, {good.exits});
  compare_with_good(finding, good.built.trace, good.built.trace);
  EXPECT_THAT(finding.unordered.later, IsEmpty());
}

TEST(Unordered, NamesTheStepsOfTheStory) {
  TraceBuilder built;
  const TaskId server = built.program("server");
  const TaskId client = built.program("client");
  const ObjectId segment = built.memory("the segment", 27);
  const EventId one = built.write(server, segment, 0, 1, 'a', {.line = 10});
  const EventId other = built.read(client, segment, 0, 1, 'a', {.line = 20});
  const Unordered pair = unordered(built.trace, tell_story(built.trace, {one, other}), one, other);
  EXPECT_THAT(pair.earlier, HasSubstr("server at server.c:10"));
  EXPECT_GT(pair.earlier_step, 0);
  EXPECT_GT(pair.later_step, pair.earlier_step);
}

}  // namespace
}  // namespace ipcgrade
