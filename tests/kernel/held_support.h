// Runs one of the programs of held/ under a supervisor, alone.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "supervise/holder.h"
#include "support/box_support.h"

namespace ipcgrade_test {

/// The usual order.
class UsualChooser : public ipcgrade::Chooser {
 public:
  std::size_t choose(const ipcgrade::Trace&, const ipcgrade::Decision& decision) override {
    return decision.usual;
  }
};

/// Some order, the same for the same seed.
class SomeChooser : public ipcgrade::Chooser {
 public:
  explicit SomeChooser(std::uint64_t seed) : state_(seed * 7919 + 13) {}
  std::size_t choose(const ipcgrade::Trace& trace, const ipcgrade::Decision& decision) override {
    const auto all = choices_of(trace, decision);
    std::vector<std::size_t> enabled;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].enabled) enabled.push_back(i);
    }
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return enabled[(state_ >> 33U) % enabled.size()];
  }

 private:
  std::uint64_t state_;
};

class HeldFixture : public BoxFixture {
 protected:
  /// Holds the program `name` ready.
  void hold(const std::string& name, std::string input = "") {
    programs_ = {{name, bytes_of(std::string(IPCGRADE_HELD_PROGRAMS) + "/held_" + name)}};
    scenario_ = {name, "title", {}, {{name, {}, std::move(input), {}}}, {}, assignment.limits.wall};
    scenario_.page_map = page_map;
    policy_ = test_policy(assignment.refused);
    auto made = ipcgrade::Holder::open({host(), assignment, policy_, programs_, -1, 0}, scenario_);
    ASSERT_TRUE(made) << made.error().text();
    holder_ = std::move(*made);
  }

  ipcgrade::Trace run(ipcgrade::Chooser& chooser, const ipcgrade::RunOptions& options = {}) {
    auto trace = holder_->run(chooser, options);
    if (!trace) {
      ADD_FAILURE() << trace.error().text();
      return {};
    }
    return std::move(*trace);
  }
  ipcgrade::Trace run() {
    UsualChooser usual;
    return run(usual);
  }

  ipcgrade::Assignment assignment;
  ipcgrade::PageMap page_map = ipcgrade::PageMap::kAsItIs;

 private:
  static sandbox::Policy test_policy(const std::vector<std::string>& refused) {
    const std::vector<std::string> groups{"sysv-shared-memory",
                                          "sysv-semaphores",
                                          "sysv-queues",
                                          "posix-ipc",
                                          "signals",
                                          "timers",
                                          "exec",
                                          "local-sockets"};
    return *sandbox::Policy::of(groups, refused);
  }

  std::vector<ipcgrade::Program> programs_;
  ipcgrade::Scenario scenario_;
  sandbox::Policy policy_ = sandbox::Policy::widest();
  std::unique_ptr<ipcgrade::Holder> holder_;
};

/// How a process of a run ended: as of a shell, or -1 where it was cut, -2 where it never began.
inline int status_of(const ipcgrade::ProcessRecord& process) {
  if (!process.end) return -2;
  const auto* signalled = std::get_if<sandbox::Signalled>(&*process.end);
  return signalled != nullptr ? 128 + signalled->signal : exit_status(*process.end);
}

}  // namespace ipcgrade_test
