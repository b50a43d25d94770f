// Cgroups on plain folders that stand for hierarchies. What a plain folder can't play: its files
// are not made by mkdir(2), so those that are written are laid down before; and rmdir(2) fails
// while there are any, so they are taken away before removal is tested.
#include "sandbox/cgroup.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace sandbox {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::SizeIs;

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

std::string contents(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::string name_after(const std::string& name) {
  const std::size_t dash = name.rfind('-');
  return name.substr(0, dash + 1) + std::to_string(std::stoul(name.substr(dash + 1)) + 1);
}

class CgroupTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ipcgrade-cgroup-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  fs::path folder(const std::string& name) const {
    fs::create_directories(root_ / name);
    return root_ / name;
  }

  /// Groups in `parent`.
  static std::vector<fs::path> groups(const fs::path& parent) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(parent)) {
      if (entry.is_directory()) found.push_back(entry.path());
    }
    return found;
  }

  fs::path root_;
  Limits limits_;
};

/// The name of the next group: they count through the process.
std::string next_name(const fs::path& scratch) {
  CgroupHierarchies probe;
  probe.v2 = scratch;
  probe.v2_controls = true;
  const auto group =
      Cgroup::create(probe, {});  // there is no memory.max: it says so, with its path
  const std::string why = group->why_not();
  const std::size_t begin = why.find("ipcgrade-" + std::to_string(::getpid()));
  return name_after(why.substr(begin, why.find('/', begin) - begin));
}

TEST_F(CgroupTest, WithoutHierarchiesThereIsNone) {
  const auto group = Cgroup::create({}, limits_);
  ASSERT_TRUE(group);
  EXPECT_EQ(group->mode(), CgroupMode::kNone);
  EXPECT_THAT(group->why_not(), testing::HasSubstr("memory and pids"));
  EXPECT_EQ(group->clone_into(), -1);
  EXPECT_THAT(group->tasks_files(), testing::Each(-1));
  const CgroupUsage usage = group->usage();
  EXPECT_FALSE(usage.cpu || usage.peak_memory || usage.memory_kills || usage.refused_forks);
}

TEST_F(CgroupTest, AGroupWhoseLimitsCannotBeSetIsNoneAndGoes) {
  CgroupHierarchies v2;
  v2.v2 = folder("v2");
  v2.v2_controls = true;
  {
    const auto group = Cgroup::create(v2, limits_);
    ASSERT_TRUE(group);
    EXPECT_EQ(group->mode(), CgroupMode::kNone);
    EXPECT_THAT(group->why_not(), testing::HasSubstr("memory.max"));
    EXPECT_EQ(group->clone_into(), -1);
  }
  EXPECT_THAT(groups(v2.v2), IsEmpty());
}

TEST_F(CgroupTest, AFolderThatMayNotBeMadeIsToldByName) {
  CgroupHierarchies v2;
  v2.v2 = root_ / "missing";
  v2.v2_controls = true;
  const auto group = Cgroup::create(v2, limits_);
  ASSERT_TRUE(group);
  EXPECT_EQ(group->mode(), CgroupMode::kNone);
  EXPECT_THAT(group->why_not(), testing::HasSubstr((root_ / "missing").string()));
}

TEST_F(CgroupTest, NamesThatAreTakenArePassedOver) {
  const fs::path parent = folder("v2");
  CgroupHierarchies v2;
  v2.v2 = parent;
  v2.v2_controls = true;
  const std::string name = next_name(folder("scratch"));
  // Left by a killed keeper that had our pid: it must neither be used nor stop us.
  fs::create_directory(parent / name);
  write(parent / name / "memory.max", "");
  {
    const auto group = Cgroup::create(v2, limits_);
    ASSERT_TRUE(group);
    EXPECT_THAT(group->why_not(), testing::Not(testing::HasSubstr(name + "/")))
        << "another name was tried";
    EXPECT_EQ(contents(parent / name / "memory.max"), "");
  }
  EXPECT_TRUE(fs::exists(parent / name));
}

TEST_F(CgroupTest, GroupsOfDeadKeepersGo) {
  const fs::path parent = folder("v2");
  for (const char* name :
       {"ipcgrade-5-0", "ipcgrade-5-12", "ipcgrade-6-0", "other", "ipcgrade-5-full"}) {
    fs::create_directory(parent / name);
  }
  write(parent / "ipcgrade-5-full" / "cgroup.procs", "");  // stands for a process
  // A keeper lives, wherever its number may be seen, as long as it holds the lock.
  const sandbox::Fd lock(::open((parent / "ipcgrade-6-0").c_str(), O_RDONLY | O_DIRECTORY));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX | LOCK_NB), 0);
  CgroupHierarchies v2;
  v2.v2 = parent;
  v2.v2_controls = true;
  v2.remove_stale_groups();
  std::vector<std::string> left;
  for (const fs::path& group : groups(parent)) left.push_back(group.filename());
  EXPECT_THAT(left, testing::UnorderedElementsAre("ipcgrade-6-0", "other", "ipcgrade-5-full"));
}

TEST_F(CgroupTest, V1NeedsBothControllers) {
  CgroupHierarchies v1;
  v1.v1_memory = folder("memory");
  const auto group = Cgroup::create(v1, limits_);
  ASSERT_TRUE(group);
  EXPECT_EQ(group->mode(), CgroupMode::kNone);
  EXPECT_THAT(groups(v1.v1_memory), IsEmpty());
}

TEST_F(CgroupTest, AV1GroupThatIsMadeInPartGoes) {
  CgroupHierarchies v1;
  v1.v1_memory = folder("memory");
  v1.v1_pids = folder("pids");
  v1.v1_cpuacct = folder("cpuacct");
  {
    const auto group = Cgroup::create(v1, limits_);
    ASSERT_TRUE(group);
    EXPECT_EQ(group->mode(), CgroupMode::kNone);
    EXPECT_THAT(group->why_not(), testing::HasSubstr("memory.limit_in_bytes"));
  }
  for (const fs::path& parent : {v1.v1_memory, v1.v1_pids, v1.v1_cpuacct}) {
    EXPECT_THAT(groups(parent), IsEmpty());
  }
}

// --- on the hierarchies of this machine ---------------------------------------------------------

class RealCgroupTest : public testing::Test {
 protected:
  void SetUp() override {
    found_ = CgroupHierarchies::find();
    auto group = Cgroup::create(found_, {});
    ASSERT_TRUE(group);
    if (group->mode() == CgroupMode::kNone) GTEST_SKIP() << "no cgroup: " << group->why_not();
  }
  [[nodiscard]] std::vector<fs::path> parents() const {
    std::vector<fs::path> all;
    for (const fs::path& parent :
         found_.v2_controls ? std::vector{found_.v2}
                            : std::vector{found_.v1_memory, found_.v1_pids, found_.v1_cpuacct}) {
      if (!parent.empty()) all.push_back(parent);
    }
    return all;
  }
  /// This process's groups.
  [[nodiscard]] std::vector<fs::path> made() const {
    const std::string prefix = "ipcgrade-" + std::to_string(::getpid()) + "-";
    std::vector<fs::path> groups;
    for (const fs::path& parent : parents()) {
      for (const auto& entry : fs::directory_iterator(parent)) {
        if (entry.path().filename().string().starts_with(prefix)) groups.push_back(entry.path());
      }
    }
    return groups;
  }
  /// The contents of whichever of the files is there.
  [[nodiscard]] std::string value_of(const std::vector<std::string>& names) const {
    for (const fs::path& group : made()) {
      for (const std::string& name : names) {
        if (fs::exists(group / name)) return contents(group / name);
      }
    }
    return "";
  }
  /// Runs `work` in a child that is in the group.
  static void run_in(const Cgroup& group, const std::function<void()>& work) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      for (const int tasks : group.tasks_files()) {
        if (tasks >= 0 && ::write(tasks, "0", 1) != 1) ::_exit(1);
      }
      char byte = 0;
      if (group.clone_into() >= 0 && ::read(ends[0], &byte, 1) != 1) ::_exit(1);
      work();
      ::_exit(0);
    }
    if (group.clone_into() >= 0) {
      const int procs = ::openat(group.clone_into(), "cgroup.procs", O_WRONLY | O_CLOEXEC);
      const std::string pid = std::to_string(child);
      EXPECT_EQ(::write(procs, pid.data(), pid.size()), static_cast<ssize_t>(pid.size()));
      ::close(procs);
      EXPECT_EQ(::write(ends[1], "x", 1), 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(ends[0]);
    ::close(ends[1]);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }

  CgroupHierarchies found_;
};

TEST_F(RealCgroupTest, SetsTheLimitsAndGoes) {
  Limits limits;
  limits.memory = 48ULL << 20;
  limits.processes = 7;
  {
    const auto group = Cgroup::create(found_, limits);
    ASSERT_TRUE(group);
    ASSERT_NE(group->mode(), CgroupMode::kNone);
    EXPECT_THAT(made(), SizeIs(parents().size()));
    EXPECT_EQ(value_of({"memory.max", "memory.limit_in_bytes"}), "50331648\n");
    EXPECT_EQ(value_of({"pids.max"}), "8\n") << "init counts, too";
  }
  EXPECT_THAT(made(), IsEmpty());
}

TEST_F(RealCgroupTest, CountsWhatTheTreeUses) {
  Limits limits;
  limits.processes = 3;
  const auto group = Cgroup::create(found_, limits);
  ASSERT_TRUE(group);
  const CgroupUsage before = group->usage();
  EXPECT_EQ(before.refused_forks, 0U);
  EXPECT_EQ(before.memory_kills.value_or(0), 0U);
  run_in(*group, [] {
    std::vector<char> memory(20 << 20, 1);
    for (int i = 0; i < 10; ++i) {
      if (::fork() == 0) {
        ::pause();
        ::_exit(0);
      }
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
    while (std::chrono::steady_clock::now() < until) {
    }
    // The children of this child, and not its parent: a group of its own would spare this.
    ::signal(SIGTERM, SIG_IGN);
    std::ifstream children("/proc/self/task/" + std::to_string(::getpid()) + "/children");
    for (pid_t child = 0; children >> child;) ::kill(child, SIGKILL);
    while (::wait(nullptr) > 0) {
    }
  });
  const CgroupUsage after = group->usage();
  ASSERT_TRUE(after.cpu);
  EXPECT_GE(*after.cpu, std::chrono::milliseconds(20));
  EXPECT_GE(after.refused_forks.value_or(0), 1U);
  EXPECT_GE(after.peak_memory.value_or(20U << 20), 20U << 20);
}

TEST_F(RealCgroupTest, IsFreshEachTime) {
  const auto one = Cgroup::create(found_, {});
  const auto two = Cgroup::create(found_, {});
  ASSERT_TRUE(one && two);
  EXPECT_THAT(made(), SizeIs(2 * parents().size()));
  Limits limits;
  run_in(*one, [] {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
    while (std::chrono::steady_clock::now() < until) {
    }
  });
  EXPECT_GT(*one->usage().cpu, *two->usage().cpu);
}

}  // namespace
}  // namespace sandbox
