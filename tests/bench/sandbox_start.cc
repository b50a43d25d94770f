// What a box costs: from the start of the sandbox to its end, for `true`, beside bubblewrap with
// the same namespaces, and beside no box at all. One of each in turn, medians, ratios.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "measure.h"
#include "sandbox/box.h"

namespace {

constexpr int kRounds = 200;

/// Runs a command with its output thrown away; exits where it fails, for then nothing is measured.
void run(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  int status = 0;
  if (::posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0 ||
      ::waitpid(child, &status, 0) != child || status != 0) {
    std::fprintf(stderr, "%s failed\n", words[0].c_str());
    std::exit(1);
  }
}

void run_in_box(const sandbox::Host& host) {
  auto box = sandbox::Box::open(host, {});
  sandbox::Command command;
  command.path = "/usr/bin/true";
  command.arguments = {"true"};
  if (!box || !box->start(std::move(command))) std::exit(1);
  while (box->running()) {
    if (!box->wait(std::chrono::seconds(1))) std::exit(1);
  }
}

/// bubblewrap with the namespaces of a box on this host, and its folders, devices and writable
/// places.
std::vector<std::string> bubblewrap_like(const sandbox::Host& host) {
  std::string line =
      "bwrap --unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup"
      " --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 "
      "/lib64"
      " --ro-bind /etc/alternatives /etc/alternatives --proc /proc --dev /dev"
      " --mqueue /dev/mqueue --tmpfs /tmp --tmpfs /work --chdir /work"
      " --new-session --die-with-parent --cap-drop ALL --hostname box";
  // Root needs none, and --unshare-all would make one for it.
  if (host.tier == sandbox::Tier::kUser) line += " --unshare-user";
  std::istringstream words(line + " true");
  return {std::istream_iterator<std::string>(words), {}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: sandbox_start IPCGRADE-SANDBOX\n");
    return 2;
  }
  const std::vector<std::string> ours{argv[1], "sandbox", "--", "true"};
  const sandbox::Host host = sandbox::Host::find();
  const std::vector<std::string> bubblewrap = bubblewrap_like(host);
  std::vector<double> plain;
  std::vector<double> library;
  std::vector<double> tool;
  std::vector<double> other;
  for (int round = 0; round < kRounds; ++round) {
    plain.push_back(milliseconds_of([] { run({"true"}); }));
    other.push_back(milliseconds_of([&] { run(bubblewrap); }));
    tool.push_back(milliseconds_of([&] { run(ours); }));
    library.push_back(milliseconds_of([&] { run_in_box(host); }));
  }
  const double base = median(other);
  std::printf("start to end of `true`, median of %d rounds\n", kRounds);
  std::printf("  %-28s %8s  %s\n", "", "ms", "of bubblewrap");
  for (const auto& [name, values] :
       {std::pair{"no box", &plain}, std::pair{"bubblewrap", &other},
        std::pair{"ipcgrade sandbox", &tool}, std::pair{"sandbox::Box, in process", &library}}) {
    std::printf("  %-28s %8.2f  %5.2f\n", name, median(*values), median(*values) / base);
  }
  return 0;
}
