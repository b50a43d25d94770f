#include "ipc/socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/time.h>
#include <sys/un.h>

#include <csignal>
#include <cstring>

#include "support/fake_kernel.h"

namespace ipcgrade::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class SocketTest : public ::testing::Test {
 protected:
  SocketTest() {
    server_ = &fake_.start("server");
    client_ = &fake_.start("client");
  }
  static std::uint64_t of(int number) { return static_cast<std::uint64_t>(number); }
  int socket(Task& task, int type) {
    return static_cast<int>(fake_.call(task, SYS_socket, {AF_UNIX, of(type), 0}).go());
  }
  std::pair<int, int> pair(Task& task, int type) {
    const std::uint64_t at = fake_.room(8);
    fake_.call(task, SYS_socketpair, {AF_UNIX, of(type), 0, at}).go();
    return {fake_.value_at<int>(at), fake_.value_at<int>(at + 4)};
  }
  /// A path, or with '@' an abstract name: (address, size).
  std::pair<std::uint64_t, std::uint64_t> address(std::string_view name) {
    sockaddr_un made{};
    made.sun_family = AF_UNIX;
    std::memcpy(made.sun_path, name.data(), name.size());
    std::size_t size = offsetof(sockaddr_un, sun_path) + name.size() + 1;
    if (name.front() == '@') {
      made.sun_path[0] = '\0';
      --size;
    }
    return {fake_.put_values<sockaddr_un>({made}), size};
  }
  std::int64_t bind(Task& task, int number, std::string_view name) {
    const auto [at, size] = address(name);
    return fake_.call(task, SYS_bind, {of(number), at, size}).go();
  }
  std::int64_t listen(Task& task, int number, int backlog) {
    return fake_.call(task, SYS_listen, {of(number), of(backlog)}).go();
  }
  FakeCall connecting(Task& task, int number, std::string_view name) {
    const auto [at, size] = address(name);
    return fake_.call(task, SYS_connect, {of(number), at, size});
  }
  FakeCall accepting(Task& task, int number) {
    return fake_.call(task, SYS_accept4, {of(number), 0, 0, 0});
  }
  int listener(std::string_view name, int backlog = 5) {
    const int number = socket(*server_, SOCK_STREAM);
    bind(*server_, number, name);
    listen(*server_, number, backlog);
    return number;
  }
  /// A connection: (the client's number, the server's).
  std::pair<int, int> connection(std::string_view name) {
    const int from = listener(name);
    const int out = socket(*client_, SOCK_STREAM);
    connecting(*client_, out, name).go();
    return {out, static_cast<int>(accepting(*server_, from).go())};
  }
  /// A struct msghdr with one buffer.
  std::uint64_t header(std::uint64_t buffer, std::size_t size, std::uint64_t control = 0,
                       std::size_t control_size = 0) {
    const std::uint64_t vector = fake_.put_values<std::uint64_t>({buffer, size});
    msghdr made{};
    made.msg_iov = reinterpret_cast<iovec*>(vector);
    made.msg_iovlen = 1;
    made.msg_control = reinterpret_cast<void*>(control);
    made.msg_controllen = control_size;
    return fake_.put_values<msghdr>({made});
  }
  std::uint64_t rights(int number) {
    struct Control {
      std::size_t size;
      int level, type, number, pad;
    };
    return fake_.put_values<Control>({{CMSG_LEN(4), SOL_SOCKET, SCM_RIGHTS, number, 0}});
  }

  DescriptorMachine fake_;
  Task* server_;
  Task* client_;
};

TEST_F(SocketTest, PairTalksBothWays) {
  const auto [one, other] = pair(*server_, SOCK_STREAM);
  Task& child = fake_.fork(*server_);
  FakeCall read = fake_.reading(child, other, 100);
  EXPECT_FALSE(read.enabled());
  EXPECT_EQ(fake_.write(*server_, one, "hello "), 6);
  const EventId first = fake_.last_event();
  EXPECT_EQ(fake_.write(*server_, one, "there"), 5);
  EXPECT_TRUE(read.enabled());
  EXPECT_EQ(read.go(), 11);
  EXPECT_TRUE(fake_.after(fake_.last_event(), first));
  EXPECT_EQ(fake_.text_at(fake_.last_buffer, 11), "hello there");
  EXPECT_EQ(read.text(), R"(read(1, "hello there", 100) [socket 2])");
  fake_.write(child, other, "back");
  EXPECT_EQ(fake_.read(*server_, one, 2), "ba");
  EXPECT_EQ(fake_.read(*server_, one, 9), "ck");
}

TEST_F(SocketTest, EndAndBrokenPipe) {
  const auto [one, other] = pair(*server_, SOCK_STREAM);
  fake_.write(*server_, one, "x");
  fake_.close(*server_, one);
  const EventId closed = fake_.last_event();
  EXPECT_EQ(fake_.read(*server_, other, 9), "x");
  EXPECT_EQ(fake_.read(*server_, other, 9), "");
  EXPECT_TRUE(fake_.after(fake_.last_event(), closed));
  EXPECT_EQ(fake_.write(*server_, other, "y"), -EPIPE);
  EXPECT_EQ(fake_.machine().next_signal(*server_), SIGPIPE);
}

TEST_F(SocketTest, UnreadDataResetTheOtherSide) {
  const auto [one, other] = pair(*server_, SOCK_STREAM);
  fake_.write(*server_, one, "never read");
  fake_.close(*server_, other);
  EXPECT_EQ(fake_.read(*server_, one, 9), std::to_string(-ECONNRESET));
  EXPECT_EQ(fake_.read(*server_, one, 9), "");
}

TEST_F(SocketTest, PacketsStayApart) {
  const auto [one, other] = pair(*server_, SOCK_SEQPACKET);
  fake_.write(*server_, one, "first");
  fake_.write(*server_, one, "second");
  EXPECT_EQ(fake_.read(*server_, other, 3), "fir");
  EXPECT_EQ(fake_.read(*server_, other, 100), "second");
  fake_.write(*server_, one, "whole");
  const std::uint64_t into = fake_.room(8);
  EXPECT_EQ(
      fake_.call(*server_, SYS_recvfrom, {of(other), into, 2, MSG_TRUNC | MSG_PEEK, 0, 0}).go(), 5);
  EXPECT_EQ(fake_.read(*server_, other, 100), "whole");
}

TEST_F(SocketTest, StreamFillsAsTheKernelCounts) {
  const auto [one, other] = pair(*server_, SOCK_STREAM | SOCK_NONBLOCK);
  // Figures of a real kernel: how many sends of this size go before EAGAIN.
  int count = 0;
  while (fake_.write(*server_, one, "x") == 1) ++count;
  EXPECT_EQ(count, 278);
  EXPECT_EQ(fake_.read(*server_, other, 300).size(), 278U);
  std::int64_t sum = 0;
  const std::string large(100000, 'x');
  for (std::int64_t sent = 0; (sent = fake_.write(*server_, one, large)) > 0;) sum += sent;
  EXPECT_EQ(sum, 236544);
}

TEST_F(SocketTest, PacketsFillAsTheKernelCounts) {
  for (const auto& [size, most] : {std::pair{193, 167}, {705, 93}, {4096, 26}, {16384, 11}}) {
    const auto [one, other] = pair(*server_, SOCK_SEQPACKET | SOCK_NONBLOCK);
    int count = 0;
    while (fake_.write(*server_, one, std::string(static_cast<std::size_t>(size), 'x')) > 0) {
      ++count;
    }
    EXPECT_EQ(count, most) << size;
  }
}

TEST_F(SocketTest, LargeSendGoesOnAsRoomComes) {
  const auto [one, other] = pair(*server_, SOCK_STREAM);
  Task& child = fake_.fork(*server_);
  FakeCall write = fake_.writing(*server_, one, std::string(300000, 'x'));
  EXPECT_EQ(write.step(), std::nullopt);
  EXPECT_FALSE(write.enabled());
  std::size_t read = fake_.read(child, other, 200000).size();
  EXPECT_TRUE(write.enabled());
  EXPECT_EQ(write.go(), 300000);
  while (read < 300000) read += fake_.read(child, other, 200000).size();
  EXPECT_EQ(read, 300000U);
}

TEST_F(SocketTest, ConnectAndAccept) {
  const int from = listener("/tmp/socket");
  const EventId listening = fake_.last_event();
  FakeCall accept = accepting(*server_, from);
  EXPECT_FALSE(accept.enabled());
  EXPECT_EQ(accept.waits_for(), "accepts from socket 1, to which nobody connects");
  const int out = socket(*client_, SOCK_STREAM);
  FakeCall connect = connecting(*client_, out, "/tmp/socket");
  EXPECT_EQ(connect.text(), "connect(0, \"/tmp/socket\")");
  EXPECT_TRUE(conflict(connect.touches(), accept.touches()));
  EXPECT_EQ(connect.go(), 0);
  const EventId connected = fake_.last_event();
  EXPECT_TRUE(fake_.after(connected, listening));
  // It may send before it is accepted.
  EXPECT_EQ(fake_.write(*client_, out, "early"), 5);
  EXPECT_TRUE(accept.enabled());
  const int accepted = static_cast<int>(accept.go());
  EXPECT_TRUE(fake_.after(fake_.last_event(), connected));
  EXPECT_EQ(fake_.read(*server_, accepted, 9), "early");
}

TEST_F(SocketTest, AbstractNames) {
  const auto [out, in] = connection("@lab");
  fake_.write(*client_, out, "abstract");
  EXPECT_EQ(fake_.read(*server_, in, 99), "abstract");
}

TEST_F(SocketTest, BacklogMakesConnectWait) {
  const int from = listener("@full", 1);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(connecting(*client_, socket(*client_, SOCK_STREAM), "@full").go(), 0);
  }
  FakeCall third = connecting(*client_, socket(*client_, SOCK_STREAM), "@full");
  EXPECT_FALSE(third.enabled());
  const int eager = socket(*client_, SOCK_STREAM | SOCK_NONBLOCK);
  EXPECT_EQ(connecting(*client_, eager, "@full").go(), -EAGAIN);
  accepting(*server_, from).go();
  EXPECT_TRUE(third.enabled());
}

TEST_F(SocketTest, NobodyThereIsTheKernelsAnswer) {
  const int out = socket(*client_, SOCK_STREAM);
  fake_.results[SYS_connect] = -ECONNREFUSED;
  EXPECT_EQ(connecting(*client_, out, "@nobody").go(), -ECONNREFUSED);
  EXPECT_EQ(fake_.passed.number, SYS_connect);
}

TEST_F(SocketTest, ClosedListenerResetsThoseThatWait) {
  const int from = listener("@gone");
  const int out = socket(*client_, SOCK_STREAM);
  connecting(*client_, out, "@gone").go();
  fake_.close(*server_, from);
  EXPECT_EQ(fake_.read(*client_, out, 1), std::to_string(-ECONNRESET));
}

TEST_F(SocketTest, Shutdown) {
  const auto [one, other] = pair(*server_, SOCK_STREAM);
  fake_.write(*server_, one, "x");
  EXPECT_EQ(fake_.call(*server_, SYS_shutdown, {of(one), SHUT_WR}).go(), 0);
  const EventId shut = fake_.last_event();
  EXPECT_EQ(fake_.write(*server_, one, "y"), -EPIPE);
  EXPECT_EQ(fake_.read(*server_, other, 9), "x");
  EXPECT_EQ(fake_.read(*server_, other, 9), "");
  EXPECT_TRUE(fake_.after(fake_.last_event(), shut));
  EXPECT_EQ(fake_.write(*server_, other, "z"), 1);
  EXPECT_EQ(fake_.read(*server_, one, 9), "z");
}

TEST_F(SocketTest, Datagrams) {
  const int in = socket(*server_, SOCK_DGRAM);
  bind(*server_, in, "/tmp/in");
  const int out = socket(*client_, SOCK_DGRAM);
  bind(*client_, out, "/tmp/out");
  const auto [to, size] = address("/tmp/in");
  EXPECT_EQ(fake_.call(*client_, SYS_sendto, {of(out), fake_.put("letter"), 6, 0, to, size}).go(),
            6);
  const EventId sent = fake_.last_event();
  const std::uint64_t into = fake_.room(16), from = fake_.room(sizeof(sockaddr_un));
  const std::uint64_t from_size = fake_.put_values<socklen_t>({sizeof(sockaddr_un)});
  EXPECT_EQ(fake_.call(*server_, SYS_recvfrom, {of(in), into, 16, 0, from, from_size}).go(), 6);
  EXPECT_TRUE(fake_.after(fake_.last_event(), sent));
  EXPECT_STREQ(fake_.value_at<sockaddr_un>(from).sun_path, "/tmp/out");
  // The receiver's queue holds eleven from those that are not its peers.
  for (int i = 0; i < 11; ++i) {
    fake_.call(*client_, SYS_sendto, {of(out), fake_.put("x"), 1, 0, to, size}).go();
  }
  EXPECT_FALSE(
      fake_.call(*client_, SYS_sendto, {of(out), fake_.put("x"), 1, 0, to, size}).enabled());
}

TEST_F(SocketTest, DescriptorsTravel) {
  const auto [one, other] = pair(*server_, SOCK_STREAM);
  Task& child = fake_.fork(*server_);
  const auto [in, out] = fake_.pipe(*server_);
  const std::uint64_t data = fake_.put("fd!");
  const std::uint64_t sent = header(data, 3, rights(in), CMSG_SPACE(4));
  FakeCall send = fake_.call(*server_, SYS_sendmsg, {of(one), sent, 0});
  EXPECT_THAT(send.text(), HasSubstr("with descriptor 2"));
  EXPECT_EQ(send.go(), 3);
  EXPECT_EQ(fake_.passed.number, SYS_sendmsg);
  // The call's memory is as it was.
  const auto vector = fake_.value_at<msghdr>(sent).msg_iov;
  EXPECT_EQ(fake_.value_at<std::uint64_t>(reinterpret_cast<std::uint64_t>(vector)), data);
  EXPECT_EQ(fake_.value_at<std::uint64_t>(reinterpret_cast<std::uint64_t>(vector) + 8), 3U);
  fake_.close(*server_, in);
  // In flight, it is open.
  EXPECT_EQ(fake_.write(*server_, out, "through"), 7);

  const std::uint64_t into = fake_.room(16), control = rights(0);
  const std::uint64_t got = header(into, 16, control, CMSG_SPACE(4));
  auto kernel = fake_.kernel;
  fake_.kernel = [&](Task& task, const Call& call) -> std::int64_t {
    if (call.number != SYS_recvmsg) return kernel(task, call);
    // As the kernel would: the byte, the number, the size.
    fake_.machine().poke_value(task, control + CMSG_LEN(0), 9);
    return 1;
  };
  EXPECT_EQ(fake_.call(child, SYS_recvmsg, {of(other), got, MSG_CMSG_CLOEXEC}).go(), 3);
  EXPECT_EQ(fake_.text_at(into, 3), "fd!");
  EXPECT_EQ(fake_.read(child, 9, 100), "through");
  EXPECT_TRUE(fake_.machine().descriptors(child).close_on_exec(9));
}

TEST_F(SocketTest, DescriptorsThatNobodyReceivedAreClosed) {
  const auto [one, other] = pair(*server_, SOCK_STREAM);
  const auto [in, out] = fake_.pipe(*server_);
  fake_
      .call(*server_, SYS_sendmsg,
            {of(one), header(fake_.put("x"), 1, rights(in), CMSG_SPACE(4)), 0})
      .go();
  fake_.close(*server_, in);
  fake_.close(*server_, other);
  EXPECT_EQ(fake_.write(*server_, out, "x"), -EPIPE);
}

TEST_F(SocketTest, TimeOuts) {
  const auto [one, other] = pair(*server_, SOCK_STREAM);
  EXPECT_EQ(fake_.reading(*server_, one, 1).operation().interruption(), Interruption::kRestarts);
  const std::uint64_t time = fake_.put_values<timeval>({{2, 0}});
  fake_.call(*server_, SYS_setsockopt, {of(one), SOL_SOCKET, SO_RCVTIMEO, time, sizeof(timeval)})
      .go();
  FakeCall read = fake_.reading(*server_, one, 1);
  EXPECT_EQ(read.operation().deadline(), 2s);
  EXPECT_EQ(read.operation().interruption(), Interruption::kFails);
  EXPECT_EQ(read.time_out(), -EAGAIN);
}

TEST_F(SocketTest, WaitAll) {
  const auto [one, other] = pair(*server_, SOCK_STREAM);
  const std::uint64_t into = fake_.room(8);
  FakeCall read = fake_.call(*server_, SYS_recvfrom, {of(other), into, 4, MSG_WAITALL, 0, 0});
  fake_.write(*server_, one, "ab");
  EXPECT_EQ(read.step(), std::nullopt);
  EXPECT_FALSE(read.enabled());
  fake_.write(*server_, one, "cde");
  EXPECT_EQ(read.step(), 4);
  EXPECT_EQ(fake_.text_at(into, 4), "abcd");
  EXPECT_EQ(fake_.read(*server_, other, 9), "e");
}

TEST_F(SocketTest, Polled) {
  const auto [one, other] = pair(*server_, SOCK_STREAM);
  const auto ready = [&](int number) {
    return fake_.machine().descriptors(*server_).find(number)->ready(fake_.machine());
  };
  EXPECT_EQ(ready(one) & (POLLIN | POLLOUT | POLLHUP), POLLOUT);
  fake_.write(*server_, other, "x");
  EXPECT_EQ(ready(one) & (POLLIN | POLLOUT | POLLHUP), POLLIN | POLLOUT);
  fake_.close(*server_, other);
  EXPECT_NE(ready(one) & POLLHUP, 0);
  const int from = listener("@polled");
  EXPECT_EQ(ready(from), 0);
  connecting(*client_, socket(*client_, SOCK_STREAM), "@polled").go();
  EXPECT_NE(ready(from) & POLLIN, 0);
}

TEST_F(SocketTest, PeerCredentialsHaveTheNumbersOfTheRun) {
  const auto [out, in] = connection("@who");
  const std::uint64_t at = fake_.room(12), size = fake_.put_values<socklen_t>({12});
  fake_.call(*server_, SYS_getsockopt, {of(in), SOL_SOCKET, SO_PEERCRED, at, size}).go();
  EXPECT_EQ(fake_.value_at<int>(at), fake_.machine().process_of(*client_).number);
  fake_.call(*client_, SYS_getsockopt, {of(out), SOL_SOCKET, SO_PEERCRED, at, size}).go();
  EXPECT_EQ(fake_.value_at<int>(at), fake_.machine().process_of(*server_).number);
}

TEST_F(SocketTest, NetworkIsNotModelled) {
  fake_.call(*client_, SYS_socket, {AF_INET, SOCK_STREAM, 0}).go();
  EXPECT_EQ(fake_.last_effect.kind, Effect::Kind::kUnmodelled);
}

TEST_F(SocketTest, WhatCommutes) {
  const auto [one, other] = pair(*server_, SOCK_STREAM);
  const auto send = fake_.writing(*server_, one, "x").touches();
  const auto receive = fake_.reading(*server_, other, 1).touches();
  const auto send_back = fake_.writing(*server_, other, "x").touches();
  const auto close = fake_.call(*server_, SYS_close, {of(one)}).touches();
  EXPECT_TRUE(conflict(send, receive));
  EXPECT_FALSE(conflict(send, send_back));
  EXPECT_TRUE(conflict(close, receive));
  EXPECT_TRUE(conflict(close, send_back));
}

}  // namespace
}  // namespace ipcgrade::testing
