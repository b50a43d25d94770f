#include "sandbox/box.h"

#include "sandbox/files.h"
#include "sandbox/keeper.h"
#include "sandbox/sample.h"

namespace sandbox {

using std::chrono::milliseconds;

namespace {

/// What of a policy can be kept within a box without namespaces: what leads to objects of the whole
/// machine fails there, and where commands are its user's own, what reaches his other processes.
/// What was not wanted is refused as anywhere.
Expected<Policy> policy_without_namespaces(const Policy& wanted, Tier tier) {
  std::vector<std::string> allowed;
  std::vector<std::string> denied;
  for (const PolicyGroup& group : kPolicyGroups) {
    if (!wanted.allows(group.name)) continue;
    const bool own = group.name == "exec" || group.name == "timers" ||
                     (group.name == "signals" && tier != Tier::kSameId);
    (own ? allowed : denied).emplace_back(group.name);
  }
  return Policy::of(allowed, denied);
}

}  // namespace

Expected<Box> Box::open(const Host& host, BoxSpec spec) {
  if (const auto enough = host.suffices(); !enough) return std::unexpected(enough.error());
  std::optional<BareRoot> bare_root;
  if (!has_namespaces(host.tier)) {
    auto policy = policy_without_namespaces(spec.policy, host.tier);
    if (!policy) return std::unexpected(policy.error());
    spec.policy = std::move(*policy);
    auto made = BareRoot::make();
    if (!made) return std::unexpected(made.error());
    bare_root.emplace(std::move(*made));
  }
  if (const auto tried = spec.policy.tried(); !tried) return std::unexpected(tried.error());
  auto cgroup = Cgroup::create(host.cgroups, spec.limits);
  if (!cgroup) return std::unexpected(cgroup.error());
  const Policy& policy = spec.policy;
  auto init = InitProcess::create(
      {host, *cgroup, spec.limits, policy.allows("posix-ipc") || bare_root,
       policy.allows("network"), policy.allows("exec"), bare_root ? &*bare_root : nullptr});
  if (!init) return std::unexpected(init.error().within("make a box"));
  Isolation isolation{host.tier, cgroup->mode(), host.landlock_version, host.fixed_addresses,
                      host.why_not_better};
  auto keeper = std::make_unique<Keeper>(std::move(isolation), std::move(spec), std::move(*cgroup),
                                         std::move(bare_root), std::move(*init));
  if (auto ready = keeper->become_ready(); !ready) {
    return std::unexpected(ready.error().within("set up a box"));
  }
  return Box(std::move(keeper));
}

Box::Box(std::unique_ptr<Keeper> keeper) : keeper_(std::move(keeper)) {}
Box::Box(Box&&) noexcept = default;
Box::~Box() = default;

Isolation Box::isolation() const { return keeper_->isolation_; }

Expected<void> Box::place_program(const std::string& name, std::string_view bytes) {
  return make_file(keeper_->root(), "programs/" + name, bytes, 0755);
}

Expected<void> Box::place_file(const std::string& path, std::string_view bytes, bool executable) {
  // A command may have made a link there, which would lead to the host's files.
  if (!keeper_->commands_.empty()) return failure("no file is placed once a command was started");
  return make_file(keeper_->work(), path, bytes, executable ? 0755 : 0644, keeper_->init_.owner());
}

Expected<std::string> Box::fetch_file(const std::string& path, std::uint64_t most) const {
  return read_file_in_box(keeper_->root(), "work/" + path, keeper_->work(), most);
}

Expected<void> Box::give_segment(key_t key, std::uint64_t size) {
  return keeper_->give_segment(key, size);
}

Expected<int> Box::start(Command command) { return keeper_->start(std::move(command)); }
Expected<void> Box::wait(milliseconds most) { return keeper_->wait(most); }

const CommandState& Box::command(int number) const {
  return keeper_->commands_[static_cast<std::size_t>(number)]->state;
}
bool Box::running() const { return keeper_->running(); }
milliseconds Box::elapsed() const { return keeper_->elapsed(); }
const std::optional<Cause>& Box::cause() const { return keeper_->cause_; }
Expected<void> Box::end_all() { return keeper_->end_all(); }

Expected<Listing> Box::list() const {
  if (keeper_->gone_) return Listing{};
  return list_box(keeper_->views());
}
Expected<void> Box::list_named(Listing& listing) const {
  if (keeper_->gone_) return {};
  return sandbox::list_named(keeper_->views(), listing);
}
Expected<std::vector<SysvSegment>> Box::segments() const {
  if (keeper_->gone_) return std::vector<SysvSegment>{};
  return list_segments(keeper_->views());
}
Expected<HeldCommand> Box::start_held(Command command, const Hold& hold) {
  return keeper_->start_held(std::move(command), hold);
}
void Box::release(const HeldCommand& command) {
  keeper_->commands_[static_cast<std::size_t>(command.number)]->gate.reset();
}
int Box::root() const { return keeper_->root(); }
int Box::work() const { return keeper_->work(); }
uid_t Box::owner() const { return keeper_->init_.owner(); }
std::string_view Box::moved_to() const { return keeper_->moved_to(); }
std::string Box::outside(std::string_view path) const {
  return path_outside(keeper_->moved_to(), path);
}
AsUser Box::as_viewer() const { return AsUser(keeper_->viewer()); }
const std::vector<std::string>& Box::orphans() const { return keeper_->orphans_; }
std::uint64_t Box::sampled_memory() const {
  if (keeper_->cgroup_.mode() != CgroupMode::kNone) return 0;
  const AsUser viewing(keeper_->viewer());
  return sample_tree(keeper_->views()).memory;
}
void Box::set_output_sink(OutputSink sink) { keeper_->sink_ = std::move(sink); }

}  // namespace sandbox
