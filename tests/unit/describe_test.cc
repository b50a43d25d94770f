#include "sandbox/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include "sandbox/error.h"
#include "sandbox/host.h"

namespace sandbox {
namespace {

std::string text_of(const char* call, std::array<std::uint64_t, 6> arguments = {}) {
  return call_text(seccomp_syscall_resolve_name(call), arguments, ::getpid());
}
std::uint64_t address(const void* pointer) { return reinterpret_cast<std::uint64_t>(pointer); }

TEST(DescribeTest, Signals) {
  EXPECT_EQ(signal_text(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(signal_text(SIGKILL), "SIGKILL");
  EXPECT_EQ(signal_text(SIGXFSZ), "SIGXFSZ");
  EXPECT_EQ(signal_text(SIGRTMIN), "SIGRTMIN");
  EXPECT_EQ(signal_text(40), "SIGRTMIN+6");
  EXPECT_EQ(signal_text(33), "signal 33");
  EXPECT_EQ(signal_text(0), "signal 0");
  EXPECT_EQ(signal_text(-1), "signal -1");
  EXPECT_EQ(signal_text(1000), "signal 1000");
}

TEST(DescribeTest, Sizes) {
  EXPECT_EQ(size_text(0), "0 bytes");
  EXPECT_EQ(size_text(27), "27 bytes");
  EXPECT_EQ(size_text(1023), "1023 bytes");
  EXPECT_EQ(size_text(1024), "1 KiB");
  EXPECT_EQ(size_text(1536), "1.5 KiB");
  EXPECT_EQ(size_text(256ULL << 20), "256 MiB");
  EXPECT_EQ(size_text(3ULL << 40), "3 TiB");
  EXPECT_EQ(size_text(1), "1 byte");
  EXPECT_THAT(size_text(UINT64_MAX), testing::EndsWith(" TiB"));
}

TEST(DescribeTest, Limits) {
  EXPECT_EQ(limit_text({LimitKind::kWallTime, 20'000, 20'003}), "still running after 20 s");
  EXPECT_EQ(limit_text({LimitKind::kWallTime, 200, 203}), "still running after 0.2 s");
  EXPECT_EQ(limit_text({LimitKind::kCpuTime, 10'000, 10'001}), "used more than 10 s of CPU time");
  EXPECT_EQ(limit_text({LimitKind::kMemory, 256ULL << 20, 256ULL << 20}),
            "used more than 256 MiB of memory");
  EXPECT_EQ(limit_text({LimitKind::kProcesses, 64, 64}),
            "had more than 64 processes and threads at one time");
  EXPECT_EQ(limit_text({LimitKind::kFileSize, 16ULL << 20, 16ULL << 20}),
            "wrote a file of more than 16 MiB");
  EXPECT_EQ(limit_text({LimitKind::kOutput, 1ULL << 20, 1ULL << 20}), "printed more than 1 MiB");
}

TEST(DescribeTest, Calls) {
  EXPECT_EQ(text_of("socket", {AF_INET, SOCK_STREAM, 0}), "socket(AF_INET, SOCK_STREAM, 0)");
  EXPECT_EQ(text_of("socket", {AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 17}),
            "socket(AF_INET6, SOCK_DGRAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 17)");
  EXPECT_EQ(text_of("socket", {99, 77, 0}), "socket(99, 77, 0)");
  EXPECT_EQ(text_of("kill", {static_cast<std::uint64_t>(-1), SIGKILL}), "kill(-1, SIGKILL)");
  EXPECT_EQ(text_of("shmget", {5678, 27, 01666}), "shmget(5678, 27, 0x3b6)");
  EXPECT_EQ(text_of("unshare", {CLONE_NEWUSER | CLONE_NEWNET}),
            "unshare(CLONE_NEWUSER|CLONE_NEWNET)");
  EXPECT_EQ(text_of("clone", {CLONE_NEWPID | SIGCHLD}), "clone(CLONE_NEWPID)");
  EXPECT_EQ(text_of("ptrace", {0, 0, 0, 0}), "ptrace(PTRACE_TRACEME, 0, 0, 0)");
  EXPECT_EQ(text_of("read", {0, 0, 0}), "read(...)") << "its arguments say nothing by themselves";
  EXPECT_EQ(call_text(100'000, std::array<std::uint64_t, 6>{}, ::getpid()), "system call 100000");
}

TEST(DescribeTest, IntegersThatHaveRubbishAbove) {
  EXPECT_EQ(text_of("socket", {AF_INET | 7ULL << 32, SOCK_STREAM | 7ULL << 32, 7ULL << 32}),
            "socket(AF_INET, SOCK_STREAM, 0)");
}

TEST(DescribeTest, Strings) {
  EXPECT_EQ(text_of("chroot", {address("/tmp")}), "chroot(\"/tmp\")");
  EXPECT_EQ(text_of("chroot", {address("")}), "chroot(\"\")");
  EXPECT_EQ(text_of("chroot", {address("a\x1b[31m\n\xff\"b")}), R"(chroot("a\033[31m\n\377\"b"))");
  const std::string large(1000, 'x');
  EXPECT_EQ(text_of("chroot", {address(large.c_str())}),
            "chroot(\"" + std::string(64, 'x') + "\"...)");
  const std::string whole(64, 'x');
  EXPECT_EQ(text_of("chroot", {address(whole.c_str())}), "chroot(\"" + whole + "\")");
  EXPECT_EQ(text_of("chroot", {0x10}), "chroot(0x10)");
  EXPECT_EQ(text_of("chroot", {0}), "chroot(0x0)");
}

TEST(DescribeTest, AStringAtTheEndOfItsMemory) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  char* memory = static_cast<char*>(
      ::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  ASSERT_EQ(::munmap(memory + page, page), 0);
  std::memcpy(memory + page - 4, "/tmp", 4);
  EXPECT_EQ(text_of("chroot", {address(memory + page - 4)}), "chroot(\"/tmp\"...)");
  ::munmap(memory, page);
}

TEST(DescribeTest, Errors) {
  const Error error{"mount /proc", EPERM};
  EXPECT_EQ(error.text(), "mount /proc: Operation not permitted");
  EXPECT_EQ(error.within("set up a box").text(),
            "set up a box: mount /proc: Operation not permitted");
  EXPECT_EQ(failure("no such lab").error().text(), "no such lab");
  errno = ENOENT;
  EXPECT_EQ(from_errno("open").error().error_number, ENOENT);
}

TEST(DescribeTest, Isolation) {
  const Isolation best{Tier::kRoot, CgroupMode::kV2, 5};
  EXPECT_EQ(best.text(), "A: root, namespaces, cgroup v2, Landlock 5, seccomp");
  EXPECT_THAT(best.missing(), testing::IsEmpty());
  const Isolation least{Tier::kUser, CgroupMode::kNone, 0};
  EXPECT_EQ(least.text(), "B: user namespace, no cgroup, seccomp");
  EXPECT_THAT(least.missing(), testing::ElementsAre(testing::StartsWith("no cgroup"),
                                                    testing::StartsWith("no Landlock"),
                                                    testing::StartsWith("user namespace")));
  EXPECT_THAT((Isolation{Tier::kRoot, CgroupMode::kV1, 1}.missing()),
              testing::ElementsAre(testing::StartsWith("cgroup v1")));
}

}  // namespace
}  // namespace sandbox
