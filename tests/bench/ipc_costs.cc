// What it costs to talk to another process: the round trip of a small message, and a stream of
// blocks, by each mechanism of the lecture, with both processes on one core and on two; and what
// the reference programs make of it. In turn, in many short rounds of one run; lower quartiles, and
// ratios to shared memory with semaphores.
//
// By all of them, bytes go from the memory of one process to that of the other. Shared memory that
// is used where it lies saves even these two copies.
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <functional>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "dialogues.h"
#include "lines.h"
#include "measure.h"
#include "partner.h"
#include "reference_programs.h"
#include "table.h"

namespace {

constexpr double kRound = 0.005;  // seconds that a round takes, about
constexpr std::size_t kBlocks[] = {64, 4096, 65536};
constexpr double kMebibyte = 1 << 20;

/// Something that can be done any number of times, one after another, and what that takes.
struct Contestant {
  std::function<double(long times)> seconds;
  long times = 1;                 // of a round
  std::vector<double> each = {};  // seconds for one, of all rounds

  /// Does it so many times that they fill a round. Where others got in the way of an earlier one,
  /// that was too few.
  void run() {
    double took = measure();
    for (; took < kRound / 2; took = measure()) times *= 2;
    each.push_back(took / static_cast<double>(times));
  }

 private:
  double measure() const {
    ::alarm(kLongestWait);
    return seconds(times);
  }
};

template <typename Dialogue>
Contestant round_trip(Cores cores) {
  return {[cores](long times) {
    Dialogue dialogue;
    const Partner partner(cores.child, [&] {
      for (;;) dialogue.answer();
    });
    Message message{"abcdefghijklmnopqrstuvwxyz"};
    const Message sent = message;
    dialogue.ask(partner.pid(), message);  // from here on, it is there
    const double took = milliseconds_of([&] {
      for (long time = 0; time < times; ++time) dialogue.ask(partner.pid(), message);
    });
    if (message != sent) throw std::runtime_error("another answer came than was sent");
    return took / 1000;
  }};
}

template <typename Line>
Contestant stream(Cores cores, std::size_t block) {
  return {[cores, block](long times) {
    Line line(block);
    PosixSemaphores gate(Role::kServer);
    const std::vector<char> sent(block, 'a');
    const Partner partner(cores.child, [&] {
      std::vector<char> bytes(block);
      gate.tell(Semaphores::kRead);
      for (long time = 0; time < times; ++time) line.receive(bytes);
      if (bytes != sent) throw std::runtime_error("another block came than was sent");
      gate.tell(Semaphores::kRead);
    });
    gate.wait_for(Semaphores::kRead);
    return milliseconds_of([&] {
             for (long time = 0; time < times; ++time) line.send(sent);
             gate.wait_for(Semaphores::kRead);
           }) /
           1000;
  }};
}

/// A row of the table: how it does in each of the contests.
struct Mechanism {
  std::string name;
  Contestant trip;
  std::vector<Contestant> streams;  // one for each of kBlocks, or none
};

template <typename Line>
std::vector<Contestant> streams(Cores cores) {
  std::vector<Contestant> all;
  for (const std::size_t block : kBlocks) all.push_back(stream<Line>(cores, block));
  return all;
}

/// The first is what the others are compared with.
std::vector<Mechanism> all_mechanisms(Cores cores) {
  return {
      {"shared memory, POSIX semaphores", round_trip<SegmentDialogue<PosixSemaphores>>(cores),
       streams<Ring<PosixSemaphores>>(cores)},
      {"shared memory, System V semaphores", round_trip<SegmentDialogue<Semaphores>>(cores),
       streams<Ring<Semaphores>>(cores)},
      {"shared memory, spinning on an atomic", round_trip<LineDialogue<SpinLine>>(cores), {}},
      {"pipes", round_trip<LineDialogue<Pipe>>(cores), streams<Pipe>(cores)},
      {"pipes with as much room", round_trip<LineDialogue<WidePipe>>(cores),
       streams<WidePipe>(cores)},
      {"System V queues", round_trip<LineDialogue<SysvQueue>>(cores), streams<SysvQueue>(cores)},
      {"POSIX queues", round_trip<LineDialogue<PosixQueue>>(cores), streams<PosixQueue>(cores)},
      {"signals, sigwaitinfo", round_trip<TakenSignals>(cores), {}},
      {"signals, handlers and sigsuspend", round_trip<HandledSignals>(cores), {}},
  };
}

Table table_of(const std::string& title, const std::vector<Mechanism>& mechanisms) {
  Table table(title + ": round trips in microseconds, streams in MiB/s",
              {"", "round trip", "ratio", "64 B", "ratio", "4 KiB", "ratio", "64 KiB", "ratio"});
  const Mechanism& base = mechanisms.front();
  const double base_trip = lower_quartile(base.trip.each);
  for (const Mechanism& mechanism : mechanisms) {
    const double trip = lower_quartile(mechanism.trip.each);
    Table::Row row{mechanism.name, figure(trip * 1e6), figure(trip / base_trip)};
    for (std::size_t size = 0; size < std::size(kBlocks); ++size) {
      if (mechanism.streams.empty()) {
        row.insert(row.end(), {"-", "-"});
        continue;
      }
      const double block = lower_quartile(mechanism.streams[size].each);
      row.push_back(figure(static_cast<double>(kBlocks[size]) / block / kMebibyte));
      row.push_back(figure(block / lower_quartile(base.streams[size].each)));
    }
    table.add(row);
  }
  return table;
}

/// All contests of all placements, as often as there are rounds; in each round in another order,
/// for what came before can matter.
void in_turn(std::vector<std::vector<Mechanism>>& placements, int rounds) {
  std::vector<Contestant*> all;
  for (auto& mechanisms : placements) {
    for (Mechanism& mechanism : mechanisms) {
      all.push_back(&mechanism.trip);
      for (Contestant& one : mechanism.streams) all.push_back(&one);
    }
  }
  std::mt19937 random;  // the same orders in every run
  for (int round = 0; round < rounds; ++round) {
    std::ranges::shuffle(all, random);
    for (Contestant* one : all) one->run();
  }
}

int usage() {
  std::fprintf(stderr, "usage: ipc_costs [--markdown] [--rounds N]\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) try {
  int rounds = 100;
  bool markdown = false;
  for (int at = 1; at < argc; ++at) {
    const std::string_view word = argv[at];
    if (word == "--markdown") {
      markdown = true;
    } else if (word == "--rounds" && at + 1 < argc) {
      const std::string_view number = argv[++at];
      std::from_chars(number.data(), number.data() + number.size(), rounds);
      if (rounds < 1) return usage();
    } else {
      return usage();
    }
  }
  // The keys of the reference are nobody else's then, and nothing is left where this is ended.
  if (::unshare(CLONE_NEWIPC) != 0) fail("it needs an IPC namespace of its own: run it as root");
  // Who else is busy on the machine gets in the way less.
  check(::setpriority(PRIO_PROCESS, 0, -20), "setpriority");
  const Table programs = reference_programs(std::max(rounds / 10, 1));

  const std::vector<int> cores = usable_cores();
  pin_to(cores.front());
  std::vector<std::vector<Mechanism>> placements{all_mechanisms({cores[0], cores[0]})};
  if (cores.size() > 1) placements.push_back(all_mechanisms({cores[0], cores[1]}));
  in_turn(placements, rounds);
  table_of("Both processes on one core", placements[0]).print(markdown);
  if (cores.size() > 1) table_of("Each on a core of its own", placements[1]).print(markdown);
  programs.print(markdown);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "ipc_costs: %s\n", error.what());
  return 1;
}
