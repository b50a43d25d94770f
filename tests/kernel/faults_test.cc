// A machine in trouble: whatever fails under the grader, it ends, with whole reports, leaves
// nothing behind, and says of a hand-in what it always says, or that it could not grade it and why.
//
// IPCGRADE_FAULT_POINTS=N tries N calls of each function instead of one, which takes N minutes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "../support/faults/with_faults.h"

namespace ipcgrade::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kProgram = IPCGRADE_BINARY;

constexpr const char* kLab = R"(schema = 1
name = "faults"
title = "a child's number"
programs = ["number"]

[limits]
wall = "10s"
memory = "64MiB"

[[scenario]]
id = "run"
title = "it is run"

  [[scenario.start]]
  program = "number"

  [[scenario.result]]
  number = { output = "7\n" }

[[check]]
id = "build"
title = "it builds"
points = 1

[[check]]
id = "output"
title = "it prints the child's number"
points = 1

[[check]]
id = "every-order"
title = "in every order"
points = 1

[[check]]
id = "data-races"
title = "without races"
points = 1

[[check]]
id = "clean-up"
title = "leaving nothing"
points = 1
)";

/// A parent prints what its child leaves in memory that they share; `before` comes in between.
std::string number_with(const std::string& before) {
  return R"(#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  int *number = mmap(NULL, sizeof *number, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (number == MAP_FAILED) return 1;
  const pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    *number = 7;
    _exit(0);
  }
  )" + before +
         R"(
  printf("%d\n", *number);
  while (wait(NULL) > 0) continue;
  return 0;
}
)";
}

/// The errors that a call fails with, where it is another than for want of memory.
std::vector<int> errors_of(Faulty function) {
  switch (function) {
    // Known, and not mended: where these fail libdw tells fewer lines, or none, and not why.
    case Faulty::realloc:
    case Faulty::fopen:
    case Faulty::fopen64:
    case Faulty::open:
    case Faulty::open64:
    // Nor can it be told from a task that the kernel has ended for want of memory, which is ESRCH.
    case Faulty::ptrace:
      return {};
    case Faulty::fork:
    case Faulty::clone:
    case Faulty::pthread_create:
    case Faulty::timer_create:
      return {EAGAIN};
    case Faulty::openat:
    case Faulty::pipe2:
    case Faulty::socketpair:
      return {EMFILE};
    case Faulty::write:
    case Faulty::pwrite64:
    case Faulty::mkdir:
    case Faulty::mkdirat:
    case Faulty::ftruncate:
    case Faulty::ftruncate64:
    case Faulty::rename:
      return {ENOSPC};
    case Faulty::read:
    case Faulty::pread:
    case Faulty::pread64:
    case Faulty::readdir:
    case Faulty::stat:
    case Faulty::fstat:
    case Faulty::access:
    case Faulty::fsync:
    case Faulty::fdatasync:
      return {EIO};
    case Faulty::poll:
    case Faulty::waitpid:
    case Faulty::waitid:
    case Faulty::wait4:
      return {EINTR};
    // What is not taken away stays, and the clock does not fail.
    case Faulty::rmdir:
    case Faulty::unlink:
    case Faulty::unlinkat:
    case Faulty::clock_gettime:
      return {};
    default:
      return {ENOMEM};
  }
}

/// Without what is another each time; and what the machine offers, which is told as it was found.
json without_times(json report) {
  if (report.is_object()) {
    for (const char* key : {"seconds", "execution_time", "sandbox"}) report.erase(key);
  }
  for (json& part : report) {
    if (part.is_structured()) part = without_times(std::move(part));
  }
  return report;
}

/// Groups that one of these made, and that are no more in use. Others may run meanwhile.
std::vector<std::string> left_cgroups(const std::set<int>& makers) {
  static const std::regex kName(R"(ipcgrade-(\d+)-\d+)");
  std::vector<std::string> left;
  std::error_code error;
  for (fs::recursive_directory_iterator
           entry("/sys/fs/cgroup", fs::directory_options::skip_permission_denied, error),
       end;
       !error && entry != end; entry.increment(error)) {
    std::smatch match;
    const std::string name = entry->path().filename();
    if (std::regex_match(name, match, kName) && makers.contains(std::stoi(match[1]))) {
      left.push_back(entry->path());
    }
  }
  return left;
}

/// Waits for processes that a grader left and that are about to end; how many are not.
int left_processes() {
  constexpr int kMostNaps = 200;
  for (int naps = 0; naps < kMostNaps; ++naps) {
    while (::waitpid(-1, nullptr, WNOHANG) > 0) continue;
    if (::waitpid(-1, nullptr, WNOHANG) < 0) return 0;
    ::usleep(10'000);
  }
  std::ifstream children("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  const std::vector<pid_t> all{std::istream_iterator<pid_t>(children), {}};
  for (const pid_t child : all) ::kill(child, SIGKILL);
  return static_cast<int>(all.size());
}

std::size_t points() {
  const char* asked = std::getenv("IPCGRADE_FAULT_POINTS");
  return asked == nullptr ? 1 : std::stoul(asked);
}

class GradersFaults : public testing::Test {
 protected:
  void SetUp() override {
    const Ran box = run({kProgram, "sandbox", "--", "true"});
    if (box.status != 0) GTEST_SKIP() << box.errors;
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    folder_.write("lab/assignment.toml", kLab);
    folder_.write("class/honest/number.c", number_with("wait(NULL);"));
    folder_.write("class/wrong/number.c", number_with("usleep(1000);"));
    folder_.write("mistaken/number.c", "int main(void) { return number; }\n");
  }

  [[nodiscard]] std::vector<std::string> check(const std::string& handin) const {
    return {kProgram,        "check",
            folder_ / "lab", folder_ / handin,
            "--json",        reports_ / "r.json",
            "--junit",       reports_ / "r.xml",
            "--html",        reports_ / "r.html",
            "--sarif",       reports_ / "r.sarif",
            "--gradescope",  reports_ / "g.json"};
  }
  [[nodiscard]] std::vector<std::string> batch() const {
    return {kProgram, "batch", folder_ / "lab", folder_ / "class", "--out", reports_ / "out"};
  }

  RanWithFaults run_with(const Fault& fault, const std::vector<std::string>& words) {
    for (const fs::path& path : {reports_, temporary_}) {
      fs::remove_all(path);
      fs::create_directories(path);
    }
    return test::run_with(fault, words, temporary_);
  }

  /// Each report in JSON, as always; that the others are whole is looked at.
  [[nodiscard]] std::map<std::string, json> reports() const {
    std::map<std::string, json> all;
    for (const auto& entry : fs::recursive_directory_iterator(reports_)) {
      const std::string ending = entry.path().extension();
      const std::string bytes = contents(entry.path());
      if (ending == ".json" || ending == ".sarif") {
        json report = json::parse(bytes, nullptr, false);
        EXPECT_FALSE(report.is_discarded()) << entry.path() << ": " << bytes;
        all[entry.path().lexically_relative(reports_)] = without_times(std::move(report));
      } else if (ending == ".html") {
        EXPECT_THAT(bytes, testing::EndsWith("</html>\n")) << entry.path();
      } else if (ending == ".xml") {
        EXPECT_THAT(bytes, testing::EndsWith("</testsuites>\n")) << entry.path();
      }
      EXPECT_NE(ending, ".tmp") << entry.path();
    }
    return all;
  }

  void expect_right(const RanWithFaults& ran, int status,
                    const std::map<std::string, json>& always) {
    SCOPED_TRACE(ran.output + ran.errors);
    ASSERT_TRUE(ran.status == status || ran.status == 3) << ran.status;
    // One that could not be written, or made; the others are as always.
    const bool unwritten =
        ran.errors.contains("ipcgrade: write ") || ran.errors.contains("not enough memory");
    for (const auto& [name, report] : reports()) {
      const auto before = always.find(name);
      ASSERT_NE(before, always.end()) << name;
      if (report.contains("outcome") && report["outcome"] == "ungraded") {
        EXPECT_EQ(ran.status, 3);
        EXPECT_FALSE(report["ungraded_reason"].get<std::string>().empty());
      } else if (report.contains("outcome")) {
        EXPECT_EQ(report, before->second);
        if (ran.status == 3 && name == "r.json") {
          EXPECT_TRUE(unwritten);
        }
      }
    }
    if (ran.status == 3) {
      EXPECT_THAT(ran.output + ran.errors,
                  testing::AnyOf(HasSubstr("ipcgrade: "), HasSubstr("not graded")));
    } else {
      EXPECT_EQ(reports().size(), always.size());
    }
    EXPECT_EQ(ran.errors.find("fault of ipcgrade itself"), std::string::npos);
    EXPECT_EQ(ran.errors.find("terminate called"), std::string::npos);
    EXPECT_TRUE(fs::is_empty(temporary_));
    EXPECT_EQ(left_processes(), 0);
    EXPECT_THAT(left_cgroups(ran.makers), IsEmpty());
  }

  /// Each function's calls, spread over a run.
  void sweep(const std::vector<std::string>& words, std::size_t every = 1) {
    const RanWithFaults always = run_with({}, words);
    ASSERT_LT(always.status, 2) << always.errors;
    const auto as_always = reports();
    ASSERT_FALSE(as_always.empty());
    for (const auto& [function, calls] : always.calls) {
      if (static_cast<std::size_t>(function) % every != 0) continue;
      for (const int error : errors_of(function)) {
        for (std::size_t i = 0; i < points(); ++i) {
          // Any will do, but the same each time.
          const std::uint64_t call =
              1 + (static_cast<std::uint64_t>(function) * 7919 + i * 104'729) % calls;
          const Fault fault{.function = function, .error_number = error, .first = call};
          SCOPED_TRACE(fault.text());
          expect_right(run_with(fault, words), always.status, as_always);
        }
      }
    }
  }

  TemporaryFolder folder_;
  fs::path reports_ = folder_ / "reports";
  fs::path temporary_ = folder_ / "tmp";
};

TEST_F(GradersFaults, OfAnyCallDoNotFailWhoIsRight) { sweep(check("class/honest")); }
TEST_F(GradersFaults, OfAnyCallDoNotChangeWhatIsFound) { sweep(check("class/wrong")); }
TEST_F(GradersFaults, OfAnyCallDoNotChangeWhatTheCompilerSays) { sweep(check("mistaken"), 3); }
TEST_F(GradersFaults, OfAnyCallDoNotChangeAClass) { sweep(batch(), 3); }

/// From some moment on, for good: what is tried again fails again.
TEST_F(GradersFaults, ForGoodEndInNoGrade) {
  constexpr std::uint64_t kForGood = ~0ULL;
  const auto words = check("class/wrong");
  const RanWithFaults always = run_with({}, words);
  const auto as_always = reports();
  for (const auto& [function, error] : {std::pair{Faulty::fork, EAGAIN},
                                        {Faulty::clone, EAGAIN},
                                        {Faulty::pthread_create, EAGAIN},
                                        {Faulty::malloc, ENOMEM},
                                        {Faulty::mmap, ENOMEM},
                                        {Faulty::openat, EMFILE},
                                        {Faulty::process_vm_readv, ENOMEM}}) {
    const Fault fault{.function = function,
                      .error_number = error,
                      .first = always.calls.at(function) / 2 + 1,
                      .last = kForGood};
    SCOPED_TRACE(fault.text());
    expect_right(run_with(fault, words), always.status, as_always);
  }
}

TEST_F(GradersFaults, OfMemoryAreToldInAWord) {
  const Fault fault{.function = Faulty::malloc, .error_number = ENOMEM, .last = ~0ULL};
  const RanWithFaults ran = run_with(fault, check("class/honest"));
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.errors, "ipcgrade: there is not enough memory\n");
  EXPECT_THAT(reports(), IsEmpty());
}

/// Less and less address space, down to what the loader needs.
TEST_F(GradersFaults, OfAddressSpaceGradeNobodyWrongly) {
  const auto words = check("class/honest");
  (void)run_with({}, words);
  const auto as_always = reports();
  for (const int mebibytes : {400, 200, 120}) {
    auto limited = words;
    limited.insert(
        limited.begin(),
        {"sh", "-c", fmt::format("ulimit -v {} && exec \"$@\"", mebibytes * 1024), "sh"});
    SCOPED_TRACE(mebibytes);
    expect_right(run_with({}, limited), 0, as_always);
  }
}

/// The children that read debug information, and init of each box, as somebody's kill does it.
TEST_F(GradersFaults, OfKilledHelpersChangeNothingThatIsTold) {
  const auto words = check("class/wrong");
  const RanWithFaults always = run_with({}, words);
  const auto as_always = reports();
  for (const Faulty of :
       {Faulty::setrlimit, Faulty::sethostname, Faulty::signalfd, Faulty::wait4}) {
    // Process 1 of a namespace can't kill itself: the call fails, then.
    const Fault once{.function = of, .error_number = EIO, .signal = SIGKILL};
    SCOPED_TRACE(once.text());
    const RanWithFaults ran = run_with(once, words);
    EXPECT_EQ(ran.failed, 1U);
    expect_right(ran, always.status, as_always);
    const RanWithFaults again =
        run_with({.function = of, .error_number = EIO, .last = ~0ULL, .signal = SIGKILL}, words);
    EXPECT_EQ(again.status, 3);
    expect_right(again, 3, as_always);
  }
  // A helper is asked again.
  EXPECT_EQ(run_with({.function = Faulty::setrlimit, .signal = SIGKILL}, words).status,
            always.status);
}

TEST_F(GradersFaults, OfTheTimeOfDayChangeNothing) {
  constexpr std::int64_t kDay = 86'400;
  for (const std::string handin : {"class/honest", "class/wrong"}) {
    const RanWithFaults always = run_with({}, check(handin));
    const auto as_always = reports();
    for (const std::int64_t jump : {kDay, -kDay}) {
      const Fault fault{.function = Faulty::clock_gettime,
                        .first = always.calls.at(Faulty::clock_gettime) / 2,
                        .jump = jump};
      const RanWithFaults ran = run_with(fault, check(handin));
      EXPECT_EQ(ran.status, always.status);
      expect_right(ran, always.status, as_always);
    }
  }
}

/// With as little as a report or two has room in.
TEST_F(GradersFaults, OfAFullDiskLeaveNoHalfReport) {
  const fs::path disk = folder_ / "disk";
  fs::create_directories(disk);
  const auto on_disk = [&](const std::string& size, const std::string& command) {
    return std::vector<std::string>{
        "unshare", "--mount", "sh", "-c",
        fmt::format("mount -t tmpfs -o size={} none '{}' && {}; status=$?; cp -r '{}/.' '{}'; exit "
                    "$status",
                    size, disk.string(), command, disk.string(), reports_.string())};
  };
  if (run({"unshare", "--mount", "true"}).status != 0) GTEST_SKIP() << "no mounts can be made";
  const auto command = [](const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += "'" + word + "' ";
    return text;
  };
  const auto words = check("class/wrong");
  const RanWithFaults always = run_with({}, words);
  const auto as_always = reports();
  auto to_disk = words;
  for (std::string& word : to_disk) {
    if (word.starts_with(reports_.string()))
      word.replace(0, reports_.string().size(), disk.string());
  }
  for (const char* size : {"4k", "24k"}) {
    const RanWithFaults ran = run_with({}, on_disk(size, command(to_disk)));
    EXPECT_EQ(ran.status, 3) << size << ran.errors;
    EXPECT_THAT(ran.errors, HasSubstr("the disk is full"));
    EXPECT_THAT(ran.output, HasSubstr("3/5 points"));  // what is known is told all the same
    expect_right(ran, 3, as_always);
  }
  // A class: what fits is there and right, what does not is said.
  (void)run_with({}, batch());
  const auto class_as_always = reports();
  auto class_words = batch();
  class_words.back() = disk / "out";
  for (const char* size : {"32k", "128k"}) {
    const RanWithFaults ran = run_with({}, on_disk(size, command(class_words)));
    EXPECT_EQ(ran.status, 3) << size << ran.errors;
    expect_right(ran, 3, class_as_always);
  }
}

/// A reader that has gone, of either stream; with reports in files all the same.
TEST_F(GradersFaults, OfAReaderThatHasGoneAreNoPass) {
  const auto piped = [&](const char* what) {
    auto words = check("class/honest");
    words.insert(
        words.begin(),
        {"sh", "-c",
         fmt::format(
             "trap '' PIPE; rm -f {0}/p; mkfifo {0}/p; exec 3<>{0}/p 4>{0}/p 3<&-; exec \"$@\" {1}",
             folder_.path().string(), what),
         "sh"});
    return words;
  };
  (void)run_with({}, check("class/honest"));
  const auto as_always = reports();
  RanWithFaults ran = run_with({}, piped(">&4"));
  EXPECT_EQ(ran.status, 3);
  EXPECT_THAT(ran.errors, HasSubstr("ipcgrade: stdout: write: Broken pipe"));
  EXPECT_EQ(reports(), as_always);
  ran = run_with({}, piped("2>&4"));
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(reports(), as_always);
}

/// No process more than those that are there, as an ordinary user: there limits count.
TEST_F(GradersFaults, OfAnOrdinaryUserWithoutProcessesGradeNobodyWrongly) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can be somebody else";
  if (run({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "test", "-x", kProgram})
          .status != 0) {
    GTEST_SKIP() << "an ordinary user can't run the grader from here";
  }
  fs::permissions(folder_.path(), fs::perms::others_exec | fs::perms::others_read,
                  fs::perm_options::add);
  const auto words_with = [&](int processes) {
    auto words = check("class/honest");
    words.insert(words.begin(),
                 {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c",
                  fmt::format("ulimit -u {} && exec \"$@\"", processes), "sh"});
    return words;
  };
  const auto run_as_nobody = [&](int processes) {
    fs::remove_all(reports_);
    fs::create_directories(reports_);
    fs::create_directories(temporary_);
    fs::permissions(reports_, fs::perms::all);
    return RanWithFaults{run(words_with(processes)), 0, {}, {}};
  };
  const RanWithFaults always = run_as_nobody(1000);
  if (always.status == 3) GTEST_SKIP() << always.output;
  const auto as_always = reports();
  for (const int processes : {1, 3, 5, 8}) {
    SCOPED_TRACE(processes);
    expect_right(run_as_nobody(processes), always.status, as_always);
  }
}

}  // namespace
}  // namespace ipcgrade::test
