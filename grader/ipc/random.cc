// getrandom(2): random bytes are the same in every run.
#include <fmt/format.h>
#include <sys/syscall.h>

#include <algorithm>
#include <vector>

#include "ipc/calls.h"
#include "ipc/mechanisms.h"

namespace ipcgrade {
namespace {

std::unique_ptr<Operation> decode_random(Machine&, Task&, const Call& call) {
  constexpr std::uint64_t kMost = 1U << 20;
  const std::uint64_t to = call.arguments[0];
  const std::uint64_t size = std::min(call.arguments[1], kMost);
  return small(fmt::format("getrandom({})", size), {}, [to, size](Machine& machine, Task& task) {
    std::vector<std::byte> bytes(size);
    // Numerical Recipes' generator, from a seed of the task's own: forked children differ.
    std::uint32_t state = static_cast<std::uint32_t>(task.number) + task.random_bytes;
    for (std::byte& one : bytes) {
      state = state * 1664525U + 1013904223U;
      one = static_cast<std::byte>(state >> 24U);
    }
    task.random_bytes += static_cast<std::uint32_t>(size);
    if (!machine.write(task, to, bytes)) return Effect::fails(EFAULT);
    return Effect::returns(static_cast<std::int64_t>(size));
  });
}

constexpr long kCalls[] = {SYS_getrandom};

}  // namespace

const Mechanism kRandomMechanism{"random bytes", kCalls, decode_random};

}  // namespace ipcgrade
