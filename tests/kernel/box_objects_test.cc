// Boxes on a real kernel: the objects and files in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "kernel/guest_box.h"
#include "support/process.h"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ipcgrade::test::TemporaryFolder;
using ipcgrade_test::BoxTest;
using ipcgrade_test::exit_status;
using ipcgrade_test::GuestBox;
using ipcgrade_test::TestBox;
using ipcgrade_test::with_policy;
using testing::ElementsAre;
using testing::IsEmpty;

// --- objects ------------------------------------------------------------------------------------

TEST_F(BoxTest, ListsEverySortOfObject) {
  GuestBox box;
  EXPECT_EQ(exit_status(box.end(box.start_guest({"leave-all"}))), 0);
  for (int i = 0; i < 100 && box.list().processes.empty(); ++i) box.wait(10ms);
  const sandbox::Listing left = box.list();
  ASSERT_EQ(left.segments.size(), 1);
  EXPECT_EQ(left.segments[0].key, 5678);
  EXPECT_EQ(left.segments[0].size, 27);
  EXPECT_EQ(left.segments[0].attached, 0);
  EXPECT_FALSE(left.segments[0].removed);
  ASSERT_EQ(left.semaphore_sets.size(), 1);
  EXPECT_EQ(left.semaphore_sets[0].key, 5678);
  EXPECT_EQ(left.semaphore_sets[0].count, 3);
  ASSERT_EQ(left.message_queues.size(), 1);
  EXPECT_EQ(left.message_queues[0].key, 5679);
  EXPECT_EQ(left.message_queues[0].messages, 1);
  EXPECT_EQ(left.message_queues[0].bytes, 5);
  ASSERT_EQ(left.posix_queues.size(), 1);
  EXPECT_EQ(left.posix_queues[0].name, "/queue");
  ASSERT_EQ(left.shared_memory_files.size(), 2);
  EXPECT_EQ(left.shared_memory_files[0].name, "object");
  EXPECT_EQ(left.shared_memory_files[0].size, 100);
  EXPECT_EQ(left.shared_memory_files[1].name, "sem.semaphore");
  ASSERT_EQ(left.processes.size(), 1);
  EXPECT_EQ(left.processes[0].name, "guest");
  ASSERT_TRUE(box->end_all());
  const sandbox::Listing after = box.list();
  EXPECT_THAT(after.processes, IsEmpty());
  EXPECT_EQ(after.segments.size(), 1) << "objects stay, to be listed";
  EXPECT_THAT(box->orphans(), IsEmpty()) << "what we killed had no chance to be waited for";
}

TEST_F(BoxTest, ListsAProcessWhoseFirstThreadHasEnded) {
  GuestBox box;
  EXPECT_EQ(exit_status(box.end(box.start_guest({"headless"}))), 0);
  EXPECT_EQ(box.list().processes.size(), 1);
}

TEST_F(BoxTest, TellsChildrenThatNobodyWaitedFor) {
  GuestBox box;
  EXPECT_EQ(exit_status(box.end(box.start_guest({"orphan"}))), 0);
  for (int i = 0; i < 500 && box->orphans().empty(); ++i) box.wait(10ms);
  EXPECT_THAT(box->orphans(), ElementsAre("guest"));
}

TEST_F(BoxTest, GivesASegmentThatCommandsMayRemove) {
  GuestBox box;
  ASSERT_TRUE(box->give_segment(5678, 27));
  auto segments = box->segments();
  ASSERT_TRUE(segments);
  ASSERT_EQ(segments->size(), 1);
  EXPECT_EQ(segments->front().size, 27);
  const int command = box.start_guest({"remove-segment", "5678"});
  EXPECT_EQ(exit_status(box.end(command)), 0) << box.output[command];
  EXPECT_THAT(box.list().segments, IsEmpty());
  EXPECT_TRUE(box->give_segment(1, 1));
  EXPECT_FALSE(box->give_segment(1, 1)) << "exists";
  EXPECT_FALSE(box->give_segment(2, 0)) << "no such size";
}

TEST_F(BoxTest, NoSegmentHasTheIdOfAGivenOne) {
  GuestBox box;
  for (const key_t key : {5678, 5679, 5680}) ASSERT_TRUE(box->give_segment(key, 27));
  const sandbox::Listing given = box.list();
  ASSERT_EQ(given.segments.size(), 3);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(given.segments[i].key, 5678 + static_cast<key_t>(i));
    EXPECT_EQ(given.segments[i].id, static_cast<int>(i));
  }
  for (int i = 0; i < 3; ++i) {
    const int command = box.start_guest({"replace-segment", "5678", "27"});
    EXPECT_EQ(exit_status(box.end(command)), 0) << box.output[command];
    const sandbox::Listing left = box.list();
    ASSERT_EQ(left.segments.size(), 3);
    for (const auto& segment : left.segments) {
      EXPECT_EQ(segment.id < 3, segment.key != 5678) << segment.id;
    }
  }
}

TEST_F(BoxTest, NotifiesByThreads) {
  GuestBox box(with_policy({"posix-ipc"}));
  const int command = box.start_guest({"notify-by-thread"});
  EXPECT_EQ(exit_status(box.end(command)), 0) << box.output[command];
}

TEST_F(BoxTest, KeepsTwoBoxesWithOneKeyApart) {
  GuestBox one;
  GuestBox two;
  const int first = one.start_guest({"make-segment", "5678", "27"});
  ASSERT_TRUE(one.wait_for_output(first, "ready"));
  const int second = two.start_guest({"make-segment", "5678", "4096"});
  ASSERT_TRUE(two.wait_for_output(second, "ready")) << two.output[second];
  EXPECT_EQ(one.list().segments.at(0).size, 27);
  EXPECT_EQ(two.list().segments.at(0).size, 4096);
  EXPECT_EQ(::shmget(5678, 0, 0), -1) << "nor is it seen outside";
}

TEST_F(BoxTest, HasNoPosixObjectsWithoutTheGroup) {
  TestBox box(with_policy({"exec"}));
  const int command = box.start_shell("ls -d /dev/shm /dev/mqueue 2> /dev/null");
  box.finish();
  EXPECT_EQ(box.output[command], "");
  const auto left = box.list();
  EXPECT_THAT(left.posix_queues, IsEmpty());
  EXPECT_THAT(left.shared_memory_files, IsEmpty());
}

// --- files --------------------------------------------------------------------------------------

TEST_F(BoxTest, FetchesRegularFilesOfItsFolderOnly) {
  TestBox box;
  ASSERT_TRUE(box->place_file("whole", "bytes"));
  const int command = box.start_shell(
      "mkfifo fifo; ln -s /etc/hostname link; ln -s /dev/zero device; mkdir folder;"
      "ln -s /etc away; ln -s missing nowhere; ln -s round round; ln -s ../proc/self/exe magic;"
      "mkdir -p deep/er; cp whole deep/er/file; ln -s whole near; ln -s /work/near far;"
      "ln -s ../../deep/er/file deep/er/up; head -c 1000 /dev/zero > large; echo made");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box->fetch_file("whole", 100).value_or("?"), "bytes");
  EXPECT_EQ(box->fetch_file("deep/er/file", 100).value_or("?"), "bytes");
  for (const char* path : {"near", "far", "deep/er/up"}) {
    EXPECT_EQ(box->fetch_file(path, 100).value_or("?"), "bytes") << path;
  }
  for (const char* path :
       {"fifo", "link", "device", "nowhere", "round", "magic", "folder", "missing", "large",
        "away/hostname", "away/passwd", "../etc/passwd", "/etc/passwd"}) {
    const auto fetched = box->fetch_file(path, 100);
    EXPECT_FALSE(fetched) << path << " gave " << *fetched;
  }
  EXPECT_EQ(box->fetch_file("missing", 100).error().error_number, ENOENT);
}

TEST_F(BoxTest, FetchesFilesWhileOthersRename) {
  TestBox box;
  const int command = box.start_shell("mkdir deep; echo bytes > file; ln -s ../file deep/link");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  const TemporaryFolder folder;
  ASSERT_TRUE(fs::create_directory(folder / "0"));
  std::jthread renaming([&](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      fs::rename(folder / std::to_string(i), folder / std::to_string(i + 1));
    }
  });
  for (int i = 0; i < 5000; ++i) {
    const auto fetched = box->fetch_file("deep/link", 100);
    ASSERT_TRUE(fetched) << fetched.error().text();
  }
}

TEST_F(BoxTest, PlacesNoFileThroughALinkOfACommand) {
  const TemporaryFolder folder;
  const std::string target = folder.path();
  TestBox box;
  const int command = box.start_shell("ln -s " + target + " out; ln -s " + target + "/x file");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_FALSE(box->place_file("out/stolen", "bytes"));
  EXPECT_FALSE(box->place_file("out/folder/stolen", "bytes"));
  EXPECT_FALSE(box->place_file("file", "bytes"));
  EXPECT_TRUE(fs::is_empty(target));
}

TEST_F(BoxTest, MakesProgramsUnchangeable) {
  GuestBox box;
  const int command = box.start_shell(
      "echo > /programs/guest || rm -f /programs/guest || mv /programs /p || echo kept");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box.output[command], "kept\n");
  EXPECT_FALSE(box->place_program("late", "bytes"));
}

}  // namespace
