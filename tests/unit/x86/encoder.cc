#include "encoder.h"

#include "x86/registers.h"

namespace ipcgrade::x86 {
namespace {

bool one_in(unsigned n, Random& random) { return random() % n == 0; }

/// An address as ModRM, SIB and a displacement.
struct Address {
  std::uint8_t mod = 0;
  std::uint8_t rm = 0;
  bool has_sib = false;
  std::uint8_t scale = 0;  ///< the exponent
  int base = -1;
  int index = -1;
  bool relative = false;  ///< to rip
  std::int64_t displacement = 0;
  unsigned displacement_size = 0;
};

Address random_address(Random& random, bool byte_displacement) {
  Address result;
  result.mod = static_cast<std::uint8_t>(random() % 3);
  if (result.mod == 1 && !byte_displacement) result.mod = 2;
  result.displacement_size = result.mod == 0 ? 0 : (result.mod == 1 ? 1 : 4);
  const auto base = static_cast<int>(random() % 16);
  result.rm = static_cast<std::uint8_t>(base & 7);
  result.has_sib = result.rm == 4;
  if (result.has_sib) {
    const auto index = static_cast<int>(random() % 16);
    result.index = index == 4 ? -1 : index;  // rsp's number stands for none
    result.scale = static_cast<std::uint8_t>(random() % 4);
    const auto sib_base = static_cast<int>(random() % 16);
    result.base = sib_base;
    if ((sib_base & 7) == 5 && result.mod == 0) {
      result.base = -1;
      result.displacement_size = 4;
    }
  } else if (result.rm == 5 && result.mod == 0) {
    result.relative = true;
    result.displacement_size = 4;
  } else {
    result.base = base;
  }
  if (result.displacement_size == 1) result.displacement = static_cast<std::int8_t>(random());
  if (result.displacement_size == 4) result.displacement = static_cast<std::int32_t>(random());
  return result;
}

struct Prefixes {
  bool fs = false;
  bool gs = false;
  bool narrow = false;
};

std::uint64_t segment_base(const Prefixes& prefixes, const Place& place) {
  if (prefixes.fs) return place.fs_base;
  return prefixes.gs ? place.gs_base : 0;
}

/// Chooses register values or the displacement so that the address is the target's; false where
/// this form of an address can't reach it.
bool aim(Address& address, const Prefixes& prefixes, const Place& place, std::uint64_t end,
         Random& random, user_regs_struct& registers) {
  const std::uint64_t target = place.target - segment_base(prefixes, place);
  if (prefixes.narrow && target > 0xffff'ffff) return false;
  if (address.relative) {
    address.displacement = static_cast<std::int64_t>(target - end);
    return address.displacement == static_cast<std::int32_t>(address.displacement);
  }
  if (address.base == address.index && address.base >= 0) return false;
  if (address.index >= 0 && address.base < 0) {
    registers.*kGeneralRegisters[static_cast<std::size_t>(address.index)] = random() % 1000;
  }
  std::uint64_t sum = target;
  if (address.index >= 0) {
    sum -= registers.*kGeneralRegisters[static_cast<std::size_t>(address.index)] << address.scale;
  }
  if (address.base < 0) {
    address.displacement = static_cast<std::int64_t>(sum);
    return address.displacement == static_cast<std::int32_t>(address.displacement);
  }
  sum -= static_cast<std::uint64_t>(address.displacement);
  // What is above 32 bits must not matter then.
  if (prefixes.narrow) sum = (sum & 0xffff'ffff) | (random() << 32);
  registers.*kGeneralRegisters[static_cast<std::size_t>(address.base)] = sum;
  return true;
}

class Writer {
 public:
  void byte(std::uint64_t value) { bytes_.push_back(static_cast<std::byte>(value)); }
  void little(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) byte(value >> (8 * i));
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

unsigned bit_of(int number) { return number >= 8 ? 1 : 0; }

unsigned prefix_code(std::uint8_t prefix) {
  return prefix == 0x66 ? 1 : (prefix == 0xf3 ? 2 : (prefix == 0xf2 ? 3 : 0));
}

struct Fields {
  unsigned r = 0;
  unsigned x = 0;
  unsigned b = 0;
  bool w = false;
  unsigned v = 0;
};

void write_opcode(Writer& out, const Form& form, const Fields& fields, bool force_rex) {
  const unsigned inverted_v = ~fields.v & 0xf;
  const unsigned rxb = ((fields.r ^ 1) << 7) | ((fields.x ^ 1) << 6) | ((fields.b ^ 1) << 5);
  const unsigned pp = prefix_code(form.prefix);
  const unsigned length = form.vector == 64 ? 2 : (form.vector == 32 ? 1 : 0);
  if (form.encoding == Encoding::kVex) {
    out.byte(0xc4);
    out.byte(rxb | form.map);
    out.byte((fields.w ? 0x80 : 0) | (inverted_v << 3) | (length << 2) | pp);
  } else if (form.encoding == Encoding::kEvex) {
    out.byte(0x62);
    out.byte(rxb | 0x10 | form.map);
    out.byte((fields.w ? 0x80 : 0) | (inverted_v << 3) | 4 | pp);
    out.byte((length << 5) | 8);
  } else {
    const unsigned rex = (fields.w ? 8U : 0U) | (fields.r << 2) | (fields.x << 1) | fields.b;
    if (rex != 0 || force_rex) out.byte(0x40 | rex);
  }
  for (const std::uint8_t byte : form.opcode) out.byte(byte);
}

void write_prefixes(Writer& out, const Form& form, const Prefixes& prefixes, unsigned operand,
                    bool locked) {
  if (locked) out.byte(0xf0);
  if (prefixes.fs) out.byte(0x64);
  if (prefixes.gs) out.byte(0x65);
  if (prefixes.narrow) out.byte(0x67);
  if (form.encoding != Encoding::kOld) return;
  if (operand == 2) out.byte(0x66);
  if (form.prefix != 0) out.byte(form.prefix);
}

Encoded try_encode(const Form& form, const Place& place, Random& random,
                   user_regs_struct& registers, bool& fits) {
  Encoded result;
  const bool sized = !form.byte && form.memory == 0;
  const unsigned operand = sized ? form.sizes[random() % form.sizes.size()] : 4;
  result.size = form.memory != 0 ? form.memory : (form.byte ? 1 : operand);
  result.locked = form.lockable && one_in(3, random);
  result.reg =
      form.digit >= 0 ? static_cast<unsigned>(form.digit) : static_cast<unsigned>(random() % 16);
  Prefixes prefixes;
  prefixes.fs = one_in(8, random);
  prefixes.gs = !prefixes.fs && place.gs_base != 0 && one_in(8, random);
  prefixes.narrow = one_in(6, random);
  Address address = random_address(random, form.encoding != Encoding::kEvex);

  Writer out;
  write_prefixes(out, form, prefixes, operand, result.locked);
  Fields fields;
  fields.r = form.digit < 0 ? bit_of(static_cast<int>(result.reg)) : 0;
  fields.x = bit_of(address.index);
  fields.b = bit_of(address.base);
  fields.w = form.w || (sized && operand == 8);
  fields.v = form.uses_v ? static_cast<unsigned>(random() % 16) : 0;
  write_opcode(out, form, fields, one_in(4, random));
  out.byte((address.mod << 6U) | ((result.reg & 7U) << 3) | address.rm);
  if (address.has_sib) {
    const unsigned base = address.base < 0 ? 5U : static_cast<unsigned>(address.base) & 7U;
    const unsigned index = address.index < 0 ? 4U : static_cast<unsigned>(address.index) & 7U;
    out.byte((static_cast<unsigned>(address.scale) << 6) | (index << 3) | base);
  }
  const unsigned immediate = form.immediate == 4 && operand == 2 ? 2 : form.immediate;
  const std::uint64_t end = place.code + out.size() + address.displacement_size + immediate;
  fits = aim(address, prefixes, place, end, random, registers);
  out.little(static_cast<std::uint64_t>(address.displacement), address.displacement_size);
  out.little(random(), immediate);
  result.bytes = out.take();
  result.base = address.base;
  result.index = address.index;
  return result;
}

}  // namespace

Encoded encode(const Form& form, const Place& place, Random& random, user_regs_struct& registers) {
  for (;;) {
    bool fits = false;
    Encoded result = try_encode(form, place, random, registers, fits);
    if (fits) return result;
  }
}

std::string hexadecimal(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    const auto value = static_cast<unsigned>(byte);
    text += {kDigits[value >> 4], kDigits[value & 0xf], ' '};
  }
  return text;
}

}  // namespace ipcgrade::x86
