#include "x86/arithmetic.h"

#include <bit>

#include "x86/registers.h"

namespace ipcgrade::x86 {
namespace {

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;

constexpr std::uint64_t flag_if(bool set, std::uint64_t flag) { return set ? flag : 0; }

bool top_bit(std::uint64_t value, unsigned size) { return ((value >> (8 * size - 1)) & 1) != 0; }

std::uint64_t result_flags(std::uint64_t value, unsigned size) {
  return flag_if(value == 0, kZero) | flag_if(top_bit(value, size), kSign) |
         flag_if(std::popcount(value & 0xff) % 2 == 0, kParity);
}

/// Volume 2, SAL/SAR/SHL/SHR: the count is cut to 5 bits, or 6 for operands of 64.
unsigned masked_count(std::uint64_t count, unsigned size) {
  return static_cast<unsigned>(count & (size == 8 ? 0x3f : 0x1f));
}

Computed shifted(std::uint64_t value, bool carry, bool overflow, unsigned size) {
  const std::uint64_t cut = value & mask_of(size);
  return {cut, result_flags(cut, size) | flag_if(carry, kCarry) | flag_if(overflow, kOverflow),
          kArithmeticFlags};
}

Computed rotated(std::uint64_t value, bool carry, bool overflow) {
  return {value, flag_if(carry, kCarry) | flag_if(overflow, kOverflow), kCarry | kOverflow};
}

std::uint64_t product_flags(bool significant) { return significant ? kCarry | kOverflow : 0; }

SignedWide as_signed(std::uint64_t value, unsigned size) {
  return static_cast<std::int64_t>(sign_extended(value, size));
}

}  // namespace

Computed add(std::uint64_t a, std::uint64_t b, bool carry, unsigned size) {
  const std::uint64_t sum = (a + b + (carry ? 1 : 0)) & mask_of(size);
  const std::uint64_t carries = (a & b) | ((a | b) & ~sum);
  return {sum,
          result_flags(sum, size) | flag_if(top_bit(carries, size), kCarry) |
              flag_if(top_bit((a ^ sum) & (b ^ sum), size), kOverflow) | ((a ^ b ^ sum) & kAdjust),
          kArithmeticFlags};
}

Computed subtract(std::uint64_t a, std::uint64_t b, bool borrow, unsigned size) {
  const std::uint64_t difference = (a - b - (borrow ? 1 : 0)) & mask_of(size);
  const std::uint64_t borrows = (~a & b) | ((~a | b) & difference);
  return {difference,
          result_flags(difference, size) | flag_if(top_bit(borrows, size), kCarry) |
              flag_if(top_bit((a ^ b) & (a ^ difference), size), kOverflow) |
              ((a ^ b ^ difference) & kAdjust),
          kArithmeticFlags};
}

Computed logical(std::uint64_t value, unsigned size) {
  return {value, result_flags(value, size), kArithmeticFlags};
}

Computed shift_left(std::uint64_t a, std::uint64_t count, unsigned size) {
  const unsigned by = masked_count(count, size);
  if (by == 0) return {a, 0, 0};
  const std::uint64_t before_last = a << (by - 1);
  const bool carry = top_bit(before_last, size);
  return shifted(before_last << 1, carry, top_bit(before_last << 1, size) != carry, size);
}

Computed shift_right(std::uint64_t a, std::uint64_t count, unsigned size) {
  const unsigned by = masked_count(count, size);
  if (by == 0) return {a, 0, 0};
  const std::uint64_t before_last = a >> (by - 1);
  return shifted(before_last >> 1, (before_last & 1) != 0, top_bit(a, size), size);
}

Computed shift_right_signed(std::uint64_t a, std::uint64_t count, unsigned size) {
  const unsigned by = masked_count(count, size);
  if (by == 0) return {a, 0, 0};
  const auto before_last = static_cast<std::int64_t>(sign_extended(a, size)) >> (by - 1);
  return shifted(static_cast<std::uint64_t>(before_last >> 1), (before_last & 1) != 0, false, size);
}

Computed rotate_left(std::uint64_t a, std::uint64_t count, unsigned size) {
  if (masked_count(count, size) == 0) return {a, 0, 0};
  const unsigned bits = 8 * size;
  const unsigned by = masked_count(count, size) % bits;
  const std::uint64_t value = by == 0 ? a : ((a << by) | (a >> (bits - by))) & mask_of(size);
  const bool carry = (value & 1) != 0;
  return rotated(value, carry, top_bit(value, size) != carry);
}

Computed rotate_right(std::uint64_t a, std::uint64_t count, unsigned size) {
  if (masked_count(count, size) == 0) return {a, 0, 0};
  const unsigned bits = 8 * size;
  const unsigned by = masked_count(count, size) % bits;
  const std::uint64_t value = by == 0 ? a : ((a >> by) | (a << (bits - by))) & mask_of(size);
  const bool carry = top_bit(value, size);
  return rotated(value, carry, top_bit(value << 1, size) != carry);
}

Product multiply(std::uint64_t a, std::uint64_t b, unsigned size) {
  const Wide product = Wide{a} * b;
  const auto high = static_cast<std::uint64_t>(product >> (8 * size)) & mask_of(size);
  return {static_cast<std::uint64_t>(product) & mask_of(size), high, product_flags(high != 0)};
}

Product multiply_signed(std::uint64_t a, std::uint64_t b, unsigned size) {
  const SignedWide product = as_signed(a, size) * as_signed(b, size);
  const auto low = static_cast<std::uint64_t>(product) & mask_of(size);
  return {low, static_cast<std::uint64_t>(product >> (8 * size)) & mask_of(size),
          product_flags(as_signed(low, size) != product)};
}

Quotient divide(std::uint64_t high, std::uint64_t low, std::uint64_t divisor, unsigned size) {
  // The quotient fits just if the upper half is below the divisor; 0 is, of no divisor, below.
  if (high >= divisor) return {};
  const Wide dividend = (Wide{high} << (8 * size)) | low;
  return {true, static_cast<std::uint64_t>(dividend / divisor),
          static_cast<std::uint64_t>(dividend % divisor)};
}

Quotient divide_signed(std::uint64_t high, std::uint64_t low, std::uint64_t divisor,
                       unsigned size) {
  const SignedWide by = as_signed(divisor, size);
  const SignedWide dividend =
      static_cast<SignedWide>(static_cast<Wide>(as_signed(high, size)) << (8 * size)) |
      static_cast<SignedWide>(low);
  // -2^127 / -1 does not fit in our own arithmetic either.
  const bool lowest = dividend == static_cast<SignedWide>(Wide{1} << 127);
  if (by == 0 || (by == -1 && lowest)) return {};
  const SignedWide quotient = dividend / by;
  const auto cut = static_cast<std::uint64_t>(quotient) & mask_of(size);
  if (as_signed(cut, size) != quotient) return {};
  return {true, cut, static_cast<std::uint64_t>(dividend % by) & mask_of(size)};
}

bool holds(std::uint8_t condition, std::uint64_t flags) {
  const bool carry = (flags & kCarry) != 0;
  const bool zero = (flags & kZero) != 0;
  const bool sign = (flags & kSign) != 0;
  const bool overflow = (flags & kOverflow) != 0;
  bool result = false;
  switch (condition >> 1) {
    case 0:
      result = overflow;
      break;
    case 1:
      result = carry;
      break;
    case 2:
      result = zero;
      break;
    case 3:
      result = carry || zero;
      break;
    case 4:
      result = sign;
      break;
    case 5:
      result = (flags & kParity) != 0;
      break;
    case 6:
      result = sign != overflow;
      break;
    default:
      result = zero || sign != overflow;
      break;
  }
  return result != ((condition & 1) != 0);
}

}  // namespace ipcgrade::x86
