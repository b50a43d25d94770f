#include "native_machine.h"

#include <asm/prctl.h>
#include <cpuid.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

// Saved and restored are x87, SSE, AVX and the parts of AVX-512: the components 0xe7 of XSAVE. The
// registers that are not the instruction's are kept here while it runs. One thread only.
extern "C" {
struct NativeFrame {
  std::uint64_t general[16];  // in the order of their numbers
  std::uint64_t flags;
  void* xsave;
  const void* code;
  std::uint64_t host_stack;
  std::uint64_t scratch;
};
NativeFrame native_frame;
void native_run();
void native_return();
}

asm(R"(
  .text
  .globl native_run
native_run:
  push %rbx
  push %rbp
  push %r12
  push %r13
  push %r14
  push %r15
  lea native_frame(%rip), %rbx
  mov %rsp, 152(%rbx)
  mov 136(%rbx), %rsi
  mov $0xe7, %eax
  xor %edx, %edx
  xrstor64 (%rsi)
  pushq 128(%rbx)
  popfq
  mov 0(%rbx), %rax
  mov 8(%rbx), %rcx
  mov 16(%rbx), %rdx
  mov 32(%rbx), %rsp
  mov 40(%rbx), %rbp
  mov 48(%rbx), %rsi
  mov 56(%rbx), %rdi
  mov 64(%rbx), %r8
  mov 72(%rbx), %r9
  mov 80(%rbx), %r10
  mov 88(%rbx), %r11
  mov 96(%rbx), %r12
  mov 104(%rbx), %r13
  mov 112(%rbx), %r14
  mov 120(%rbx), %r15
  mov 24(%rbx), %rbx
  jmp *144+native_frame(%rip)

  .globl native_return
native_return:
  mov %rbx, 24+native_frame(%rip)
  lea native_frame(%rip), %rbx
  mov %rax, 0(%rbx)
  mov %rcx, 8(%rbx)
  mov %rdx, 16(%rbx)
  mov %rsp, 32(%rbx)
  mov %rbp, 40(%rbx)
  mov %rsi, 48(%rbx)
  mov %rdi, 56(%rbx)
  mov %r8, 64(%rbx)
  mov %r9, 72(%rbx)
  mov %r10, 80(%rbx)
  mov %r11, 88(%rbx)
  mov %r12, 96(%rbx)
  mov %r13, 104(%rbx)
  mov %r14, 112(%rbx)
  mov %r15, 120(%rbx)
  mov 152(%rbx), %rsp
  pushfq
  popq 128(%rbx)
  cld
  mov 136(%rbx), %rsi
  mov $0xe7, %eax
  xor %edx, %edx
  xsave64 (%rsi)
  vzeroupper
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbp
  pop %rbx
  ret
)");

namespace ipcgrade::x86 {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::uint64_t kGsBase = 0x12340;  // below the data: nothing of this process uses gs

constexpr std::array kGeneral = {
    &user_regs_struct::rax, &user_regs_struct::rcx, &user_regs_struct::rdx, &user_regs_struct::rbx,
    &user_regs_struct::rsp, &user_regs_struct::rbp, &user_regs_struct::rsi, &user_regs_struct::rdi,
    &user_regs_struct::r8,  &user_regs_struct::r9,  &user_regs_struct::r10, &user_regs_struct::r11,
    &user_regs_struct::r12, &user_regs_struct::r13, &user_regs_struct::r14, &user_regs_struct::r15,
};

std::byte* map_low(std::size_t size, int protection) {
  void* address = ::mmap(nullptr, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  return address == MAP_FAILED ? nullptr : static_cast<std::byte*>(address);
}

bool has_avx() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_OSXSAVE) != 0 && (c & bit_AVX) != 0;
}

std::uint64_t enabled_components() {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  constexpr std::uint64_t kVectors = 0b1110'0110;
  return low & kVectors;
}

}  // namespace

NativeMachine::NativeMachine() {
  // vzeroupper and xgetbv are taken for granted below.
  if (!has_avx()) return;
  data_ = map_low(kDataSize, PROT_READ | PROT_WRITE);
  code_ = map_low(kPage, PROT_READ | PROT_WRITE | PROT_EXEC);
  if (data_ == nullptr) code_ = nullptr;
  layout_ = XsaveLayout::of_this_machine();
  components_ = enabled_components();
  (void)::syscall(SYS_arch_prctl, ARCH_GET_FS, &fs_base_);
  if (::syscall(SYS_arch_prctl, ARCH_SET_GS, kGsBase) == 0) gs_base_ = kGsBase;
}

NativeMachine::~NativeMachine() {
  if (code_ != nullptr) ::munmap(code_, kPage);
  if (data_ != nullptr) ::munmap(data_, kDataSize);
}

std::uint64_t NativeMachine::code_address() const { return reinterpret_cast<std::uint64_t>(code_); }
std::uint64_t NativeMachine::data_address() const { return reinterpret_cast<std::uint64_t>(data_); }
std::uint64_t NativeMachine::way_back() { return reinterpret_cast<std::uint64_t>(&native_return); }

std::size_t NativeMachine::vector_size() const {
  if ((components_ & 0xc0) == 0xc0) return 64;
  return (components_ & 4) != 0 ? 32 : 16;
}

void NativeMachine::run(std::span<const std::byte> instruction, State& state) {
  // jmp *0(%rip), and the address
  constexpr std::array<unsigned char, 6> kJump = {0xff, 0x25, 0, 0, 0, 0};
  const std::uint64_t back = way_back();
  std::memcpy(code_, instruction.data(), instruction.size());
  std::memcpy(code_ + instruction.size(), kJump.data(), kJump.size());
  std::memcpy(code_ + instruction.size() + kJump.size(), &back, sizeof back);

  for (std::size_t i = 0; i < kGeneral.size(); ++i) {
    native_frame.general[i] = state.general.*kGeneral[i];
  }
  native_frame.flags = state.general.eflags;
  native_frame.xsave = state.xsave.data();
  native_frame.code = code_;
  native_run();
  for (std::size_t i = 0; i < kGeneral.size(); ++i) {
    state.general.*kGeneral[i] = native_frame.general[i];
  }
  state.general.eflags = native_frame.flags;
  state.general.rip += instruction.size();
}

bool ShadowMemory::holds(std::uint64_t address, std::size_t size) const {
  return address >= address_ && address - address_ <= data_.size() &&
         size <= data_.size() - (address - address_);
}

bool ShadowMemory::read(std::uint64_t address, std::span<std::byte> into) {
  if (!holds(address, into.size())) return false;
  std::memcpy(into.data(), &data_[address - address_], into.size());
  return true;
}

bool ShadowMemory::write(std::uint64_t address, std::span<const std::byte> from) {
  if (read_only || !holds(address, from.size())) return false;
  std::memcpy(&data_[address - address_], from.data(), from.size());
  return true;
}

}  // namespace ipcgrade::x86
