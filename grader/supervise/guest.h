// The memory of held tasks, for the modelled machine: private memory through ptrace's relatives,
// shared memory from the arena, mapped files mapped by us as well.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "ipc/machine.h"
#include "sandbox/box.h"
#include "supervise/arena.h"
#include "supervise/tracee.h"

namespace ipcgrade {

class Guest : public GuestMemory {
 public:
  /// All are borrowed but for the number that the arena's descriptor has in tasks.
  Guest(const sandbox::Box& box, Arena& arena, int descriptor)
      : box_(box), arena_(arena), descriptor_(descriptor) {}
  ~Guest() override;

  void set_tracee(TaskId task, Tracee tracee);

  bool read(TaskId task, std::uint64_t address, std::span<std::byte> into) override;
  bool write(TaskId task, std::uint64_t address, std::span<const std::byte> bytes) override;
  std::span<std::byte> allocate(std::uint64_t size, std::uint64_t& place) override;
  [[nodiscard]] int arena_descriptor() const override { return descriptor_; }
  std::optional<File> map_file(TaskId task, int descriptor) override;
  std::optional<std::int64_t> file_position(TaskId task, int descriptor, int whence) override;

 private:
  struct Mapped;

  const sandbox::Box& box_;
  Arena& arena_;
  int descriptor_;
  std::vector<Tracee> tracees_;
  std::map<std::uint64_t, std::shared_ptr<Mapped>> files_;
};

}  // namespace ipcgrade
