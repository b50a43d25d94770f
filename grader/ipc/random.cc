// getrandom(2), random(4).
#include "ipc/random.h"

#include <fmt/format.h>
#include <sys/syscall.h>

#include <algorithm>
#include <vector>

#include "ipc/calls.h"
#include "ipc/mechanisms.h"

namespace ipcgrade {
namespace {

constexpr std::uint64_t kMost = 1U << 20;

/// Numerical Recipes' generator, from a seed of the task's own: forked children differ.
void fill(Task& task, std::span<std::byte> bytes) {
  std::uint32_t state = static_cast<std::uint32_t>(task.number) + task.random_bytes;
  for (std::byte& one : bytes) {
    state = state * 1664525U + 1013904223U;
    one = static_cast<std::byte>(state >> 24U);
  }
  task.random_bytes += static_cast<std::uint32_t>(bytes.size());
}

class RandomDescription : public Description {
 public:
  using Description::Description;

  [[nodiscard]] short ready(const Machine&) const override {
    return POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;
  }
  [[nodiscard]] std::vector<Touch> touches(Direction) const override { return {}; }
  [[nodiscard]] std::vector<Touch> looks() const override { return {}; }
  std::int64_t read(Machine&, Task& task, std::span<std::byte> into) override {
    fill(task, into);
    return static_cast<std::int64_t>(into.size());
  }
  std::int64_t write(Machine&, Task&, std::span<const std::byte> bytes) override {
    return static_cast<std::int64_t>(bytes.size());
  }
  [[nodiscard]] bool would_wait(const Machine&, const Task&, Direction,
                                std::size_t) const override {
    return false;
  }
  [[nodiscard]] std::string name(const Machine&) const override { return "random bytes"; }
  [[nodiscard]] std::vector<Failure> failures(Direction) const override { return {}; }
};

std::unique_ptr<Operation> decode_random(Machine&, Task&, const Call& call) {
  const std::uint64_t to = call.arguments[0];
  const std::uint64_t size = std::min(call.arguments[1], kMost);
  return small(fmt::format("getrandom({})", size), {}, [to, size](Machine& machine, Task& task) {
    std::vector<std::byte> bytes(size);
    fill(task, bytes);
    if (!machine.write(task, to, bytes)) return Effect::fails(EFAULT);
    return Effect::returns(static_cast<std::int64_t>(size));
  });
}

constexpr long kCalls[] = {SYS_getrandom};

}  // namespace

bool is_random_device(std::string_view path) {
  return path == "/dev/urandom" || path == "/dev/random";
}

std::shared_ptr<Description> make_random_description(int flags) {
  return std::make_shared<RandomDescription>(flags);
}

const Mechanism kRandomMechanism{"random bytes", kCalls, decode_random};

}  // namespace ipcgrade
