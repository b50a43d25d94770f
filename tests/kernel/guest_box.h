// What the tests of boxes share: a box with the guest in it, limits and policies in short, and
// causes and ends in words.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/box_support.h"

namespace ipcgrade_test {

/// Ends take a few milliseconds, and a second at most is promised; a loaded machine gets more.
inline constexpr std::chrono::seconds kSoon{3};

/// Whether it comes true soon.
template <typename Condition>
bool soon(Condition holds) {
  const auto deadline = std::chrono::steady_clock::now() + kSoon;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

inline constexpr const char* kGuest = "/programs/guest";

inline std::string guest_bytes() {
  // As an ordinary user the tests run from a copy: see AsOrdinaryUser.
  const char* copy = std::getenv("IPCGRADE_GUEST_COPY");
  return bytes_of(copy != nullptr ? copy : IPCGRADE_GUEST);
}

/// A box in which the guest can be started.
class GuestBox : public TestBox {
 public:
  explicit GuestBox(sandbox::BoxSpec spec = {}, const sandbox::Host& on = host())
      : TestBox(std::move(spec), on) {
    if (auto placed = (*this)->place_program("guest", guest_bytes()); !placed) {
      throw std::runtime_error(placed.error().text());
    }
  }
  int start_guest(std::vector<std::string> action, sandbox::Fd input = {}) {
    action.insert(action.begin(), kGuest);
    return start(std::move(action), std::move(input));
  }
};

inline sandbox::BoxSpec with_limits(sandbox::Limits limits) {
  sandbox::BoxSpec spec;
  spec.limits = limits;
  return spec;
}

inline sandbox::BoxSpec with_policy(std::vector<std::string> groups,
                                    std::vector<std::string> denied = {}) {
  auto policy = sandbox::Policy::of(groups, denied);
  EXPECT_TRUE(policy) << policy.error().text();
  sandbox::BoxSpec spec;
  spec.policy = *policy;
  return spec;
}

inline std::string cause_text(const std::optional<sandbox::Cause>& cause) {
  if (!cause) return "no cause";
  if (const auto* limit = std::get_if<sandbox::LimitReached>(&cause->what)) {
    return "limit " + std::to_string(static_cast<int>(limit->kind));
  }
  if (const auto* refused = std::get_if<sandbox::RefusedCall>(&cause->what)) return refused->call;
  return "interrupted";
}

inline std::string end_text(const sandbox::CommandEnd& end) {
  if (const auto* exited = std::get_if<sandbox::Exited>(&end)) {
    return "exit " + std::to_string(exited->status);
  }
  if (const auto* signalled = std::get_if<sandbox::Signalled>(&end)) {
    return "signal " + std::to_string(signalled->signal);
  }
  if (const auto* not_started = std::get_if<sandbox::NotStarted>(&end)) {
    return not_started->step + ": " + std::strerror(not_started->error_number);
  }
  return "ended by the keeper";
}

class BoxTest : public BoxFixture {};

}  // namespace ipcgrade_test
