#include "ipc/standard_streams.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "ipc/machine.h"

namespace ipcgrade {

namespace {

/// Gives all that is asked for, like a file; but can't be sought in, and may be cut short, like a
/// pipe. Its writer is done: it never waits, and ends.
class StandardInput : public StandardStream {
 public:
  StandardInput(ObjectId object, std::string content)
      : StandardStream(O_RDONLY), object_(object), content_(std::move(content)) {}

  [[nodiscard]] short ready(const Machine&) const override {
    return at_ < content_.size() ? POLLIN | POLLRDNORM : POLLHUP;
  }
  [[nodiscard]] std::vector<Touch> touches(Direction) const override { return {writes(object_)}; }
  [[nodiscard]] std::vector<Touch> looks() const override { return {reads(object_)}; }
  [[nodiscard]] std::int64_t available(const Machine&) const override {
    return static_cast<std::int64_t>(content_.size() - at_);
  }
  std::int64_t read(Machine&, Task&, std::span<std::byte> into) override {
    const std::size_t size = std::min(into.size(), content_.size() - at_);
    std::memcpy(into.data(), content_.data() + at_, size);
    at_ += size;
    return static_cast<std::int64_t>(size);
  }
  [[nodiscard]] std::optional<std::uint64_t> wakes(Direction) const override { return 0; }
  [[nodiscard]] std::string name(const Machine&) const override { return "stdin"; }
  [[nodiscard]] std::vector<Failure> failures(Direction) const override { return {{EIO}, {0}}; }
  [[nodiscard]] bool private_when_alone() const override { return true; }

 private:
  ObjectId object_;
  std::string content_;
  std::size_t at_ = 0;
};

class StandardOutput : public StandardStream {
 public:
  /// `object`: kNoObject where the order of what is written does not matter (stderr).
  StandardOutput(ObjectId object, const char* name, std::string& text)
      : StandardStream(O_WRONLY), object_(object), name_(name), text_(text) {}

  [[nodiscard]] short ready(const Machine&) const override { return POLLOUT | POLLWRNORM; }
  [[nodiscard]] std::vector<Touch> touches(Direction) const override {
    if (object_ == kNoObject) return {};
    return {writes(object_)};
  }
  [[nodiscard]] std::vector<Touch> looks() const override { return {}; }
  std::int64_t write(Machine&, Task&, std::span<const std::byte> bytes) override {
    // Beyond what any lab allows nothing is kept.
    constexpr std::size_t kMost = 64U << 20;
    const std::size_t kept = std::min(bytes.size(), kMost - std::min(kMost, text_.size()));
    text_.append(reinterpret_cast<const char*>(bytes.data()), kept);
    return static_cast<std::int64_t>(bytes.size());
  }
  [[nodiscard]] std::optional<std::uint64_t> wakes(Direction) const override { return 0; }
  [[nodiscard]] std::string name(const Machine&) const override { return name_; }
  [[nodiscard]] std::vector<Failure> failures(Direction) const override {
    if (object_ == kNoObject) return {};
    return {{ENOSPC}, {EIO}};
  }
  [[nodiscard]] bool private_when_alone() const override { return true; }

 private:
  ObjectId object_;
  const char* name_;
  std::string& text_;
};

}  // namespace

void open_standard_streams(Machine& machine, Process& process, std::string input,
                           std::string& output, std::string& errors) {
  const ObjectId in = machine.make<Object>(ObjectKind::kFile, "stdin of " + process.name).id();
  const ObjectId out = machine.make<Object>(ObjectKind::kFile, "stdout of " + process.name).id();
  DescriptorTable& table = *process.descriptors;
  table.put(0, std::make_shared<StandardInput>(in, std::move(input)), false);
  table.put(1, std::make_shared<StandardOutput>(out, "stdout", output), false);
  table.put(2, std::make_shared<StandardOutput>(kNoObject, "stderr", errors), false);
}

}  // namespace ipcgrade
