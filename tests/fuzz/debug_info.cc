// A program with debug information, as its author made it: read in a process of its own, which
// always comes to an end, and gives what can be told. The first eight bytes say where in the
// program its thread stands.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <string>

#include "fuzz/fuzz.h"
#include "sandbox/source_lines.h"
#include "support/process.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ipcgrade::fuzz::expect;
  static const ipcgrade::test::TemporaryFolder folder;
  ipcgrade::fuzz::Input input(data, size);
  const auto where = input.take<std::uint64_t>();
  const std::string_view program = input.rest();
  if (program.empty()) return 0;
  folder.write("program", std::string(program));
  const std::string path = folder / "program";
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  void* const mapped = ::mmap(nullptr, program.size(), PROT_READ, MAP_PRIVATE, file, 0);
  ::close(file);
  expect(mapped != MAP_FAILED, "a file can be mapped");
  std::array<std::uint64_t, 64> stack{};
  const auto begin = reinterpret_cast<std::uint64_t>(mapped);
  stack.fill(begin + where / 2 % program.size());
  sandbox::FrameRegisters registers{};
  registers[6] = registers[7] = reinterpret_cast<std::uint64_t>(stack.data());
  registers[16] = begin + where % program.size();
  const std::string prefix = folder.path().string() + "/";
  const auto lines = sandbox::stack_of(::getpid(), prefix, ::getuid(), registers);
  for (const sandbox::SourceLine& one : lines) {
    expect(one.file.size() <= 65536 && one.function.size() <= 65536, "what is told has a bound");
  }
  const auto object = sandbox::data_at(::getpid(), prefix, ::getuid(), registers[16]);
  if (!object.name.empty()) {
    expect(object.begin <= registers[16] && registers[16] < object.end,
           "the variable at an address is there");
  }
  ::munmap(mapped, program.size());
  return 0;
}
