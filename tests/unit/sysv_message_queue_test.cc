#include "ipc/sysv_message_queue.h"

#include <gtest/gtest.h>
#include <sys/msg.h>
#include <sys/syscall.h>

#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

constexpr std::uint64_t kKey = 5679;

class SysvMessageQueueTest : public ::testing::Test {
 protected:
  FakeCall get(Task& task, std::uint64_t key, std::uint64_t flags) {
    return fake_.call(task, kSysvMessageQueueMechanism, SYS_msgget, {key, flags});
  }
  FakeCall send(Task& task, std::int64_t type, std::string_view text, int flags = 0) {
    const auto at = fake_.room(8 + text.size());
    fake_.machine().poke_value(task, at, type);
    fake_.machine().poke(task, at + 8, std::as_bytes(std::span(text)));
    return fake_.call(task, kSysvMessageQueueMechanism, SYS_msgsnd,
                      {id_, at, text.size(), static_cast<std::uint64_t>(flags)});
  }
  FakeCall receive(Task& task, std::int64_t type, int flags = 0, std::uint64_t size = 64) {
    return fake_.call(
        task, kSysvMessageQueueMechanism, SYS_msgrcv,
        {id_, into_, size, static_cast<std::uint64_t>(type), static_cast<std::uint64_t>(flags)});
  }
  /// Receives: "type:text", or the error.
  std::string got(Task& task, std::int64_t type, int flags = 0, std::uint64_t size = 64) {
    const std::int64_t result = receive(task, type, flags, size).go();
    if (result < 0) return strerrorname_np(static_cast<int>(-result));
    return std::to_string(fake_.value_at<std::int64_t>(into_)) + ":" +
           fake_.text_at(into_ + 8, static_cast<std::size_t>(result));
  }
  FakeCall control(Task& task, int command, std::uint64_t buffer = 0) {
    return fake_.call(task, kSysvMessageQueueMechanism, SYS_msgctl,
                      {id_, static_cast<std::uint64_t>(command), buffer});
  }
  void make() { id_ = static_cast<std::uint64_t>(get(a_, kKey, IPC_CREAT | 0600).go()); }
  [[nodiscard]] bool commute(FakeCall& one, FakeCall& other) {
    return !conflict(one.touches(), other.touches());
  }

  FakeMachine fake_;
  std::uint64_t id_ = 0;
  std::uint64_t into_ = fake_.room(16384);
  Task& a_ = fake_.start("sender");
  Task& b_ = fake_.start("receiver");
  Task& c_ = fake_.start("other");
};

TEST_F(SysvMessageQueueTest, GetsByKey) {
  EXPECT_EQ(get(a_, kKey, 0).go(), -ENOENT);
  make();
  const EventId made = fake_.last_event();
  EXPECT_EQ(get(b_, kKey, 0).go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), made));
  EXPECT_EQ(get(b_, kKey, IPC_CREAT | IPC_EXCL | 0600).go(), -EEXIST);
  EXPECT_EQ(get(b_, kKey, 0).text(), "msgget(5679, 0000)");
}

TEST_F(SysvMessageQueueTest, AMessageComesBeforeItsReceiver) {
  make();
  FakeCall waits = receive(b_, 0);
  EXPECT_FALSE(waits.enabled());
  EXPECT_EQ(waits.text(), "msgrcv(5679, 64 bytes)");
  EXPECT_EQ(waits.waits_for(), "waits for a message in the message queue with key 5679");
  EXPECT_EQ(send(a_, 7, "hello").go(), 0);
  const EventId first = fake_.last_event();
  EXPECT_EQ(send(c_, 7, "again").go(), 0);
  const EventId second = fake_.last_event();
  EXPECT_TRUE(waits.enabled());
  EXPECT_EQ(waits.go(), 5);
  EXPECT_TRUE(fake_.after(fake_.last_event(), first));
  EXPECT_FALSE(fake_.after(fake_.last_event(), second));
  EXPECT_EQ(got(b_, 0), "7:again");
}

TEST_F(SysvMessageQueueTest, Types) {
  make();
  send(a_, 3, "three").go();
  send(a_, 1, "one").go();
  send(a_, 2, "two").go();
  send(a_, 1, "uno").go();
  EXPECT_EQ(got(b_, 2), "2:two");
  EXPECT_EQ(got(b_, -2), "1:one");
  EXPECT_EQ(got(b_, 3, MSG_EXCEPT), "1:uno");
  EXPECT_EQ(got(b_, -2, IPC_NOWAIT), "ENOMSG");
  EXPECT_EQ(got(b_, 9, IPC_NOWAIT), "ENOMSG");
  FakeCall waits = receive(b_, 9);
  EXPECT_FALSE(waits.enabled());
  EXPECT_EQ(waits.waits_for(),
            "waits for a message of type 9 in the message queue with key 5679, which has others "
            "only");
  EXPECT_EQ(got(b_, -3), "3:three");
}

TEST_F(SysvMessageQueueTest, Sizes) {
  make();
  send(a_, 1, "too long").go();
  EXPECT_EQ(got(b_, 0, 0, 3), "E2BIG");
  EXPECT_EQ(got(b_, 0, MSG_NOERROR, 3), "1:too");
  EXPECT_EQ(got(b_, 0, IPC_NOWAIT), "ENOMSG");
  EXPECT_EQ(send(a_, 1, std::string(8193, 'x')).go(), -EINVAL);
  EXPECT_EQ(send(a_, 0, "x").go(), -EINVAL);
  EXPECT_EQ(receive(b_, 0, MSG_COPY | IPC_NOWAIT).go(), -ENOSYS);
}

TEST_F(SysvMessageQueueTest, AFullQueueHoldsItsSenders) {
  make();
  send(a_, 1, std::string(8192, 'x')).go();
  send(a_, 1, std::string(8192, 'x')).go();
  EXPECT_EQ(send(a_, 1, "x", IPC_NOWAIT).go(), -EAGAIN);
  FakeCall empty = send(a_, 1, "");
  EXPECT_TRUE(empty.enabled());
  FakeCall waits = send(a_, 1, "x");
  EXPECT_FALSE(waits.enabled());
  EXPECT_EQ(waits.waits_for(), "waits for room in the message queue with key 5679, which is full");
  EXPECT_EQ(waits.operation().interruption(), Interruption::kFails);
  receive(b_, 0, 0, 8192).go();
  const EventId freed = fake_.last_event();
  EXPECT_TRUE(waits.enabled());
  EXPECT_EQ(waits.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), freed));
}

TEST_F(SysvMessageQueueTest, RoomThatWasThereAnywayOrdersNothing) {
  make();
  send(a_, 1, "x").go();
  receive(b_, 0).go();
  const EventId freed = fake_.last_event();
  send(a_, 1, "x").go();
  EXPECT_FALSE(fake_.after(fake_.last_event(), freed));
}

TEST_F(SysvMessageQueueTest, RemovalWakesThoseThatWait) {
  make();
  FakeCall waits = receive(b_, 0);
  EXPECT_FALSE(waits.enabled());
  FakeCall came_before = send(c_, 1, "x");
  EXPECT_EQ(control(a_, IPC_RMID).go(), 0);
  const EventId removed = fake_.last_event();
  EXPECT_EQ(waits.go(), -EIDRM);
  EXPECT_TRUE(fake_.after(fake_.last_event(), removed));
  EXPECT_EQ(came_before.go(), -EINVAL);
  EXPECT_TRUE(message_queues_left(fake_.machine()).empty());
  EXPECT_EQ(control(a_, IPC_RMID).go(), -EINVAL);
}

TEST_F(SysvMessageQueueTest, StatusAndLimits) {
  make();
  send(a_, 1, "abc").go();
  const EventId sent = fake_.last_event();
  const auto at = fake_.room(sizeof(msqid_ds));
  EXPECT_EQ(control(b_, IPC_STAT, at).go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), sent));
  auto status = fake_.value_at<msqid_ds>(at);
  EXPECT_EQ(status.msg_qnum, 1U);
  EXPECT_EQ(status.__msg_cbytes, 3U);
  EXPECT_EQ(status.msg_qbytes, 16384U);
  EXPECT_EQ(status.msg_lspid, fake_.machine().process_of(a_).number);
  status.msg_qbytes = 3;
  fake_.machine().poke_value(b_, at, status);
  EXPECT_EQ(control(b_, IPC_SET, at).go(), 0);
  EXPECT_EQ(send(a_, 1, "x", IPC_NOWAIT).go(), -EAGAIN);
  status.msg_qbytes = 16385;
  fake_.machine().poke_value(b_, at, status);
  EXPECT_EQ(control(b_, IPC_SET, at).go(), -EPERM);
  const auto left = message_queues_left(fake_.machine());
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0]->messages.size(), 1U);
}

TEST_F(SysvMessageQueueTest, WhatCommutes) {
  make();
  FakeCall one = send(a_, 1, "x"), two = send(c_, 2, "x"), hasty = send(c_, 2, "x", IPC_NOWAIT);
  FakeCall any = receive(b_, 0), ones = receive(b_, 1), twos = receive(c_, 2);
  FakeCall up_to = receive(c_, -2), three = receive(c_, 3);
  EXPECT_FALSE(commute(one, two));  // one of them may find it full
  EXPECT_FALSE(commute(one, any));
  EXPECT_FALSE(commute(one, ones));
  EXPECT_TRUE(commute(one, twos));
  EXPECT_FALSE(commute(hasty, ones));
  EXPECT_TRUE(commute(ones, twos));
  EXPECT_FALSE(commute(any, twos));
  EXPECT_FALSE(commute(up_to, ones));
  EXPECT_TRUE(commute(up_to, three));
  FakeCall look = control(b_, IPC_STAT), remove = control(b_, IPC_RMID);
  EXPECT_FALSE(commute(look, one));
  EXPECT_FALSE(commute(look, ones));
  EXPECT_FALSE(commute(remove, one));
  EXPECT_FALSE(commute(remove, twos));
}

}  // namespace
}  // namespace ipcgrade::testing
