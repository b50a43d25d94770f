// Work in processes of its own.
#include "batch/process_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <map>
#include <stdexcept>

namespace ipcgrade {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using Next = ProcessPoolWork::Next;

struct ProcessPoolTest : testing::Test {
  int core = ::sched_getcpu();
  std::map<std::size_t, std::string> results;
  std::vector<std::size_t> begun;
  ProcessPoolOptions options{.cores = {core, core, core}};

  void run(std::size_t count, std::function<std::string(std::size_t)> work,
           std::function<Next(std::size_t)> next = nullptr) {
    const auto done =
        run_processes(count, options,
                      {.work = std::move(work),
                       .begun = [&](std::size_t index) { begun.push_back(index); },
                       .done =
                           [&](std::size_t index, sandbox::Expected<std::string> result) {
                             results[index] += result ? *result : result.error().text();
                             return next ? next(index) : Next::kGoOn;
                           }});
    ASSERT_TRUE(done) << done.error().text();
  }
};

TEST_F(ProcessPoolTest, EachResultComesToWhatItIsOf) {
  run(5, [](std::size_t index) { return std::string(index * 100'000, 'x') + "!"; });
  ASSERT_EQ(results.size(), 5U);
  for (const auto& [index, bytes] : results) EXPECT_EQ(bytes.size(), index * 100'000 + 1);
  EXPECT_THAT(begun, ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(ProcessPoolTest, WhoDiesCostsNobodyElse) {
  run(4, [](std::size_t index) -> std::string {
    if (index == 1) ::raise(SIGKILL);
    if (index == 2) throw std::runtime_error("x");
    return "well";
  });
  EXPECT_THAT(results, ElementsAre(Pair(0, "well"), Pair(1, "was ended by SIGKILL"),
                                   Pair(2, "failed"), Pair(3, "well")));
}

TEST_F(ProcessPoolTest, WhoHangsIsEnded) {
  options.most_time = std::chrono::seconds(1);
  run(2, [](std::size_t index) -> std::string {
    if (index == 0) ::pause();
    return "well";
  });
  EXPECT_THAT(results, ElementsAre(Pair(0, "was not done in 1 s"), Pair(1, "well")));
}

TEST_F(ProcessPoolTest, AgainAfterAllOthers) {
  options.cores = {core};
  int times = 0;
  run(
      3, [](std::size_t) { return std::string("."); },
      [&times](std::size_t index) {
        return index == 0 && ++times == 1 ? Next::kAgain : Next::kGoOn;
      });
  EXPECT_THAT(begun, ElementsAre(0, 1, 2, 0));
  EXPECT_THAT(results, ElementsAre(Pair(0, ".."), Pair(1, "."), Pair(2, ".")));
}

TEST_F(ProcessPoolTest, EndsAllWhereOneSaysSo) {
  run(
      4,
      [](std::size_t index) {
        if (index > 0) ::pause();
        return std::string("well");
      },
      [](std::size_t) { return Next::kEnd; });
  EXPECT_THAT(results, ElementsAre(Pair(0, "well")));
  EXPECT_THAT(begun, ElementsAre(0, 1, 2));
}

TEST_F(ProcessPoolTest, EachIsOnItsCore) {
  run(1, [this](std::size_t) {
    cpu_set_t set;
    ::sched_getaffinity(0, sizeof set, &set);
    return std::string(CPU_COUNT(&set) == 1 && CPU_ISSET(static_cast<std::size_t>(core), &set)
                           ? "pinned"
                           : "anywhere");
  });
  EXPECT_EQ(results[0], "pinned");
}

TEST_F(ProcessPoolTest, StopsWhenToldTo) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  options.stop = ends[0];
  options.cores = {core};
  run(
      3, [](std::size_t) { return std::string("well"); },
      [&](std::size_t) {
        EXPECT_EQ(::write(ends[1], "", 1), 1);
        return Next::kAgain;
      });
  EXPECT_THAT(begun, ElementsAre(0));
  results.clear();
  run(3, [](std::size_t) { return std::string("well"); });
  EXPECT_THAT(results, IsEmpty());
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace ipcgrade
