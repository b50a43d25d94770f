// What a batch keeps.
#include "batch/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "support/process.h"

namespace ipcgrade {
namespace {

using testing::HasSubstr;

Imported imported(const std::string& key, const std::string& digest) {
  Imported one;
  one.handin.key = key;
  one.digest = digest;
  return one;
}

TEST(StoreTest, KeepsWhatItIsGiven) {
  const test::TemporaryFolder folder;
  EXPECT_FALSE(Store::is_in(folder.path()));
  const std::string bytes("a\0\xff", 3);
  {
    auto store = Store::open(folder.path());
    ASSERT_TRUE(store) << store.error().text();
    Grade result{.outcome = "failed", .score = 7.5, .max_score = 10, .json = bytes};
    ASSERT_TRUE(store->keep(imported("alice", "d1"), "lab 1", result));
    result.score = 8;
    ASSERT_TRUE(store->keep(imported("alice", "d1"), "lab 2", result));
  }
  EXPECT_TRUE(Store::is_in(folder.path()));
  auto store = Store::open(folder.path());
  ASSERT_TRUE(store);
  const auto found = store->result(imported("alice", "d1"), "lab 1");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->score, 7.5);
  EXPECT_EQ((*found)->json, bytes);
  for (const auto& [one, grading] :
       {std::pair{imported("alice", "d2"), "lab 1"}, std::pair{imported("alice", "d1"), "lab 3"},
        std::pair{imported("bob", "d1"), "lab 1"}}) {
    const auto none = store->result(one, grading);
    ASSERT_TRUE(none);
    EXPECT_FALSE(*none) << one.handin.key << one.digest << grading;
  }
}

TEST(StoreTest, IsOneProcesssAlone) {
  const test::TemporaryFolder folder;
  const auto mine = Store::open(folder.path());
  ASSERT_TRUE(mine);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto theirs = Store::open(folder.path());
    ::_exit(!theirs && theirs.error().text().contains("another ipcgrade") ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(StoreTest, KeptMeansKeptWhoeverIsKilledThen) {
  const test::TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = Store::open(folder.path());
    for (int i = 0; store && i < 5; ++i) {
      (void)store->keep(imported("s" + std::to_string(i), "d"), "lab", {.outcome = "passed"});
    }
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  auto store = Store::open(folder.path());
  ASSERT_TRUE(store);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(*store->result(imported("s" + std::to_string(i), "d"), "lab"));
  }
}

TEST(StoreTest, WhatIsNoStoreIsAnError) {
  const auto none = Store::open("/nonexistent/folder");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().text(), HasSubstr("results can't be kept"));
}

}  // namespace
}  // namespace ipcgrade
