// The keeper's hold on a box's init: makes it, talks to it, and ends it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sandbox/cgroup.h"
#include "sandbox/error.h"
#include "sandbox/fd.h"
#include "sandbox/host.h"
#include "sandbox/limits.h"
#include "sandbox/protocol.h"

namespace sandbox {

struct InitSpec {
  const Host& host;
  const Cgroup& cgroup;
  const Limits& limits;
  bool posix_ipc = true;
  bool network = false;
  bool exec = false;
};

/// A report, with the descriptors that came with it.
struct ReceivedReport {
  Report report;
  std::vector<Fd> files;
};

/// Owns the process. Destroying it kills init and with it, by the kernel, every process of the box.
class InitProcess {
 public:
  /// Clones init into new namespaces and tells it to set up. It does so on its own: the first
  /// report is kReady or kFailed.
  [[nodiscard]] static Expected<InitProcess> create(const InitSpec& spec);

  InitProcess(InitProcess&&) noexcept = default;
  InitProcess& operator=(InitProcess&&) = delete;
  ~InitProcess();

  /// Readable when a report is there, or init has gone.
  [[nodiscard]] int control() const { return control_.get(); }

  /// User and group id of commands, as seen from outside the box and in it.
  [[nodiscard]] uid_t owner() const { return owner_; }
  [[nodiscard]] uid_t user_in_box() const { return user_in_box_; }

  /// Sends an order; of `order.text` only the first `text_size` bytes.
  [[nodiscard]] Expected<void> send(const Order& order, std::size_t text_size,
                                    std::span<const int> files) const;

  /// The next report; nothing where none is there yet. An error where init has gone.
  [[nodiscard]] Expected<std::optional<ReceivedReport>> receive() const;

 private:
  InitProcess() = default;

  Fd control_;
  Fd pidfd_;
  uid_t owner_ = 0;
  uid_t user_in_box_ = 0;
};

}  // namespace sandbox
