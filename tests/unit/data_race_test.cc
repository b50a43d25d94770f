// Traces written by hand, with and without a race.
#include "detect/data_race.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/identity.h"
#include "support/trace_builder.h"

namespace ipcgrade {
namespace {

using enum AccessOrder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

struct DataRaceTest : testing::Test {
  TraceBuilder run;
  TaskId server = run.program("server"), client = run.program("client");
  ObjectId segment = run.memory("the segment with key 5678", 4096);

  [[nodiscard]] std::vector<Finding> races() const { return detect_data_races({}, run.trace); }
};

TEST_F(DataRaceTest, TheLecturesServerAndClient) {
  for (int i = 0; i < 26; ++i) {
    run.write(server, segment, static_cast<std::uint64_t>(i), 1, 'a' + i, {.line = 33});
  }
  for (int i = 0; i < 26; ++i) {
    run.read(client, segment, static_cast<std::uint64_t>(i), 1, 'a' + i, {.line = 31});
  }
  const auto found = races();
  ASSERT_THAT(found, SizeIs(1)) << "one for the pair of lines, not one a byte";
  EXPECT_EQ(found[0].kind, Kind::kDataRace);
  EXPECT_EQ(found[0].stage, Stage::kOrders);
  EXPECT_EQ(found[0].severity, Severity::kError);
  EXPECT_EQ(found[0].message,
            "server writes 'a' (1 byte at offset 0 of the segment with key 5678) at server.c:33, "
            "client reads it at client.c:31, and nothing orders the two");
  ASSERT_THAT(found[0].locations, SizeIs(2));
  EXPECT_EQ(found[0].locations[0].file, "server.c");
  EXPECT_EQ(found[0].locations[0].line, 33);
  EXPECT_EQ(found[0].locations[1].process, "client");
  EXPECT_EQ(found[0].locations[1].line, 31);
  EXPECT_THAT(found[0].story, Not(IsEmpty()));
}

TEST_F(DataRaceTest, ReadersDoNotRace) {
  run.read(server, segment, 0, 4, 0);
  run.read(client, segment, 0, 4, 0);
  EXPECT_THAT(races(), IsEmpty());
}

TEST_F(DataRaceTest, NeighboursDoNotRace) {
  run.write(server, segment, 0, 4, 1);
  run.write(client, segment, 4, 4, 1);
  run.write(server, segment, 1023, 1, 1);
  run.write(client, segment, 1024, 1, 1);
  EXPECT_THAT(races(), IsEmpty());
}

TEST_F(DataRaceTest, OneByteInCommonIsEnough) {
  run.write(server, segment, 1000, 100, 1, {.line = 1});
  run.read(client, segment, 1099, 8, 1, {.line = 2});
  const auto found = races();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].message, HasSubstr("client reads 8 bytes at offset 1099"));
}

TEST_F(DataRaceTest, OtherObjectsDoNotRace) {
  const ObjectId other = run.memory("the mapping of board", 64);
  const ObjectId pipe = run.object(ObjectKind::kPipe, "pipe 1");
  run.write(server, segment, 0, 4, 1);
  run.write(client, other, 0, 4, 1);
  run.call(server, "write(4, 1)", 1, {.touches = {writes(pipe)}});
  run.call(client, "read(3, 1)", 1, {.touches = {writes(pipe)}});
  EXPECT_THAT(races(), IsEmpty());
}

TEST_F(DataRaceTest, WhatAHandOverOrdersIsNone) {
  run.write(server, segment, 0, 4, 1);
  const EventId post = run.call(server, "semop");
  run.call(client, "semop", 0, {.after = {post}});
  run.read(client, segment, 0, 4, 1);
  EXPECT_THAT(races(), IsEmpty());
}

TEST_F(DataRaceTest, AFlagOfAtomicsOrders) {
  run.write(server, segment, 8, 4, 0);  // plain, before anybody can know of it
  run.write(server, segment, 0, 1, 'a');
  run.write(server, segment, 8, 4, 1, {.order = kRelease});
  run.read(client, segment, 8, 4, 1, {.order = kAcquire});
  run.read(client, segment, 0, 1, 'a');
  EXPECT_THAT(races(), IsEmpty());
}

TEST_F(DataRaceTest, ARelaxedFlagIsNoRaceItselfAndOrdersNothing) {
  run.write(server, segment, 0, 1, 'a', {.line = 1});
  run.write(server, segment, 8, 4, 1, {.line = 2, .order = kRelaxed});
  run.read(client, segment, 8, 4, 1, {.line = 3, .order = kRelaxed});
  run.read(client, segment, 0, 1, 'a', {.line = 4});
  const auto found = races();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].locations[0].line, 1);
  EXPECT_EQ(found[0].locations[1].line, 4);
}

TEST_F(DataRaceTest, AVolatileFlagRacesAndSaysSo) {
  run.write(server, segment, 8, 4, 1, {.line = 2, .order = kVolatile});
  run.read(client, segment, 8, 4, 1, {.line = 3, .order = kVolatile});
  const auto found = races();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].message, HasSubstr("nothing orders the two: volatile does not"));
}

TEST_F(DataRaceTest, AtomicOnOneSideOnly) {
  run.write(server, segment, 8, 4, 1, {.line = 2, .order = kSequential});
  run.read(client, segment, 8, 4, 1, {.line = 3});
  EXPECT_THAT(races(), SizeIs(1));
}

TEST_F(DataRaceTest, AnAtomicWriteDoesNotHideAPlainOneBeforeIt) {
  run.write(server, segment, 8, 4, 1, {.line = 1});
  run.write(server, segment, 8, 4, 2, {.line = 2, .order = kRelaxed});
  run.read(client, segment, 8, 4, 2, {.line = 3, .order = kRelaxed});
  const auto found = races();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].locations[0].line, 1);
}

TEST_F(DataRaceTest, WhatMayBeAtomicIsAWarning) {
  run.write(server, segment, 0, 8, 1, {.line = 1, .order = kUnknown});
  run.write(server, segment, 8, 4, 1, {.line = 2, .order = kUnknown});
  run.read(client, segment, 8, 4, 1, {.line = 3, .order = kUnknown});
  run.read(client, segment, 0, 8, 1, {.line = 4, .order = kUnknown});
  const auto found = races();
  ASSERT_THAT(found, SizeIs(1)) << "the flag; what it may order is not told, too";
  EXPECT_EQ(found[0].severity, Severity::kWarning);
  EXPECT_EQ(found[0].locations[0].line, 2);
  EXPECT_THAT(found[0].message, HasSubstr("unless they are atomic"));
  EXPECT_THAT(found[0].hint, HasSubstr("--build"));
}

TEST_F(DataRaceTest, WhatIsTooLargeToBeAtomicIsAnError) {
  run.write(server, segment, 0, 27, 1, {.line = 1, .order = kUnknown});
  run.read(client, segment, 0, 27, 1, {.line = 4, .order = kUnknown});
  const auto found = races();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].severity, Severity::kError);
}

TEST_F(DataRaceTest, TheLibrarysOwnBytesAreNoAccess) {
  run.write(server, segment, 8, 4, 1, {.order = kLibrary});
  run.read(client, segment, 8, 4, 1);
  run.write(client, segment, 8, 4, 1, {.order = kLibrary});
  EXPECT_THAT(races(), IsEmpty());
}

TEST_F(DataRaceTest, TheKernelTouchesMemoryForATask) {
  run.call(server, "read(0, 5) = 5", 5, {.line = 7, .touches = {writes(segment, 16, 21)}});
  run.call(client, "write(1, 5) = 5", 5, {.line = 9, .touches = {reads(segment, 16, 21)}});
  const auto found = races();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].message,
            "server writes 5 bytes at offset 16 of the segment with key 5678 in a call of read at "
            "server.c:7, client reads them in a call of write at client.c:9, and nothing orders "
            "the two");
}

TEST_F(DataRaceTest, TheWordOfAFutexIsAtomicToTheKernel) {
  run.write(server, segment, 0, 4, 1, {.order = kSequential});
  run.call(client, "futex(WAIT)", 0, {.order = kSequential, .touches = {reads(segment, 0, 4)}});
  EXPECT_THAT(races(), IsEmpty());
}

TEST_F(DataRaceTest, AnObjectAsAWholeIsNoBytes) {
  run.write(server, segment, 0, 4, 1);
  run.call(client, "shmctl(0, IPC_RMID) = 0", 0, {.touches = {writes(segment)}});
  EXPECT_THAT(races(), IsEmpty());
}

TEST_F(DataRaceTest, ThreadsOfOneProcessRaceToo) {
  const EventId create = run.call(server, "pthread_create");
  const TaskId thread = run.child(server, create, true);
  run.change(server, segment, 0, 4, 0, {.line = 5});
  run.change(thread, segment, 0, 4, 1, {.line = 5});
  EXPECT_THAT(races(), SizeIs(1));
}

TEST_F(DataRaceTest, TwoReadersBothRaceWithTheWriterAfterThem) {
  const TaskId third = run.program("third");
  run.read(server, segment, 0, 4, 0, {.line = 1});
  run.read(third, segment, 0, 4, 0, {.line = 2});
  run.write(client, segment, 0, 4, 0, {.line = 3});
  EXPECT_THAT(races(), SizeIs(2));
}

TEST_F(DataRaceTest, AReaderIsNotForgottenForALaterOne) {
  const TaskId third = run.program("third");
  run.read(server, segment, 0, 4, 0, {.line = 1});
  run.read(third, segment, 0, 4, 0, {.line = 2});
  const EventId post = run.call(third, "V");
  run.call(client, "P", 0, {.after = {post}});
  run.write(client, segment, 0, 4, 0, {.line = 3});
  const auto found = races();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].locations[0].line, 1);
}

TEST_F(DataRaceTest, TheSamePairInEitherOrderHasOneIdentity) {
  run.write(server, segment, 0, 4, 0, {.line = 1});
  run.read(client, segment, 0, 4, 0, {.line = 2});
  const auto one = races();
  TraceBuilder other;
  const TaskId s = other.program("server");
  const TaskId c = other.program("client");
  const ObjectId memory = other.memory("the segment with key 5678", 64);
  other.read(c, memory, 0, 4, 0, {.instruction = 2});  // not looked up this time
  other.write(s, memory, 0, 4, 0, {.instruction = 1});
  const auto two = detect_data_races({}, other.trace);
  ASSERT_THAT(one, SizeIs(1));
  ASSERT_THAT(two, SizeIs(1));
  EXPECT_EQ(identity(one[0]), identity(two[0]));
}

TEST_F(DataRaceTest, SeveralInstructionsOfALineAreOneToAStudent) {
  run.write(server, segment, 0, 4, 0, {.line = 1, .instruction = 0x10});
  run.write(server, segment, 4, 4, 0, {.line = 1, .instruction = 0x14});
  run.read(client, segment, 0, 8, 0, {.line = 2});
  auto found = races();
  EXPECT_THAT(found, SizeIs(2));
  drop_repeated(found);
  EXPECT_THAT(found, SizeIs(1));
}

TEST_F(DataRaceTest, AMillionEventsPassInTime) {
  // Two tasks that hand a buffer to and fro, a byte at a time.
  EventId given = kNoEvent;
  for (int round = 0; round < 5000; ++round) {
    const TaskId task = round % 2 == 0 ? server : client;
    run.call(task, "", 0,
             {.after = given == kNoEvent ? std::vector<EventId>{} : std::vector<EventId>{given}});
    for (std::uint64_t i = 0; i < 198; ++i) run.write(task, segment, i * 3, 2, 1);
    given = run.call(task, "", 0);
  }
  EXPECT_EQ(run.trace.events.size(), 1'000'002);
  EXPECT_THAT(races(), IsEmpty());
}

}  // namespace
}  // namespace ipcgrade
