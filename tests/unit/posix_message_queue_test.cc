#include "ipc/posix_message_queue.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <mqueue.h>
#include <sys/syscall.h>

#include "ipc/signal.h"
#include "support/fake_machine.h"

namespace ipcgrade::testing {
namespace {

class PosixMessageQueueTest : public ::testing::Test {
 protected:
  PosixMessageQueueTest() {
    fake_.kernel = [this](Task&, const Call& call) -> std::int64_t {
      return call.number == SYS_mq_open ? kernels_ : 0;
    };
  }
  FakeCall call(Task& task, long number, std::initializer_list<std::uint64_t> arguments) {
    return fake_.call(task, kPosixMessageQueueMechanism, number, arguments);
  }
  FakeCall open(Task& task, std::uint64_t flags, std::uint64_t attributes = 0) {
    return call(task, SYS_mq_open, {fake_.put("ipc-lab"), flags, 0600, attributes});
  }
  FakeCall send(Task& task, std::string_view text, std::uint64_t priority = 0,
                std::uint64_t until = 0) {
    return call(task, SYS_mq_timedsend, {3, fake_.put(text), text.size(), priority, until});
  }
  FakeCall receive(Task& task, std::uint64_t size = 8192, std::uint64_t until = 0) {
    return call(task, SYS_mq_timedreceive, {3, into_, size, priority_, until});
  }
  std::string got(Task& task) {
    const std::int64_t result = receive(task).go();
    if (result < 0) return strerrorname_np(static_cast<int>(-result));
    return fake_.text_at(into_, static_cast<std::size_t>(result)) + ":" +
           std::to_string(fake_.value_at<unsigned>(priority_));
  }
  void open_both(std::uint64_t flags = O_CREAT | O_RDWR, std::uint64_t attributes = 0) {
    EXPECT_EQ(open(a_, flags, attributes).go(), 3);
    EXPECT_EQ(open(b_, flags, attributes).go(), 3);
  }

  FakeMachine fake_;
  std::int64_t kernels_ = 3;
  std::uint64_t into_ = fake_.room(8192), priority_ = fake_.room(4);
  Task& a_ = fake_.start("sender");
  Task& b_ = fake_.start("receiver");
};

TEST_F(PosixMessageQueueTest, OneQueueAName) {
  FakeCall makes = open(a_, O_CREAT | O_WRONLY);
  EXPECT_EQ(makes.text(), "mq_open(\"/ipc-lab\", O_WRONLY|O_CREAT)");
  EXPECT_EQ(makes.go(), 3);
  const EventId made = fake_.last_event();
  EXPECT_EQ(open(b_, O_RDONLY).go(), 3);
  EXPECT_TRUE(fake_.after(fake_.last_event(), made));
  EXPECT_TRUE(fake_.machine().descriptors(a_).close_on_exec(3));
  EXPECT_EQ(send(b_, "x").go(), -EBADF);
  EXPECT_EQ(receive(a_).go(), -EBADF);
  EXPECT_EQ(send(a_, "hello", 5).go(), 0);
  EXPECT_EQ(got(b_), "hello:5");
  kernels_ = -ENOENT;
  EXPECT_EQ(open(b_, O_RDONLY).go(), -ENOENT);
}

TEST_F(PosixMessageQueueTest, AMessageComesBeforeItsReceiver) {
  open_both();
  FakeCall waits = receive(b_);
  EXPECT_FALSE(waits.enabled());
  EXPECT_EQ(waits.text(), "mq_receive(3, 8192 bytes) [the message queue /ipc-lab]");
  EXPECT_EQ(waits.waits_for(), "waits for a message in the message queue /ipc-lab");
  EXPECT_EQ(waits.operation().interruption(), Interruption::kRestarts);
  send(a_, "low", 1).go();
  const EventId low = fake_.last_event();
  send(a_, "high", 9).go();
  const EventId high = fake_.last_event();
  send(a_, "high too", 9).go();
  EXPECT_EQ(waits.go(), 4);
  EXPECT_TRUE(fake_.after(fake_.last_event(), high));
  EXPECT_FALSE(fake_.after(fake_.last_event(), low));
  EXPECT_EQ(got(b_), "high too:9");
  EXPECT_EQ(got(b_), "low:1");
}

TEST_F(PosixMessageQueueTest, AttributesBoundIt) {
  mq_attr attributes{};
  attributes.mq_maxmsg = 2;
  attributes.mq_msgsize = 4;
  open_both(O_CREAT | O_RDWR, fake_.put_values({attributes}));
  EXPECT_EQ(send(a_, "12345").go(), -EMSGSIZE);
  EXPECT_EQ(receive(b_, 3).go(), -EMSGSIZE);
  EXPECT_EQ(send(a_, "x", 32768).go(), -EINVAL);
  EXPECT_EQ(send(a_, "1").go(), 0);
  EXPECT_EQ(send(a_, "2").go(), 0);
  FakeCall waits = send(a_, "3");
  EXPECT_FALSE(waits.enabled());
  EXPECT_EQ(waits.waits_for(), "waits for room in the message queue /ipc-lab, which is full");
  EXPECT_EQ(waits.operation().suppliers(fake_.machine(), a_).front(), b_.id);
  receive(b_, 4).go();
  const EventId freed = fake_.last_event();
  EXPECT_EQ(waits.go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), freed));
}

TEST_F(PosixMessageQueueTest, WithoutWaiting) {
  open_both(O_CREAT | O_RDWR | O_NONBLOCK);
  EXPECT_EQ(receive(b_).go(), -EAGAIN);
  mq_attr attributes{};
  const auto at = fake_.put_values({attributes});
  EXPECT_EQ(call(b_, SYS_mq_getsetattr, {3, at, 0}).go(), 0);
  EXPECT_FALSE(receive(b_).enabled());
  send(a_, "x").go();
  const EventId sent = fake_.last_event();
  EXPECT_EQ(call(a_, SYS_mq_getsetattr, {3, 0, at}).go(), 0);
  EXPECT_TRUE(fake_.after(fake_.last_event(), sent));
  attributes = fake_.value_at<mq_attr>(at);
  EXPECT_EQ(attributes.mq_flags, O_NONBLOCK);
  EXPECT_EQ(attributes.mq_maxmsg, 10);
  EXPECT_EQ(attributes.mq_msgsize, 8192);
  EXPECT_EQ(attributes.mq_curmsgs, 1);
}

TEST_F(PosixMessageQueueTest, TimesOut) {
  open_both();
  const auto until = fake_.put_values<timespec>({{1'700'000'004, 0}});
  FakeCall waits = receive(b_, 8192, until);
  EXPECT_EQ(waits.operation().deadline(), std::chrono::seconds(4));
  EXPECT_EQ(waits.time_out(), -ETIMEDOUT);
  const auto wrong = fake_.put_values<timespec>({{1, 1'000'000'000}});
  EXPECT_EQ(receive(b_, 8192, wrong).go(), -EINVAL);
}

TEST_F(PosixMessageQueueTest, UnlinkedWhileOpen) {
  open_both();
  send(a_, "old").go();
  EXPECT_EQ(call(a_, SYS_mq_unlink, {fake_.put("ipc-lab")}).go(), 0);
  const EventId unlinked = fake_.last_event();
  EXPECT_EQ(got(b_), "old:0");
  EXPECT_EQ(open(a_, O_CREAT | O_RDWR).go(), 3);  // another queue, under the same number
  EXPECT_TRUE(fake_.after(fake_.last_event(), unlinked));
  send(a_, "new").go();
  EXPECT_FALSE(receive(b_).enabled());
}

TEST_F(PosixMessageQueueTest, Polled) {
  open_both();
  const auto description = fake_.machine().descriptors(b_).find(3);
  EXPECT_EQ(description->ready(fake_.machine()), POLLOUT | POLLWRNORM);
  send(a_, "x").go();
  EXPECT_NE(description->ready(fake_.machine()) & POLLIN, 0);
  FakeCall sends = send(a_, "y");
  EXPECT_TRUE(conflict(description->looks(), sends.touches()));
  EXPECT_FALSE(conflict(description->looks(), description->looks()));
}

TEST_F(PosixMessageQueueTest, TellsOnceOfTheFirstMessage) {
  open_both();
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  (*fake_.machine().process_of(b_).actions)[SIGUSR1].handler = 4096;
  const auto at = fake_.put_values({event});
  EXPECT_EQ(call(b_, SYS_mq_notify, {3, at}).go(), 0);
  EXPECT_EQ(call(a_, SYS_mq_notify, {3, at}).go(), -EBUSY);
  EXPECT_EQ(send(a_, "x").go(), 0);
  const EventId sent = fake_.last_event();
  ASSERT_EQ(fake_.machine().next_signal(b_), SIGUSR1);
  const SignalInfo info = fake_.machine().take_signal(b_, SIGUSR1);
  EXPECT_EQ(info.code, SI_MESGQ);
  EXPECT_EQ(info.sent_by, sent);
  got(b_);
  EXPECT_EQ(send(a_, "y").go(), 0);
  EXPECT_EQ(fake_.machine().next_signal(b_), std::nullopt);

  event.sigev_notify = SIGEV_THREAD;
  EXPECT_EQ(call(b_, SYS_mq_notify, {3, fake_.put_values({event})}).go(), -EBADF);
  event.sigev_signo = 3;  // the queue itself
  EXPECT_EQ(call(b_, SYS_mq_notify, {3, fake_.put_values({event})}).go(), -ENOTSOCK);
}

TEST_F(PosixMessageQueueTest, OfWhatIsThereAlreadyItDoesNotTell) {
  open_both();
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  const auto waited = fake_.put_values({std::uint64_t{1} << (SIGUSR1 - 1)});
  FakeCall in_time = fake_.call(b_, kSignalWaitMechanism, SYS_rt_sigtimedwait, {waited, 0, 0, 8});
  EXPECT_FALSE(in_time.operation().missed(fake_.machine(), b_));
  EXPECT_EQ(send(a_, "x").go(), 0);
  EXPECT_EQ(call(b_, SYS_mq_notify, {3, fake_.put_values({event})}).go(), 0);
  FakeCall waits = fake_.call(b_, kSignalWaitMechanism, SYS_rt_sigtimedwait, {waited, 0, 0, 8});
  EXPECT_FALSE(waits.enabled());
  EXPECT_TRUE(waits.operation().missed(fake_.machine(), b_));
}

TEST_F(PosixMessageQueueTest, AReceiverThatWaitsIsServedAndNobodyTold) {
  open_both();
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  (*fake_.machine().process_of(b_).actions)[SIGUSR1].handler = 4096;
  EXPECT_EQ(call(b_, SYS_mq_notify, {3, fake_.put_values({event})}).go(), 0);
  FakeCall waits = receive(b_);
  send(a_, "x").go();
  EXPECT_EQ(fake_.machine().next_signal(b_), std::nullopt);
  EXPECT_EQ(waits.go(), 1);
  // Closing it takes the registration away.
  fake_.machine().begin_event(EventKind::kCall, b_.id);
  fake_.machine().descriptors(b_).close(fake_.machine(), b_.id, 3);
  fake_.machine().end_event("close(3)", 0);
  EXPECT_EQ(call(a_, SYS_mq_notify, {3, fake_.put_values({event})}).go(), 0);
}

}  // namespace
}  // namespace ipcgrade::testing
