#include "attacker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <mqueue.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <ranges>
#include <sstream>
#include <thread>

#include "../support/box_folders.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr uid_t kNobody = 65534;
/// As sandbox/init_process.cc gives them out.
constexpr uid_t kFirstBoxUser = 0x70000000;
/// Who is a container's plain user: in each test somebody else, since the limit on processes is of
/// all that a user has.
const uid_t kPlainUser = kFirstBoxUser - (1U << 23) + static_cast<uid_t>(::getpid());
/// What the programs call whatever they make.
constexpr std::string_view kMark = "escape";
constexpr std::string_view kMarkedKey = " 15059614 ";  // 0xe5ca9e

bool is_somebody_else(User user) { return user == User::kNobody || user == User::kContainerUser; }

std::vector<std::string> words_before_grader(User user) {
  switch (user) {
    case User::kSelf:
      return {};
    case User::kNobody:
      return {"setpriv", fmt::format("--reuid={}", kNobody), fmt::format("--regid={}", kNobody),
              "--clear-groups"};
    case User::kContainer:
      return {IPCGRADE_LIKE_CONTAINER};
    case User::kContainerUser:
      return {IPCGRADE_LIKE_CONTAINER, "--user", std::to_string(kPlainUser)};
  }
  return {};
}

[[noreturn]] void become(const fs::path& folder, const std::vector<std::string>& arguments,
                         User user) {
  for (const auto& [name, number] : {std::pair{"input", 0}, {"output", 1}, {"errors", 2}}) {
    const int flags = number == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC;
    ::dup2(::open((folder / name).c_str(), flags | O_CLOEXEC, 0666), number);
  }
  // As many as most machines give: none of what is hostile may need more than there are.
  const rlimit most{1024, 4096};
  ::setrlimit(RLIMIT_NOFILE, &most);
  // For inherited_descriptors.c: one that reads, one that writes, a folder.
  for (int fd = 3; fd < 20; ++fd) ::dup2(0, fd);
  ::dup2(1, 20);
  ::dup2(::open("/", O_RDONLY | O_DIRECTORY), 21);
  // Where there is no such box, none is made.
  ::setenv("IPCGRADE_ISOLATION", std::string{tier_of(user)}.c_str(), 1);
  std::vector<std::string> words = words_before_grader(user);
  words.push_back(is_somebody_else(user) ? (folder / "ipcgrade").string() : IPCGRADE_BINARY);
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execvp(pointers[0], pointers.data());
  ::_exit(126);
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Whether a row of /proc/sysvipc is of a box: by its key, or by an owner that only a box has.
bool is_of_box(const std::string& row) {
  std::istringstream words(row);
  bool box_user = false;
  for (std::uint64_t number = 0; words >> number;) {
    box_user |=
        number == kPlainUser || (number >= kFirstBoxUser && number < (kFirstBoxUser + (1U << 23)));
  }
  return box_user || (" " + row).find(kMarkedKey) != std::string::npos;
}

/// From the first call on, the test and the graders that it runs have IPC objects that are nobody
/// else's, where that can be had: whatever is among them then has been left.
bool has_objects_of_its_own() {
  static const bool kHas = ::unshare(CLONE_NEWIPC) == 0;
  return kHas;
}

/// For abstract_sockets.c: one of the host's. Where several tests run, one of them holds it.
void listen_on_host() {
  static const int kListener = [] {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path + 1, kMark.data(), kMark.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + kMark.size());
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&name), size) == 0) ::listen(fd, 16);
    return fd;
  }();
  (void)kListener;
}

void add_files(std::vector<std::string>& traces, const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    struct stat status {};
    if (::lstat(entry.path().c_str(), &status) != 0) continue;
    const std::string name = entry.path().filename().string();
    if (status.st_uid >= kFirstBoxUser || status.st_uid == kPlainUser || name.starts_with(kMark)) {
      traces.push_back("file " + entry.path().string());
    }
  }
}

}  // namespace

char tier_of(User user) {
  switch (user) {
    case User::kSelf:
      return ::geteuid() == 0 ? 'A' : 'B';
    case User::kNobody:
      return 'B';
    case User::kContainer:
      return 'C';
    case User::kContainerUser:
      return 'D';
  }
  return 'A';
}

Scratch::Scratch() {
  std::string name = testing::TempDir() + "ipcgrade_hostile_XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
  path_ = name;
  // The grader may be run by somebody else, who writes its reports here.
  ::chmod(name.c_str(), 0777);
  write_file(path_ / "input", "");
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Running::Running(const Scratch& scratch, const std::vector<std::string>& arguments, User user)
    : scratch_(scratch) {
  // Where the grader is may be closed to others.
  if (is_somebody_else(user)) {
    fs::copy_file(IPCGRADE_BINARY, scratch.path() / "ipcgrade", fs::copy_options::skip_existing);
  }
  (void)has_objects_of_its_own();
  listen_on_host();
  // Whatever outlives its parent becomes our child, and no process can tell the kernel otherwise.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  pid_ = ::fork();
  if (pid_ == 0) become(scratch.path(), arguments, user);
}

void Running::kill() const { ::kill(pid_, SIGKILL); }

bool Running::has_ended() const {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

Ran Running::wait() {
  Ran ran;
  ran.pid = pid_;
  ran.folder = scratch_.path();
  int status = 0;
  // By far more than any limit that these tests set: a grader that hangs is a failure.
  const auto deadline = std::chrono::steady_clock::now() + 200s;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) ::kill(pid_, SIGKILL);
    std::this_thread::sleep_for(2ms);
  }
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ran.output = contents_of(scratch_.path() / "output");
  ran.errors = contents_of(scratch_.path() / "errors");
  return ran;
}

Ran run_grader(const Scratch& scratch, const std::vector<std::string>& arguments, User user) {
  Ran ran = Running(scratch, arguments, user).wait();
  siginfo_t info{};
  while (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0) {
    ++ran.survivors;
    if (info.si_pid == 0) break;  // it still runs
  }
  return ran;
}

bool no_child_within(std::chrono::seconds most) {
  const auto deadline = std::chrono::steady_clock::now() + most;
  while (::waitpid(-1, nullptr, WNOHANG) >= 0) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

std::string why_no_box(const Scratch& scratch, User user) {
  if (user != User::kSelf && ::geteuid() != 0) return "only root can become another user";
  const Ran ran = run_grader(scratch, {"sandbox", "--", "true"}, user);
  if (ran.status == 0) return "";
  return fmt::format("no box can be made: {} (exit {})", ran.errors, ran.status);
}

std::vector<std::string> traces_on_host() {
  std::vector<std::string> traces;
  for (const std::string& line : lines_of("/proc/self/mountinfo"))
    traces.push_back("mount " + line);
  for (const char* table : {"shm", "sem", "msg"}) {
    // The first line is a heading.
    for (const std::string& row :
         lines_of(fs::path("/proc/sysvipc") / table) | std::views::drop(1)) {
      if (has_objects_of_its_own() || is_of_box(row)) {
        traces.push_back(std::string(table) + " " + row);
      }
    }
  }
  if (const mqd_t queue = ::mq_open("/escape", O_RDONLY); queue != static_cast<mqd_t>(-1)) {
    ::mq_close(queue);
    traces.emplace_back("POSIX queue /escape");
  }
  for (const char* folder : {"/tmp", "/var/tmp", "/dev/shm", "/"}) add_files(traces, folder);
  for (const std::string& name : test::unused_box_folders())
    traces.push_back("folder of a box " + name);
  std::ranges::sort(traces);
  return traces;
}

namespace {

std::vector<std::string> groups_of(const std::string& name, std::error_code& error) {
  std::vector<std::string> groups;
  const auto options = fs::directory_options::skip_permission_denied;
  error.clear();
  fs::recursive_directory_iterator entry("/sys/fs/cgroup", options, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string().starts_with(name)) {
      groups.push_back("cgroup " + entry->path().string());
    }
  }
  return groups;
}

}  // namespace

std::vector<std::string> left_on_host(const Ran& ran, const std::vector<std::string>& before) {
  std::vector<std::string> left;
  if (ran.survivors > 0) left.push_back(fmt::format("{} processes", ran.survivors));
  std::ranges::set_difference(traces_on_host(), before, std::back_inserter(left));
  const std::string group = fmt::format("ipcgrade-{}-", ran.pid);
  // Others' groups may go while one looks: then once more.
  std::error_code error;
  std::vector<std::string> groups;
  for (int time = 0; time == 0 || (error && time < 100); ++time) groups = groups_of(group, error);
  if (error) left.push_back("nobody knows what cgroups: " + error.message());
  std::ranges::move(groups, std::back_inserter(left));
  // Reports are written beside their place, under hidden names, and renamed.
  for (const auto& entry : fs::directory_iterator(ran.folder, error)) {
    if (entry.path().filename().string().starts_with('.')) {
      left.push_back("temporary file " + entry.path().string());
    }
  }
  return left;
}

std::string contents_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const fs::path& file, const std::string& bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace ipcgrade
