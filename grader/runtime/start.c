// The first word to the supervisor.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>

#include "held.h"

bool ipcgrade_started, ipcgrade_held;
uint64_t ipcgrade_program_begin, ipcgrade_program_end;
_Thread_local struct IpcgradeThread ipcgrade_thread;

// The linker's names for the ends of the section, see tsan.c.
extern const char __start_ipcgrade_atomics[] __attribute__((visibility("hidden")));
extern const char __stop_ipcgrade_atomics[] __attribute__((visibility("hidden")));

static bool same(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) ++a, ++b;
  return *a == *b;
}

// Code that was built with -fsanitize=thread calls __tsan_init from a constructor. That the program
// needs this library says less: a Makefile may compile in ways that are not caught.
static bool calls_tsan_init(const struct dl_phdr_info* info) {
  const ElfW(Dyn)* dynamic = NULL;
  for (size_t i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type == PT_DYNAMIC) {
      dynamic = (const ElfW(Dyn)*)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    }
  }
  if (dynamic == NULL) return false;
  // The addresses are those in memory: ld.so has relocated them.
  const ElfW(Sym)* symbols = NULL;
  const char* names = NULL;
  const ElfW(Rela) * tables[2] = {NULL, NULL};
  uint64_t sizes[2] = {0, 0};
  for (; dynamic->d_tag != DT_NULL; ++dynamic) {
    const ElfW(Addr) value = dynamic->d_un.d_ptr;
    switch (dynamic->d_tag) {
      case DT_SYMTAB:
        symbols = (const ElfW(Sym)*)value;
        break;
      case DT_STRTAB:
        names = (const char*)value;
        break;
      case DT_JMPREL:
        tables[0] = (const ElfW(Rela)*)value;
        break;
      case DT_PLTRELSZ:
        sizes[0] = value;
        break;
      case DT_RELA:
        tables[1] = (const ElfW(Rela)*)value;
        break;
      case DT_RELASZ:
        sizes[1] = value;
        break;
      default:
        break;
    }
  }
  if (symbols == NULL || names == NULL) return false;
  for (size_t table = 0; table < 2; ++table) {
    if (tables[table] == NULL) continue;
    for (size_t i = 0; i < sizes[table] / sizeof(ElfW(Rela)); ++i) {
      const ElfW(Sym)* symbol = &symbols[ELF64_R_SYM(tables[table][i].r_info)];
      if (same(names + symbol->st_name, "__tsan_init")) return true;
    }
  }
  return false;
}

static void find_code(const struct dl_phdr_info* info) {
  for (size_t i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)* part = &info->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0) continue;
    ipcgrade_program_begin = info->dlpi_addr + part->p_vaddr;
    ipcgrade_program_end = ipcgrade_program_begin + part->p_memsz;
  }
}

// Called for the program first, then for libraries; nonzero ends the walk.
static int look_at(struct dl_phdr_info* info, size_t size, void* into) {
  (void)size;
  struct IpcgradeHello* hello = into;
  // The program's name is empty; of the vDSO and others nothing is wanted.
  if (info->dlpi_name == NULL || info->dlpi_name[0] == '\0') {
    hello->instrumented = calls_tsan_init(info);
    find_code(info);
  }
  const uint64_t own = (uint64_t)__start_ipcgrade_atomics;
  for (size_t i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)* part = &info->dlpi_phdr[i];
    const uint64_t begin = info->dlpi_addr + part->p_vaddr;
    if (part->p_type != PT_LOAD || own < begin || own >= begin + part->p_memsz) continue;
    hello->text_begin = begin;
    hello->text_end = begin + part->p_memsz;
    return 1;
  }
  return 0;
}

void ipcgrade_start(void) {
  if (ipcgrade_started) return;
  ipcgrade_started = true;
  uint64_t thread_pointer;
  __asm__("mov %%fs:0, %0" : "=r"(thread_pointer));
  struct IpcgradeHello hello = {
      .thread_offset = (uint64_t)&ipcgrade_thread - thread_pointer,
      .errno_offset = (uint64_t)&errno - thread_pointer,
      .atomics_begin = (uint64_t)__start_ipcgrade_atomics,
      .atomics_end = (uint64_t)__stop_ipcgrade_atomics,
      .log_switch = (uint64_t)&ipcgrade_log_switch,
      .log = (uint64_t)&ipcgrade_log,
      .watch = (uint64_t)&ipcgrade_watch,
      .prints = (uint64_t)&ipcgrade_prints,
  };
  dl_iterate_phdr(look_at, &hello);
  ipcgrade_held = ipcgrade_hypercall(IPCGRADE_HELLO, (uint64_t)&hello, 0, 0, 0) == IPCGRADE_HELD;
  ipcgrade_find_libc(ipcgrade_held);
}

__attribute__((constructor)) static void start(void) { ipcgrade_start(); }

// exit() and its handlers use the stack that main's variables were on, which other threads may
// still work with: nobody could be let go between, were the return no step of its own.
typedef int Main(int argc, char** argv, char** environment);
static Main* program_main;

static int main_and_return(int argc, char** argv, char** environment) {
  const int status = program_main(argc, argv, environment);
  if (ipcgrade_is_held()) ipcgrade_hypercall(IPCGRADE_MAIN_RETURNS, 0, 0, 0, 0);
  return status;
}

typedef int StartMain(Main* main, int argc, char** argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void* stack_end);

// What _start of glibc's crt1.o calls; sysdeps/x86_64/start.S.
IPCGRADE_EXPORT int __libc_start_main(Main* main, int argc, char** argv, void (*init)(void),
                                      void (*fini)(void), void (*rtld_fini)(void),
                                      void* stack_end) {
  StartMain* const real = (StartMain*)dlsym(RTLD_NEXT, "__libc_start_main");
  program_main = main;
  return real(main_and_return, argc, argv, init, fini, rtld_fini, stack_end);
}
