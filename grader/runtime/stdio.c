// stdio's functions that read or write memory of their caller: libc's own, and a word in the log
// about that memory, which libc touches unseen. Where the process has one thread, nothing is said.
// Those that print leave word where they were called, too: what they print may be written when the
// process ends, and nobody is there any more who asked for it.
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unwind.h>

#include "held.h"

// What these are in libc, whoever interposes them: exported for that.
extern int _IO_puts(const char* text);
extern int _IO_fputs(const char* text, FILE* file);
extern char* _IO_fgets(char* into, int size, FILE* file);
extern size_t _IO_fwrite(const void* from, size_t size, size_t count, FILE* file);
extern size_t _IO_fread(void* into, size_t size, size_t count, FILE* file);
extern int _IO_putc(int byte, FILE* file);
extern int _IO_vfprintf(FILE* file, const char* format, va_list arguments);

struct IpcgradePrints ipcgrade_prints;

#define LOGGED __builtin_expect(ipcgrade_log_switch != 0, 0)

// Of libgcc_s, which every program in C++ has.
#pragma weak _Unwind_Backtrace
#pragma weak _Unwind_GetCFA
#pragma weak _Unwind_GetIP

static bool is_program(uint64_t instruction) {
  return instruction >= ipcgrade_program_begin && instruction < ipcgrade_program_end;
}

struct Caller {
  uint64_t from, frame;  // of whom it is the caller: where that calls from, and its frame
  uint64_t instruction;
  const uint64_t* slot;  // on the stack: where it goes on; NULL: it is not known
  unsigned frames;
};
static _Thread_local struct Caller last_caller;

static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context* context, void* into) {
  enum { kMostFrames = 12 };
  struct Caller* caller = into;
  const uint64_t next = _Unwind_GetIP(context);
  if (!is_program(next - 1)) {
    return ++caller->frames == kMostFrames ? _URC_NORMAL_STOP : _URC_NO_REASON;
  }
  caller->instruction = next - 1;
  // Here libgcc still says where the frame of the one that it called begins.
  const uint64_t* const slot = (const uint64_t*)_Unwind_GetCFA(context) - 1;
  if (*slot == next) caller->slot = slot;
  return _URC_NORMAL_STOP;
}

// In the program, what called the library that calls here: std::cout prints by stdio. Who prints
// letter by letter comes by the same frames each time.
static uint64_t program_caller(uint64_t from, uint64_t frame) {
  if (is_program(from) || _Unwind_Backtrace == NULL) return from;
  struct Caller* const last = &last_caller;
  const bool again = last->slot != NULL && last->from == from && last->frame == frame &&
                     *last->slot == last->instruction + 1;
  if (again) return last->instruction;
  *last = (struct Caller){.from = from, .frame = frame, .instruction = from};
  _Unwind_Backtrace(look_at_frame, last);
  return last->instruction;
}

// Of several threads at once one may be forgotten.
static void prints(FILE* file, uint64_t caller) {
  caller = program_caller(caller, (uint64_t)__builtin_frame_address(0));
  const int64_t descriptor = file->_fileno;
  const uint64_t count = ipcgrade_prints.count;
  if (count > 0) {
    const uint64_t last = (count - 1) % IPCGRADE_PRINTS_KEPT;
    if (ipcgrade_prints.last[last].instruction == caller &&
        ipcgrade_prints.last[last].descriptor == descriptor) {
      return;
    }
  }
  ipcgrade_prints.last[count % IPCGRADE_PRINTS_KEPT].instruction = caller;
  ipcgrade_prints.last[count % IPCGRADE_PRINTS_KEPT].descriptor = descriptor;
  ipcgrade_prints.last[count % IPCGRADE_PRINTS_KEPT].held =
      (uint64_t)(file->_IO_write_ptr - file->_IO_write_base);
  ipcgrade_prints.count = count + 1;
}

static void touches(const void* memory, size_t size, unsigned access, uint64_t caller) {
  ipcgrade_announce((uint64_t)memory, size, access, kIpcgradePlain, caller);
}

static bool is_one_of(char byte, const char* all) {
  while (*all != '\0' && *all != byte) ++all;
  return *all != '\0';
}

// As many bytes as a %s reads. `precision`: negative where there is none.
static void reads_text(const char* text, long precision, uint64_t caller) {
  if (text == NULL) return;
  const size_t most = precision < 0 ? SIZE_MAX : (size_t)precision;
  const size_t size = ipcgrade_find(text, '\0', most);
  touches(text, size < most ? size + 1 : size, IPCGRADE_READS, caller);
}

// Source: C17 7.21.6.1. Ends at what it does not know, arguments by number among it.
static void reads_arguments(const char* format, va_list arguments, uint64_t caller) {
  reads_text(format, -1, caller);
  for (const char* at = format; *at != '\0';) {
    if (*at++ != '%') continue;
    long precision = -1;
    bool is_wide = false, is_long_double = false;
    while (is_one_of(*at, "-+ #0'I")) ++at;
    if (*at == '*') (void)va_arg(arguments, int), ++at;
    while (is_one_of(*at, "0123456789")) ++at;
    if (*at == '.') {
      ++at;
      precision = 0;
      if (*at == '*') precision = va_arg(arguments, int), ++at;
      for (; *at >= '0' && *at <= '9'; ++at) precision = precision * 10 + (*at - '0');
    }
    for (; is_one_of(*at, "hljztLq"); ++at) {
      is_wide = is_wide || *at == 'l';
      is_long_double = is_long_double || *at == 'L';
    }
    switch (*at) {
      case '%':
      case 'm':
        break;
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X':
      case 'c':
      case 'p':
      case 'n':
        (void)va_arg(arguments, uint64_t);  // of eight bytes, whatever it is of
        break;
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
      case 'a':
      case 'A':
        if (is_long_double) {
          (void)va_arg(arguments, long double);
        } else {
          (void)va_arg(arguments, double);
        }
        break;
      case 's': {
        const char* text = va_arg(arguments, const char*);
        if (!is_wide) reads_text(text, precision, caller);
        break;
      }
      default:
        return;
    }
    ++at;
  }
}

static void reads_copy(const char* format, va_list arguments, uint64_t caller) {
  va_list copy;
  va_copy(copy, arguments);
  reads_arguments(format, copy, caller);
  va_end(copy);
}

IPCGRADE_EXPORT int puts(const char* text) {
  if (LOGGED) reads_text(text, -1, IPCGRADE_CALL);
  prints(stdout, IPCGRADE_CALL);
  return _IO_puts(text);
}

IPCGRADE_EXPORT int putchar(int byte) {
  prints(stdout, IPCGRADE_CALL);
  return _IO_putc(byte, stdout);
}

IPCGRADE_EXPORT int putc(int byte, FILE* file) {
  prints(file, IPCGRADE_CALL);
  return _IO_putc(byte, file);
}

IPCGRADE_EXPORT int fputc(int byte, FILE* file) {
  prints(file, IPCGRADE_CALL);
  return _IO_putc(byte, file);
}

IPCGRADE_EXPORT int fputs(const char* text, FILE* file) {
  if (LOGGED) reads_text(text, -1, IPCGRADE_CALL);
  prints(file, IPCGRADE_CALL);
  return _IO_fputs(text, file);
}

IPCGRADE_EXPORT size_t fwrite(const void* from, size_t size, size_t count, FILE* file) {
  if (LOGGED) touches(from, size * count, IPCGRADE_READS, IPCGRADE_CALL);
  prints(file, IPCGRADE_CALL);
  return _IO_fwrite(from, size, count, file);
}

// What is written is told when it is: the call may have waited.
IPCGRADE_EXPORT size_t fread(void* into, size_t size, size_t count, FILE* file) {
  const size_t done = _IO_fread(into, size, count, file);
  if (LOGGED) touches(into, size * done, IPCGRADE_WRITES, IPCGRADE_CALL);
  return done;
}

IPCGRADE_EXPORT char* fgets(char* into, int size, FILE* file) {
  char* done = _IO_fgets(into, size, file);
  if (LOGGED && done != NULL)
    touches(into, ipcgrade_find(into, '\0', SIZE_MAX) + 1, IPCGRADE_WRITES, IPCGRADE_CALL);
  return done;
}

// `call` uses `arguments`, and gives what the function does.
#define FORMATTED(format, call)                        \
  va_list arguments;                                   \
  if (LOGGED) {                                        \
    va_start(arguments, format);                       \
    reads_arguments(format, arguments, IPCGRADE_CALL); \
    va_end(arguments);                                 \
  }                                                    \
  va_start(arguments, format);                         \
  const int done = call;                               \
  va_end(arguments)

static void wrote(char* into, size_t room, int done, uint64_t caller) {
  if (done < 0 || room == 0) return;
  const size_t size = (size_t)done + 1;
  touches(into, size < room ? size : room, IPCGRADE_WRITES, caller);
}

IPCGRADE_EXPORT int vfprintf(FILE* file, const char* format, va_list arguments) {
  if (LOGGED) reads_copy(format, arguments, IPCGRADE_CALL);
  prints(file, IPCGRADE_CALL);
  return _IO_vfprintf(file, format, arguments);
}

IPCGRADE_EXPORT int vprintf(const char* format, va_list arguments) {
  if (LOGGED) reads_copy(format, arguments, IPCGRADE_CALL);
  prints(stdout, IPCGRADE_CALL);
  return _IO_vfprintf(stdout, format, arguments);
}

IPCGRADE_EXPORT int printf(const char* format, ...) {
  prints(stdout, IPCGRADE_CALL);
  FORMATTED(format, _IO_vfprintf(stdout, format, arguments));
  return done;
}

IPCGRADE_EXPORT int fprintf(FILE* file, const char* format, ...) {
  prints(file, IPCGRADE_CALL);
  FORMATTED(format, _IO_vfprintf(file, format, arguments));
  return done;
}

IPCGRADE_EXPORT int sprintf(char* into, const char* format, ...) {
  FORMATTED(format, vsprintf(into, format, arguments));
  if (LOGGED) wrote(into, SIZE_MAX, done, IPCGRADE_CALL);
  return done;
}

IPCGRADE_EXPORT int snprintf(char* into, size_t room, const char* format, ...) {
  FORMATTED(format, vsnprintf(into, room, format, arguments));
  if (LOGGED) wrote(into, room, done, IPCGRADE_CALL);
  return done;
}

// What -D_FORTIFY_SOURCE calls.
extern int __vprintf_chk(int flag, const char* format, va_list arguments);
extern int __vfprintf_chk(FILE* file, int flag, const char* format, va_list arguments);
extern int __vsprintf_chk(char* into, int flag, size_t room, const char* format, va_list arguments);
extern int __vsnprintf_chk(char* into, size_t most, int flag, size_t room, const char* format,
                           va_list arguments);

IPCGRADE_EXPORT int __printf_chk(int flag, const char* format, ...) {
  prints(stdout, IPCGRADE_CALL);
  FORMATTED(format, __vprintf_chk(flag, format, arguments));
  return done;
}

IPCGRADE_EXPORT int __fprintf_chk(FILE* file, int flag, const char* format, ...) {
  prints(file, IPCGRADE_CALL);
  FORMATTED(format, __vfprintf_chk(file, flag, format, arguments));
  return done;
}

IPCGRADE_EXPORT int __sprintf_chk(char* into, int flag, size_t room, const char* format, ...) {
  FORMATTED(format, __vsprintf_chk(into, flag, room, format, arguments));
  if (LOGGED) wrote(into, SIZE_MAX, done, IPCGRADE_CALL);
  return done;
}

IPCGRADE_EXPORT int __snprintf_chk(char* into, size_t most, int flag, size_t room,
                                   const char* format, ...) {
  FORMATTED(format, __vsnprintf_chk(into, most, flag, room, format, arguments));
  if (LOGGED) wrote(into, most, done, IPCGRADE_CALL);
  return done;
}
