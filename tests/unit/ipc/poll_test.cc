#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include <csignal>

#include "support/fake_kernel.h"

namespace ipcgrade::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class PollTest : public ::testing::Test {
 protected:
  PollTest() {
    task_ = &fake_.start("server");
    std::tie(in_, out_) = fake_.pipe(*task_);
  }
  FakeCall poll(std::initializer_list<pollfd> asked, int timeout) {
    asked_ = fake_.put_values<pollfd>(asked);
    return fake_.call(*task_, SYS_poll,
                      {asked_, asked.size(), static_cast<std::uint64_t>(timeout)});
  }
  [[nodiscard]] short found(std::size_t index) {
    return fake_.value_at<pollfd>(asked_ + index * sizeof(pollfd)).revents;
  }
  int epoll() { return static_cast<int>(fake_.call(*task_, SYS_epoll_create1, {0}).go()); }
  std::int64_t control(int list, int command, int number, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = number;
    const std::uint64_t at = fake_.put_values<epoll_event>({event});
    return fake_
        .call(*task_, SYS_epoll_ctl,
              {static_cast<std::uint64_t>(list), static_cast<std::uint64_t>(command),
               static_cast<std::uint64_t>(number), at})
        .go();
  }
  FakeCall wait(int list, int timeout = -1, int most = 8) {
    events_ = fake_.room(8 * sizeof(epoll_event));
    return fake_.call(*task_, SYS_epoll_wait,
                      {static_cast<std::uint64_t>(list), events_, static_cast<std::uint64_t>(most),
                       static_cast<std::uint64_t>(timeout)});
  }
  [[nodiscard]] std::pair<int, unsigned> told(std::size_t index) {
    const auto event = fake_.value_at<epoll_event>(events_ + index * sizeof(epoll_event));
    return {event.data.fd, event.events};
  }

  DescriptorMachine fake_;
  Task* task_;
  int in_ = -1, out_ = -1;
  std::uint64_t asked_ = 0, events_ = 0;
};

TEST_F(PollTest, WaitsUntilSomethingIsReady) {
  FakeCall call = poll({{in_, POLLIN, 0}}, -1);
  EXPECT_FALSE(call.enabled());
  fake_.write(*task_, out_, "x");
  const EventId write = fake_.last_event();
  EXPECT_TRUE(call.enabled());
  EXPECT_EQ(call.go(), 1);
  EXPECT_EQ(found(0), POLLIN);
  EXPECT_TRUE(fake_.after(fake_.last_event(), write));
}

TEST_F(PollTest, TellsOfAllThatAreReady) {
  fake_.write(*task_, out_, "x");
  EXPECT_EQ(poll({{in_, POLLIN, 0}, {out_, POLLOUT, 0}, {-1, POLLIN, 9}, {55, POLLIN, 0}}, -1).go(),
            3);
  EXPECT_EQ(found(0), POLLIN);
  EXPECT_EQ(found(1), POLLOUT);
  EXPECT_EQ(found(2), 0);
  EXPECT_EQ(found(3), POLLNVAL);
}

TEST_F(PollTest, HangUpAndErrorAreToldUnasked) {
  fake_.close(*task_, out_);
  const EventId closed = fake_.last_event();
  EXPECT_EQ(poll({{in_, 0, 0}}, -1).go(), 1);
  EXPECT_EQ(found(0), POLLHUP);
  EXPECT_TRUE(fake_.after(fake_.last_event(), closed));
  const auto [in, out] = fake_.pipe(*task_);
  fake_.close(*task_, in);
  EXPECT_EQ(poll({{out, 0, 0}}, -1).go(), 1);
  EXPECT_EQ(found(0), POLLERR);
}

TEST_F(PollTest, TimeOut) {
  fake_.machine().advance_to(2s);
  FakeCall call = poll({{in_, POLLIN, 0}}, 1500);
  EXPECT_EQ(call.operation().deadline(), 3500ms);
  EXPECT_EQ(call.operation().interruption(), Interruption::kFails);
  EXPECT_EQ(call.time_out(), 0);
  EXPECT_EQ(poll({{in_, POLLIN, 0}}, -1).operation().deadline(), std::nullopt);
  FakeCall look = poll({{in_, POLLIN, 0}}, 0);
  EXPECT_TRUE(look.enabled());
  EXPECT_EQ(look.operation().deadline(), std::nullopt);
  EXPECT_EQ(look.operation().interruption(), Interruption::kNever);
  EXPECT_EQ(look.go(), 0);
}

TEST_F(PollTest, ConflictsWithWhatMakesItReady) {
  const auto look = poll({{in_, POLLIN, 0}}, -1).touches();
  EXPECT_TRUE(conflict(look, fake_.writing(*task_, out_, "x").touches()));
  EXPECT_TRUE(conflict(look, fake_.reading(*task_, in_, 1).touches()));
  const auto close = fake_.call(*task_, SYS_close, {static_cast<std::uint64_t>(out_)}).touches();
  EXPECT_TRUE(conflict(look, close));
  EXPECT_FALSE(conflict(look, look));
}

TEST_F(PollTest, Told) {
  FakeCall call = poll({{in_, POLLIN, 0}}, -1);
  EXPECT_EQ(call.text(), "poll(0 in, no time-out)");
  EXPECT_EQ(call.waits_for(),
            "waits in poll for pipe 1 (whose last write end is held by itself, as descriptor 1)");
}

TEST_F(PollTest, MaskIsChangedWhileItWaits) {
  task_->mask = bit_of(SIGUSR1);
  const std::uint64_t asked = fake_.put_values<pollfd>({{in_, POLLIN, 0}});
  const std::uint64_t mask = fake_.put_values<SignalSet>({0});
  const auto make = [&] { return fake_.call(*task_, SYS_ppoll, {asked, 1, 0, mask, 8}); };
  FakeCall call = make();
  EXPECT_TRUE(call.operation().queues());
  call.begin_wait();
  EXPECT_EQ(task_->mask, 0U);
  EXPECT_EQ(task_->mask_after, bit_of(SIGUSR1));
  fake_.write(*task_, out_, "x");
  EXPECT_EQ(call.go(), 1);
  EXPECT_EQ(task_->mask, bit_of(SIGUSR1));
  EXPECT_EQ(task_->mask_after, std::nullopt);
  // Ready at once: the mask never changes, and no handler runs.
  EXPECT_EQ(make().go(), 1);
  EXPECT_EQ(task_->mask, bit_of(SIGUSR1));
}

TEST_F(PollTest, Select) {
  fd_set to_read, to_write;
  FD_ZERO(&to_read);
  FD_ZERO(&to_write);
  FD_SET(in_, &to_read);
  FD_SET(out_, &to_write);
  const std::uint64_t reads_at = fake_.put_values<fd_set>({to_read});
  const std::uint64_t writes_at = fake_.put_values<fd_set>({to_write});
  const std::uint64_t time = fake_.put_values<timeval>({{3, 0}});
  fake_.machine().advance_to(1s);
  FakeCall call = fake_.call(*task_, SYS_select, {2, reads_at, writes_at, 0, time});
  EXPECT_EQ(call.operation().deadline(), 4s);
  EXPECT_EQ(call.text(), "select(0 in, 1 out, 3000 ms)");
  fake_.machine().advance_to(2s);
  EXPECT_EQ(call.go(), 1);
  to_read = fake_.value_at<fd_set>(reads_at);
  to_write = fake_.value_at<fd_set>(writes_at);
  EXPECT_FALSE(FD_ISSET(in_, &to_read));
  EXPECT_TRUE(FD_ISSET(out_, &to_write));
  EXPECT_EQ(fake_.value_at<timeval>(time).tv_sec, 2);
  // The end of a pipe can be read.
  fake_.close(*task_, out_);
  FD_SET(in_, &to_read);
  const std::uint64_t again = fake_.put_values<fd_set>({to_read});
  EXPECT_EQ(fake_.call(*task_, SYS_select, {1, again, 0, 0, 0}).go(), 1);
  FD_SET(7, &to_read);
  const std::uint64_t bad = fake_.put_values<fd_set>({to_read});
  EXPECT_EQ(fake_.call(*task_, SYS_select, {8, bad, 0, 0, 0}).go(), -EBADF);
}

TEST_F(PollTest, EpollByLevelTellsAgain) {
  const int list = epoll();
  EXPECT_EQ(control(list, EPOLL_CTL_ADD, in_, EPOLLIN), 0);
  EXPECT_FALSE(wait(list).enabled());
  EXPECT_EQ(wait(list, 0).go(), 0);
  fake_.write(*task_, out_, "xy");
  const EventId write = fake_.last_event();
  EXPECT_EQ(wait(list).go(), 1);
  EXPECT_EQ(told(0), std::pair(in_, unsigned{EPOLLIN}));
  EXPECT_TRUE(fake_.after(fake_.last_event(), write));
  EXPECT_EQ(wait(list).go(), 1);
  fake_.read(*task_, in_, 2);
  EXPECT_FALSE(wait(list).enabled());
}

TEST_F(PollTest, EpollByEdgeTellsOnceForEachWrite) {
  const int list = epoll();
  control(list, EPOLL_CTL_ADD, in_, EPOLLIN | EPOLLET);
  fake_.write(*task_, out_, "xy");
  EXPECT_EQ(wait(list).go(), 1);
  fake_.read(*task_, in_, 1);
  // A byte is left, and nothing new has come.
  EXPECT_FALSE(wait(list).enabled());
  fake_.write(*task_, out_, "z");
  EXPECT_TRUE(wait(list).enabled());
  EXPECT_EQ(wait(list).go(), 1);
  EXPECT_FALSE(wait(list).enabled());
  fake_.close(*task_, out_);
  EXPECT_EQ(wait(list).go(), 1);
  EXPECT_EQ(told(0).second, unsigned{EPOLLIN | EPOLLHUP});
  EXPECT_FALSE(wait(list).enabled());
  // Told anew after a change.
  EXPECT_EQ(control(list, EPOLL_CTL_MOD, in_, EPOLLIN | EPOLLET), 0);
  EXPECT_TRUE(wait(list).enabled());
}

TEST_F(PollTest, EpollOnce) {
  const int list = epoll();
  control(list, EPOLL_CTL_ADD, in_, EPOLLIN | EPOLLONESHOT);
  fake_.write(*task_, out_, "x");
  EXPECT_EQ(wait(list).go(), 1);
  EXPECT_FALSE(wait(list).enabled());
  control(list, EPOLL_CTL_MOD, in_, EPOLLIN | EPOLLONESHOT);
  EXPECT_EQ(wait(list).go(), 1);
}

TEST_F(PollTest, EpollControl) {
  const int list = epoll();
  EXPECT_EQ(control(list, EPOLL_CTL_MOD, in_, EPOLLIN), -ENOENT);
  EXPECT_EQ(control(list, EPOLL_CTL_ADD, in_, EPOLLIN), 0);
  EXPECT_EQ(control(list, EPOLL_CTL_ADD, in_, EPOLLIN), -EEXIST);
  EXPECT_EQ(control(list, EPOLL_CTL_ADD, 77, EPOLLIN), -EBADF);
  EXPECT_EQ(control(list, EPOLL_CTL_ADD, list, EPOLLIN), -EINVAL);
  EXPECT_EQ(control(list, EPOLL_CTL_DEL, in_, 0), 0);
  EXPECT_EQ(control(list, EPOLL_CTL_DEL, in_, 0), -ENOENT);
  // What is closed everywhere leaves the list.
  control(list, EPOLL_CTL_ADD, in_, EPOLLIN);
  fake_.write(*task_, out_, "x");
  fake_.close(*task_, in_);
  EXPECT_FALSE(wait(list).enabled());
  EXPECT_EQ(fake_.opening(*task_, "data", O_CREAT | O_RDWR).go(), 0);
  EXPECT_EQ(control(list, EPOLL_CTL_ADD, 0, EPOLLIN), -EPERM);
}

TEST_F(PollTest, EpollTakesTurnsWhereFewAreTaken) {
  const auto [in, out] = fake_.pipe(*task_);
  const int list = epoll();
  control(list, EPOLL_CTL_ADD, in_, EPOLLIN);
  control(list, EPOLL_CTL_ADD, in, EPOLLIN);
  fake_.write(*task_, out_, "x");
  fake_.write(*task_, out, "x");
  EXPECT_EQ(wait(list, -1, 1).go(), 1);
  EXPECT_EQ(told(0).first, in_);
  EXPECT_EQ(wait(list, -1, 1).go(), 1);
  EXPECT_EQ(told(0).first, in);
}

TEST_F(PollTest, EpollListCanBePolled) {
  const int list = epoll();
  control(list, EPOLL_CTL_ADD, in_, EPOLLIN);
  FakeCall call = poll({{list, POLLIN, 0}}, -1);
  EXPECT_FALSE(call.enabled());
  EXPECT_TRUE(conflict(call.touches(), fake_.writing(*task_, out_, "x").touches()));
  fake_.write(*task_, out_, "x");
  EXPECT_TRUE(call.enabled());
}

}  // namespace
}  // namespace ipcgrade::testing
