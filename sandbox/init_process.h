// The keeper's hold on a box's init: makes it, talks to it, and ends it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sandbox/bare_root.h"
#include "sandbox/cgroup.h"
#include "sandbox/error.h"
#include "sandbox/fd.h"
#include "sandbox/host.h"
#include "sandbox/limits.h"
#include "sandbox/protocol.h"

namespace sandbox {

struct Plan;

struct InitSpec {
  const Host& host;
  const Cgroup& cgroup;
  const Limits& limits;
  bool posix_ipc = true;
  bool network = false;
  bool exec = false;
  const BareRoot* root = nullptr;  ///< in the place of a private root, where there is none
};

/// Whether that is how a machine says that it will not, and not that it can't just now.
[[nodiscard]] bool is_refusal(const Error& error);

/// A report, with the descriptors that came with it.
struct ReceivedReport {
  Report report;
  std::vector<Fd> files;
};

/// Owns the process. Destroying it ends init and with it every process of the box: by the kernel,
/// where init is process 1 of a namespace; else by init itself, and by whoever has its user id.
class InitProcess {
 public:
  /// Clones init, into new namespaces where the host has them, and tells it to set up. It does so
  /// on its own: the first report is kReady or kFailed.
  [[nodiscard]] static Expected<InitProcess> create(const InitSpec& spec);

  /// Whether the host's tier, one with namespaces, can be had: makes them, a private root in them,
  /// and lets them go.
  [[nodiscard]] static Expected<void> try_namespaces(const Host& host);

  InitProcess(InitProcess&&) noexcept = default;
  InitProcess& operator=(InitProcess&&) = delete;
  ~InitProcess();

  /// Readable when a report is there, or init has gone.
  [[nodiscard]] int control() const { return control_.get(); }

  [[nodiscard]] pid_t pid() const { return pid_; }  ///< as seen from outside

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

  /// Of what clone3 made, or fork where that is refused.
  [[nodiscard]] static Expected<InitProcess> clone(Plan& plan, const InitSpec& spec);

  Fd control_;
  Fd pidfd_;
  pid_t pid_ = 0;
  Tier tier_ = Tier::kRoot;
  uid_t owner_ = 0;
  uid_t user_in_box_ = 0;
};

}  // namespace sandbox
