#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "assignment/units.h"
#include "cli/commands.h"
#include "report/escape.h"
#include "sandbox/box.h"
#include "sandbox/describe.h"
#include "sandbox/files.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

/// Exit statuses of `sandbox`, beside the command's own.
constexpr int kSetUpFailed = 125;
constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;
constexpr int kKilled = 128 + 9;
constexpr std::uint64_t kMostOfProgram = 256ULL << 20;

struct SandboxOptions {
  std::vector<std::string> command;
  std::string json;
  std::string input;
  std::vector<std::string> allowed;
  std::string wall = "10s";
  std::string cpu = "10s";
  std::string memory = "256MiB";
  std::string file_size = "64MiB";
  std::string output = "16MiB";
  std::uint32_t processes = 64;
  std::uint32_t open_files = 256;
};

/// What a run came to, before it is shown.
struct Outcome {
  std::optional<sandbox::CommandState> state;
  std::optional<sandbox::Cause> cause;
  sandbox::Listing left;
  std::vector<std::string> orphans;
  sandbox::Isolation isolation;
  /// Why some of its output could not be passed on. A reader that goes away is no such reason.
  std::optional<sandbox::Error> unwritten;
};

std::expected<sandbox::Limits, std::string> limits_of(const SandboxOptions& options) {
  sandbox::Limits limits;
  for (const auto& [text, field, name] : {std::tuple{&options.wall, &limits.wall, "--wall"},
                                          std::tuple{&options.cpu, &limits.cpu, "--cpu"}}) {
    const auto time = try_duration(*text);
    if (!time) return std::unexpected(fmt::format("{} takes a time such as 500ms or 10s", name));
    *field = *time;
  }
  for (const auto& [text, field, name] :
       {std::tuple{&options.memory, &limits.memory, "--memory"},
        std::tuple{&options.file_size, &limits.file_size, "--file-size"},
        std::tuple{&options.output, &limits.output, "--output"}}) {
    const auto size = try_size(*text);
    if (!size) return std::unexpected(fmt::format("{} takes a size such as 64MiB", name));
    *field = *size;
  }
  if (limits.memory < sandbox::Limits::kLeastMemory) {
    return std::unexpected("--memory must be at least 4MiB: the box itself needs some");
  }
  if (options.open_files < sandbox::Limits::kLeastOpenFiles) {
    return std::unexpected(
        fmt::format("--open-files must be at least {}: the box itself needs some",
                    sandbox::Limits::kLeastOpenFiles));
  }
  limits.processes = options.processes;
  limits.open_files = options.open_files;
  return limits;
}

/// Where the command is in the box, and what is to be put there first.
struct FoundCommand {
  std::string path;
  std::optional<std::string> bytes;
};

/// A name with a slash that is no system folder's is a program of the caller's: it is copied in. An
/// error where it is nothing that could be.
sandbox::Expected<FoundCommand> find_command(const std::string& name) {
  if (name.find('/') == std::string::npos) {
    for (const char* folder : {"/usr/local/bin/", "/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"}) {
      std::string path = folder + name;
      if (::access(path.c_str(), X_OK) == 0) return FoundCommand{std::move(path), std::nullopt};
    }
    return FoundCommand{name, std::nullopt};  // not to be found, which the start will say
  }
  for (const char* folder : {"/usr/", "/bin/", "/sbin/", "/lib"}) {
    if (name.starts_with(folder)) return FoundCommand{name, std::nullopt};
  }
  std::error_code error;
  const auto real = std::filesystem::canonical(name, error);
  if (error) return FoundCommand{name, std::nullopt};
  auto bytes = sandbox::read_regular_file(AT_FDCWD, real.string(), kMostOfProgram);
  if (!bytes) return std::unexpected(bytes.error());
  if (::access(real.c_str(), X_OK) != 0) return sandbox::from_errno("execute");
  return FoundCommand{"/programs/" + real.filename().string(), std::move(*bytes)};
}

sandbox::Expected<Outcome> run(const SandboxOptions& options, sandbox::BoxSpec spec,
                               sandbox::Fd input) {
  auto box = sandbox::Box::open(sandbox::Host::find(), std::move(spec));
  if (!box) return std::unexpected(box.error());
  const auto found = find_command(options.command.front());
  if (!found) {
    Outcome outcome;
    outcome.isolation = box->isolation();
    outcome.state.emplace().end =
        sandbox::NotStarted{found.error().what, found.error().error_number, true};
    return outcome;
  }
  if (found->bytes) {
    const std::string name = found->path.substr(found->path.rfind('/') + 1);
    if (auto placed = box->place_program(name, *found->bytes); !placed) {
      return std::unexpected(placed.error());
    }
  }
  std::optional<sandbox::Error> unwritten;
  box->set_output_sink([&unwritten](int, sandbox::Stream stream, std::string_view bytes) {
    const int fd = stream == sandbox::Stream::kOutput ? STDOUT_FILENO : STDERR_FILENO;
    // A terminal obeys what it is sent: it gets nothing that is not visible.
    const auto written = sandbox::write_all(
        fd, ::isatty(fd) == 1 ? visible(bytes, Newlines::kKeep) : std::string(bytes));
    if (!written && !unwritten) unwritten = written.error();
  });
  sandbox::Command command;
  command.path = found->path;
  command.arguments = options.command;
  command.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/work", "LANG=C.UTF-8"};
  command.input = std::move(input);
  const auto number = box->start(std::move(command));
  if (!number) return std::unexpected(number.error());
  while (box->running()) {
    // As in `… | head -1`: there is nobody left to run for.
    auto waited = unwritten ? box->end_all() : box->wait(1s);
    if (!waited) return std::unexpected(waited.error());
  }
  Outcome outcome;
  outcome.isolation = box->isolation();
  auto alive = box->list();
  if (!alive) return std::unexpected(alive.error());
  outcome.left = std::move(*alive);
  if (!outcome.left.processes.empty()) {
    // Objects may come until the last process has gone.
    if (auto ended = box->end_all(); !ended) return std::unexpected(ended.error());
    auto left = box->list();
    if (!left) return std::unexpected(left.error());
    left->processes = std::move(outcome.left.processes);
    outcome.left = std::move(*left);
  }
  outcome.state = box->command(*number);
  outcome.cause = box->cause();
  outcome.orphans = box->orphans();
  if (unwritten && unwritten->error_number != EPIPE) outcome.unwritten = unwritten;
  return outcome;
}

std::vector<std::string> left_lines(const sandbox::Listing& left) {
  std::vector<std::string> lines;
  for (const auto& one : left.segments) {
    lines.push_back(
        fmt::format("System V segment, key {}, {}", one.key, sandbox::size_text(one.size)));
  }
  for (const auto& one : left.semaphore_sets) {
    lines.push_back(fmt::format("System V semaphore set, key {}, of {}", one.key, one.count));
  }
  for (const auto& one : left.message_queues) {
    lines.push_back(fmt::format("System V queue, key {}, {} messages", one.key, one.messages));
  }
  for (const auto& one : left.posix_queues) lines.push_back("POSIX queue " + one.name);
  for (const auto& one : left.shared_memory_files) {
    lines.push_back(fmt::format("/dev/shm/{}, {}", one.name, sandbox::size_text(one.size)));
  }
  for (const auto& one : left.processes) lines.push_back("running process " + one.name);
  return lines;
}

std::string cause_text(const sandbox::Cause& cause) {
  if (const auto* limit = std::get_if<sandbox::LimitReached>(&cause.what)) {
    const bool was = limit->kind == sandbox::LimitKind::kWallTime;
    return (was ? "the command was " : "the command ") + sandbox::limit_text(*limit);
  }
  if (const auto* refused = std::get_if<sandbox::RefusedCall>(&cause.what)) {
    std::string place;
    if (!refused->stack.empty()) {
      place = fmt::format(" at {}:{}", refused->stack.front().file, refused->stack.front().line);
    }
    return fmt::format("forbidden-call: {}{}; it {}, and the group {} is not allowed",
                       refused->call, place, refused->reason, refused->group);
  }
  return "stopped";
}

/// On stderr: nothing for a command that ended by itself and left nothing.
void tell(const Console& console, const Outcome& outcome) {
  if (outcome.cause) console.error(cause_text(*outcome.cause));
  const sandbox::CommandEnd& end = *outcome.state->end;
  if (const auto* signalled = std::get_if<sandbox::Signalled>(&end)) {
    console.error("the command was ended by " + sandbox::signal_text(signalled->signal));
  }
  if (const auto* failed = std::get_if<sandbox::NotStarted>(&end)) {
    console.error(
        sandbox::Error{"the command could not be started: " + failed->step, failed->error_number}
            .text());
  }
  for (const std::string& line : left_lines(outcome.left)) console.error("left behind: " + line);
  if (console.verbose) {
    console.note(fmt::format("{} s, {} s of CPU time; sandbox {}\n",
                             static_cast<double>(outcome.state->ended_after.count()) / 1e3,
                             static_cast<double>(outcome.state->cpu.count()) / 1e6,
                             outcome.isolation.text()));
    for (const std::string& line : outcome.isolation.missing()) console.note(line + "\n");
  }
}

struct StatusOf {
  int operator()(const sandbox::Exited& end) const { return end.status; }
  int operator()(const sandbox::Signalled& end) const { return 128 + end.signal; }
  int operator()(const sandbox::Ended&) const { return kKilled; }
  int operator()(const sandbox::NotStarted& end) const {
    if (!end.own_fault) return kSetUpFailed;
    return end.error_number == ENOENT ? kNotFound : kNotExecutable;
  }
};

const char* limit_name(sandbox::LimitKind kind) {
  switch (kind) {
    case sandbox::LimitKind::kWallTime:
      return "time-limit";
    case sandbox::LimitKind::kCpuTime:
      return "cpu-limit";
    case sandbox::LimitKind::kMemory:
      return "memory-limit";
    case sandbox::LimitKind::kProcesses:
      return "process-limit";
    case sandbox::LimitKind::kFileSize:
      return "file-limit";
    case sandbox::LimitKind::kOutput:
      return "output-limit";
  }
  return "?";
}

void add_cause(Json& json, const sandbox::Cause& cause) {
  if (const auto* limit = std::get_if<sandbox::LimitReached>(&cause.what)) {
    json["outcome"] = limit_name(limit->kind);
    json["limit"] = limit->limit;
    json["used"] = limit->used;
  } else if (const auto* refused = std::get_if<sandbox::RefusedCall>(&cause.what)) {
    json["outcome"] = "forbidden-call";
    json["call"] = valid_utf8(refused->call);
    json["group"] = refused->group;
    json["stack"] = Json::array();
    for (const sandbox::SourceLine& line : refused->stack) {
      json["stack"].push_back({{"file", valid_utf8(line.file)},
                               {"line", line.line},
                               {"function", valid_utf8(line.function)}});
    }
  } else {
    json["outcome"] = "interrupted";
  }
}

void add_end(Json& json, const sandbox::CommandEnd& end) {
  if (const auto* exited = std::get_if<sandbox::Exited>(&end)) {
    json["outcome"] = "exited";
    json["status"] = exited->status;
  } else if (const auto* signalled = std::get_if<sandbox::Signalled>(&end)) {
    json["outcome"] = "signalled";
    json["signal"] = sandbox::signal_text(signalled->signal);
  } else if (const auto* failed = std::get_if<sandbox::NotStarted>(&end)) {
    json["outcome"] = "not-started";
    json["step"] = failed->step;
    if (failed->error_number != 0) json["error"] = std::strerror(failed->error_number);
  }
}

std::string json_of(const Outcome& outcome) {
  Json json;
  json["schema"] = 1;
  json["outcome"] = "";
  add_end(json, *outcome.state->end);
  if (outcome.cause) add_cause(json, *outcome.cause);
  json["left"] = Json::array();
  for (const std::string& line : left_lines(outcome.left)) json["left"].push_back(valid_utf8(line));
  json["orphans"] = Json::array();
  for (const std::string& name : outcome.orphans) json["orphans"].push_back(valid_utf8(name));
  json["seconds"] = static_cast<double>(outcome.state->ended_after.count()) / 1e3;
  json["cpu_seconds"] = static_cast<double>(outcome.state->cpu.count()) / 1e6;
  json["sandbox"] = {{"tier", outcome.isolation.text()}, {"missing", outcome.isolation.missing()}};
  return json.dump(2) + "\n";
}

std::string json_of_failure(const sandbox::Error& error) {
  const Json json{{"schema", 1}, {"outcome", "set-up-failed"}, {"error", valid_utf8(error.text())}};
  return json.dump(2) + "\n";
}

/// The command's stdin: a file where one is named, else ours, but never a terminal, which could be
/// written to through it.
sandbox::Expected<sandbox::Fd> input_of(const std::string& file) {
  if (!file.empty()) {
    sandbox::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return sandbox::from_errno(file);
    return fd;
  }
  if (::isatty(STDIN_FILENO) == 1) return sandbox::Fd();
  return sandbox::Fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
}

int run_in_sandbox(Context& context, const SandboxOptions& options) {
  const auto limits = limits_of(options);
  if (!limits) {
    context.console.error(limits.error());
    return kExitWrongInput;
  }
  auto policy = options.allowed.empty()
                    ? sandbox::Expected<sandbox::Policy>(sandbox::Policy::widest())
                    : sandbox::Policy::of(options.allowed);
  if (!policy) {
    context.console.error(policy.error().text());
    return kExitWrongInput;
  }
  auto input = input_of(options.input);
  if (!input) {
    context.console.error(input.error().text());
    return kExitWrongInput;
  }
  const auto outcome =
      run(options, {std::move(*policy), *limits, context.stop.fd()}, std::move(*input));
  if (!outcome) {
    context.console.error("the sandbox could not be set up: " + outcome.error().text());
    context.console.hint("ipcgrade doctor tells what this machine offers and lacks");
    write_to(context, options.json, json_of_failure(outcome.error()));
    return kSetUpFailed;
  }
  tell(context.console, *outcome);
  if (!write_to(context, options.json, json_of(*outcome))) return kSetUpFailed;
  if (outcome->unwritten) {
    context.console.error("its output: " + outcome->unwritten->text());
    return kSetUpFailed;
  }
  return std::visit(StatusOf{}, *outcome->state->end);
}

}  // namespace

void add_sandbox(CLI::App& app, Context& context) {
  auto options = std::make_shared<SandboxOptions>();
  CLI::App* command =
      app.add_subcommand("sandbox", "Run one command in the sandbox and say what became of it");
  command->add_option("CMD", options->command, "The command and its arguments, after --")
      ->required()
      ->option_text("...");
  command->add_option("--json", options->json, "Write what became of it as JSON; - is stdout")
      ->option_text("FILE");
  command->add_option("--stdin", options->input, "What it reads from its standard input")
      ->option_text("FILE");
  std::string groups;
  for (const sandbox::PolicyGroup& group : sandbox::kPolicyGroups) {
    groups += (groups.empty() ? "" : ", ") + std::string(group.name);
  }
  command
      ->add_option("--allow", options->allowed,
                   "Allow only this policy group, beside the base group; may be given again. All "
                   "are allowed unless told: " +
                       groups)
      ->option_text("GROUP")
      ->allow_extra_args(false);
  const auto add_limit = [&](const char* name, auto& field, const char* unit, const char* text) {
    command->add_option(name, field, text)->option_text(unit)->capture_default_str();
  };
  add_limit("--wall", options->wall, "TIME (10s)", "The most time that it may take");
  add_limit("--cpu", options->cpu, "TIME (10s)", "The most CPU time of all its processes");
  add_limit("--memory", options->memory, "SIZE (256MiB)", "The most memory of all its processes");
  add_limit("--processes", options->processes, "N (64)",
            "The most processes and threads at a time");
  add_limit("--open-files", options->open_files, "N (256)", "The most open files of a process");
  add_limit("--file-size", options->file_size, "SIZE (64MiB)", "The largest file");
  add_limit("--output", options->output, "SIZE (16MiB)", "The most that it may print");
  command->footer(
      "It exits with the command's status, 128 + N when signal N ended it (137 at a limit), 126 "
      "or\n"
      "127 when it could not be started, and 125 when the sandbox could not be set up or a result\n"
      "could not be written.");
  add_common_options(*command, context);
  command->callback([&context, options] {
    context.action = [&context, options] { return run_in_sandbox(context, *options); };
  });
}

}  // namespace ipcgrade
