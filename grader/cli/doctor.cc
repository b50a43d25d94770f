#include <fmt/format.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/open_lab.h"
#include "report/text.h"
#include "sandbox/box.h"
#include "sandbox/describe.h"
#include "sandbox/policy_rules.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;

/// What trying a layer came to.
struct Finding {
  enum class State { kThere, kWeak, kMissing } state = State::kThere;
  std::string text;
};

/// Runs a shell line in a box of its own; the box is left to be asked.
sandbox::Expected<sandbox::Box> try_in_box(const sandbox::Host& host, const std::string& line,
                                           sandbox::Limits limits, sandbox::Policy policy,
                                           std::string& printed) {
  auto box = sandbox::Box::open(host, {std::move(policy), limits, -1});
  if (!box) return box;
  box->set_output_sink(
      [&printed](int, sandbox::Stream, std::string_view bytes) { printed += bytes; });
  sandbox::Command command;
  command.path = "/bin/bash";
  command.arguments = {"bash", "-c", line};
  command.environment = {"PATH=/usr/bin:/bin"};
  if (auto started = box->start(std::move(command)); !started) {
    return std::unexpected(started.error());
  }
  while (box->running()) {
    if (auto waited = box->wait(1s); !waited) return std::unexpected(waited.error());
  }
  return box;
}

class Doctor {
 public:
  explicit Doctor(Context& context) : context_(context), host_(sandbox::Host::find()) {}

  int examine() {
    report("isolation", boxes());
    if (can_grade_) {
      report("private root", private_root());
      report("private IPC", private_ipc());
      report("network", network());
      report("user", user());
      report("memory limit", limit("tail /dev/zero", sandbox::LimitKind::kMemory));
      report("process limit",
             limit("for i in {1..99}; do sleep 9 & done; wait", sandbox::LimitKind::kProcesses));
      report("CPU limit", limit("while :; do :; done", sandbox::LimitKind::kCpuTime));
      report("time limit", limit("sleep 99", sandbox::LimitKind::kWallTime));
      report("file size limit",
             limit("exec head -c 9M /dev/zero > big", sandbox::LimitKind::kFileSize));
      report("output limit", limit("yes", sandbox::LimitKind::kOutput));
      report("Landlock", landlock());
      report("system calls", system_calls());
    }
    for (const char* tool : {"gcc", "g++", "make"}) report(tool, compiler(tool));
    text_ += can_grade_ ? "\nSubmissions can be graded here.\n"
                        : "\nNo submission can be graded here.\n";
    const bool shown = context_.console.result(text_);
    return shown && can_grade_ ? kExitPassed : kExitUngraded;
  }

 private:
  void report(std::string_view layer, const Finding& finding) {
    constexpr std::array<std::string_view, 3> kWords{"ok  ", "weak", "NO  "};
    constexpr std::array<std::string_view, 3> kColors{"\x1b[32m", "\x1b[33m", "\x1b[31m"};
    const auto state = static_cast<std::size_t>(finding.state);
    const bool color = context_.console.colored(STDOUT_FILENO);
    text_ += fmt::format("{}{}{}  {:<16} {}\n", color ? kColors[state] : "", kWords[state],
                         color ? "\x1b[0m" : "", layer, finding.text);
    if (finding.state == Finding::State::kMissing) can_grade_ = false;
  }

  [[nodiscard]] sandbox::Limits small_limits() const {
    sandbox::Limits limits;
    limits.wall = 10s;
    limits.memory = 64ULL << 20;
    limits.processes = 16;
    limits.output = 1ULL << 20;
    limits.file_size = 4ULL << 20;
    return limits;
  }

  Finding boxes() {
    std::string printed;
    auto box = try_in_box(host_, "true", small_limits(), sandbox::Policy::widest(), printed);
    if (!box) return {Finding::State::kMissing, box.error().text()};
    const auto isolation = box->isolation();
    const auto missing = isolation.missing();
    Finding finding{missing.empty() ? Finding::State::kThere : Finding::State::kWeak,
                    isolation.text()};
    for (const std::string& one : missing) finding.text += fmt::format("\n{:24}{}", "", one);
    return finding;
  }

  /// Runs `line`; there if it prints `expected`, else missing with what it printed.
  Finding prints(const std::string& line, const std::string& expected, const std::string& good) {
    std::string printed;
    auto box = try_in_box(host_, line, small_limits(), sandbox::Policy::widest(), printed);
    if (!box) return {Finding::State::kMissing, box.error().text()};
    if (printed != expected) return {Finding::State::kMissing, "the box says: " + printed};
    return {Finding::State::kThere, good};
  }

  Finding private_root() {
    if (!sandbox::has_namespaces(host_.tier)) {
      if (host_.landlock_version == 0) {
        return {Finding::State::kWeak,
                "none: permissions alone keep a build from the host's files"};
      }
      return prints(
          "ls / > /dev/null 2>&1 && echo seen; "
          "for i in /usr/x /tmp/x /var/tmp/x; do touch $i 2>/dev/null && echo $i; done; "
          "touch x && echo writable",
          "writable\n", "none, but a build can't list or change the host's folders");
    }
    return prints(
        "ls -d /home /root /var 2>/dev/null; touch /usr/x /x /programs/x 2>/dev/null; "
        "touch /work/x /tmp/x && echo writable",
        "writable\n", "the host's folders are not seen, the system's not writable");
  }

  Finding private_ipc() {
    if (!sandbox::has_namespaces(host_.tier)) {
      return prints("ipcmk -M 1 > /dev/null 2>&1 && echo made; ls /dev/mqueue 2>/dev/null; true",
                    "",
                    "none, but a build can't make System V objects, and a held program's are ours");
    }
    // One object outside: it must not be seen inside.
    const int segment = ::shmget(IPC_PRIVATE, 1, 0600);
    const auto finding = prints("tail -n +2 /proc/sysvipc/shm; ls /dev/shm /dev/mqueue | wc -l",
                                "3\n", "System V objects outside are not seen inside");
    if (segment >= 0) ::shmctl(segment, IPC_RMID, nullptr);
    return finding;
  }

  Finding network() {
    std::string printed;
    std::vector<std::string> groups{"exec", "signals", "local-sockets"};
    auto policy = sandbox::Policy::of(groups);
    if (!policy) return {Finding::State::kMissing, policy.error().text()};
    auto box = try_in_box(host_, "exec 3<>/dev/tcp/127.0.0.1/9", small_limits(), *policy, printed);
    if (!box) return {Finding::State::kMissing, box.error().text()};
    if (printed.find("Operation not permitted") != std::string::npos) {
      return {Finding::State::kThere, "a build can't make sockets"};
    }
    const auto& cause = box->cause();
    const auto* refused = cause ? std::get_if<sandbox::RefusedCall>(&cause->what) : nullptr;
    if (refused == nullptr) return {Finding::State::kMissing, "a socket was not refused"};
    return {Finding::State::kThere, "refused by name: " + refused->call};
  }

  Finding user() {
    // Who never had a capability can't give up the set of those that may come; no_new_privs keeps
    // them away.
    const bool same = host_.tier == sandbox::Tier::kSameId;
    return prints(
        "grep -cE '^(CapPrm|CapEff|CapBnd):.0+$|^NoNewPrivs:.1$|^Seccomp:.2$' "
        "/proc/self/status",
        same ? "4\n" : "5\n",
        same ? "your own, without capabilities; no_new_privs, seccomp"
             : "no capabilities, no_new_privs, seccomp");
  }

  Finding limit(const std::string& line, sandbox::LimitKind kind) {
    sandbox::Limits limits = small_limits();
    if (kind == sandbox::LimitKind::kWallTime) limits.wall = 200ms;
    if (kind == sandbox::LimitKind::kCpuTime) limits.cpu = 200ms;
    std::string printed;
    auto box = try_in_box(host_, line, limits, sandbox::Policy::widest(), printed);
    if (!box) return {Finding::State::kMissing, box.error().text()};
    const auto& cause = box->cause();
    const auto* reached = cause ? std::get_if<sandbox::LimitReached>(&cause->what) : nullptr;
    if (reached == nullptr && kind == sandbox::LimitKind::kMemory &&
        box->isolation().cgroup == sandbox::CgroupMode::kNone) {
      return {Finding::State::kWeak, "sampled, and this one was over before it was seen"};
    }
    if (reached == nullptr || reached->kind != kind) {
      return {Finding::State::kMissing,
              reached == nullptr ? "was not kept" : "came as: " + sandbox::limit_text(*reached)};
    }
    return {Finding::State::kThere, "kept and told: " + sandbox::limit_text(*reached)};
  }

  Finding landlock() const {
    if (host_.landlock_version == 0) return {Finding::State::kWeak, "not in this kernel"};
    return {Finding::State::kThere, fmt::format("version {}", host_.landlock_version)};
  }

  static Finding system_calls() {
    const sandbox::Policy widest = sandbox::Policy::widest();
    const auto tried = widest.tried();
    if (!tried) return {Finding::State::kMissing, tried.error().text()};
    return {Finding::State::kThere,
            fmt::format("{} tried, each answered as the policy says", *tried)};
  }

  Finding compiler(const char* tool) {
    const std::string path = std::string("/usr/bin/") + tool;
    if (::access(path.c_str(), X_OK) != 0) {
      return {Finding::State::kMissing, fmt::format("not installed: apt-get install {}", tool)};
    }
    if (!can_grade_) return {Finding::State::kThere, path};
    std::string printed;
    auto box =
        try_in_box(host_, path + " --version", small_limits(), sandbox::Policy::widest(), printed);
    if (!box) return {Finding::State::kMissing, box.error().text()};
    return {Finding::State::kThere, printed.substr(0, printed.find('\n'))};
  }

  Context& context_;
  sandbox::Host host_;
  std::string text_;
  bool can_grade_ = true;
};

/// The calls of `group`, in alphabetical order; those of which a rule is about some arguments only
/// with a star.
std::string calls_of(std::string_view group) {
  std::map<std::string_view, bool> calls;
  for (const sandbox::PolicyRule& rule : sandbox::policy_rules()) {
    const bool fails = rule.action == sandbox::RuleAction::kDeny;
    if (rule.group == group && !fails) calls[rule.call] |= !rule.conditions.empty();
  }
  std::string text;
  for (const auto& [call, some] : calls) {
    text += fmt::format("{}{}{}", text.empty() ? "" : " ", call, some ? "*" : "");
  }
  return text;
}

/// What the lab's programs may call, and what becomes of the rest.
std::string policy_text(const Assignment& lab, const sandbox::Policy& policy) {
  std::array<std::string, 3> parts;  // allowed, denied, refused
  const auto add = [&](std::size_t part, std::string_view name, std::string_view meaning) {
    parts[part] += fmt::format("\n{}: {}\n", name, meaning);
    for (const std::string& line : wrapped(calls_of(name), 75)) parts[part] += "    " + line + "\n";
  };
  add(0, sandbox::kBaseGroup, "what every program does");
  for (const sandbox::PolicyGroup& group : sandbox::kPolicyGroups) {
    const bool denied = std::ranges::find(lab.refused, group.name) != lab.refused.end();
    add(policy.allows(group.name) ? 0 : denied ? 1 : 2, group.name, group.meaning);
  }
  add(2, sandbox::kKernelGroup.name, sandbox::kKernelGroup.meaning);
  std::string text =
      fmt::format("What programs of the lab \"{}\" may call. * with some arguments\n", lab.name);
  text += "\nALLOWED\n" + parts[0];
  if (!parts[1].empty()) text += "\nFAILS with EPERM, and the program goes on\n" + parts[1];
  text +=
      "\nREFUSED: it ends the run, and is reported as forbidden-call with its line\n" + parts[2];
  text += "\nAll other calls fail with ENOSYS, as in a kernel that does not have them; but for\n";
  std::set<std::string> fails;
  for (const sandbox::PolicyRule& rule : sandbox::policy_rules()) {
    if (rule.error_number == 0) continue;
    fails.insert(fmt::format("    {}* with {}\n", rule.call, ::strerrorname_np(rule.error_number)));
  }
  for (const std::string& one : fails) text += one;
  return text;
}

int show_policy(Context& context, const std::string& name) {
  const auto lab = open_lab(context, name);
  if (!lab) return kExitWrongInput;
  const auto policy = sandbox::Policy::of(lab->policy, lab->refused);
  if (!policy) {
    context.console.error(policy.error().text());
    return kExitUngraded;
  }
  std::string text = policy_text(*lab, *policy);
  const auto tried = policy->tried();
  text += tried ? fmt::format("\n{} calls tried here: each is answered so.\n", *tried)
                : "\n" + tried.error().text() + "\n";
  return context.console.result(text) && tried ? kExitPassed : kExitUngraded;
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  auto lab = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "doctor", "Try what isolation this machine offers, layer by layer, and say it");
  command->add_option("--policy", *lab, "Say instead what a lab's programs may call, and try it")
      ->option_text("LAB");
  add_common_options(*command, context);
  command->callback([&context, lab] {
    context.action = [&context, lab] {
      return lab->empty() ? Doctor(context).examine() : show_policy(context, *lab);
    };
  });
}

}  // namespace ipcgrade
