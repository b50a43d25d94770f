// For tests that make boxes: they skip, and name what is missing, where none can be made.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/box.h"
#include "sandbox/files.h"

namespace ipcgrade_test {

inline const sandbox::Host& host() {
  static const sandbox::Host kHost = sandbox::Host::find();
  return kHost;
}

/// Why no box can be made here; empty where one can.
inline const std::string& why_no_box() {
  static const std::string kReason = [] {
    auto box = sandbox::Box::open(host(), {});
    return box ? std::string() : box.error().text();
  }();
  return kReason;
}

class BoxFixture : public testing::Test {
 protected:
  void SetUp() override {
    if (!why_no_box().empty()) GTEST_SKIP() << "no box can be made here: " << why_no_box();
  }
};

inline std::string bytes_of(const std::filesystem::path& file) {
  auto bytes = sandbox::read_regular_file(AT_FDCWD, file.string(), 256ULL << 20);
  if (!bytes) ADD_FAILURE() << file << ": " << bytes.error().text();
  return bytes.value_or("");
}

/// A box that collects what its commands print.
class TestBox {
 public:
  explicit TestBox(sandbox::BoxSpec spec = {}, const sandbox::Host& on = host())
      : box_(open(std::move(spec), on)) {
    box_.set_output_sink([this](int command, sandbox::Stream stream, std::string_view bytes) {
      (stream == sandbox::Stream::kOutput ? output[command] : errors[command]) += bytes;
    });
  }
  TestBox(TestBox&&) = delete;

  sandbox::Box* operator->() { return &box_; }
  sandbox::Box& operator*() { return box_; }

  int start(std::vector<std::string> arguments, sandbox::Fd input = {}) {
    sandbox::Command command;
    command.path = arguments.front();
    command.arguments = std::move(arguments);
    command.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C"};
    command.input = std::move(input);
    auto started = box_.start(std::move(command));
    if (!started) throw std::runtime_error(started.error().text());
    return *started;
  }
  int start_shell(const std::string& script) { return start({"/bin/sh", "-c", script}); }

  void wait(std::chrono::milliseconds most = std::chrono::milliseconds{100}) {
    if (auto done = box_.wait(most); !done) throw std::runtime_error(done.error().text());
  }
  /// Until no command runs; the box's own limits bound it.
  void finish() {
    while (box_.running()) wait();
  }
  /// Until it printed this; false where it ended without.
  bool wait_for_output(int command, const std::string& text) {
    while (output[command].find(text) == std::string::npos) {
      if (box_.command(command).end) return false;
      wait();
    }
    return true;
  }
  [[nodiscard]] const sandbox::CommandEnd& end(int command) {
    finish();
    return *box_.command(command).end;
  }
  [[nodiscard]] sandbox::Listing list() {
    auto listing = box_.list();
    if (!listing) throw std::runtime_error(listing.error().text());
    return std::move(*listing);
  }

  std::map<int, std::string> output;
  std::map<int, std::string> errors;

 private:
  static sandbox::Box open(sandbox::BoxSpec spec, const sandbox::Host& on) {
    auto box = sandbox::Box::open(on, std::move(spec));
    if (!box) throw std::runtime_error(box.error().text());
    return std::move(*box);
  }
  sandbox::Box box_;
};

/// The status of a command that exited; -1 for any other end.
inline int exit_status(const sandbox::CommandEnd& end) {
  const auto* exited = std::get_if<sandbox::Exited>(&end);
  return exited == nullptr ? -1 : exited->status;
}

}  // namespace ipcgrade_test
