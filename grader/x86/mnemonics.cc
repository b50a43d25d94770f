#include "x86/mnemonics.h"

#include <algorithm>
#include <array>

namespace ipcgrade::x86 {
namespace {

struct Entry {
  ZydisMnemonic mnemonic;
  Meaning meaning;
};

constexpr std::array kGeneral = {
    Entry{ZYDIS_MNEMONIC_MOV, {Operation::kMove}},
    Entry{ZYDIS_MNEMONIC_MOVNTI, {Operation::kMove}},
    Entry{ZYDIS_MNEMONIC_MOVZX, {Operation::kMove}},
    Entry{ZYDIS_MNEMONIC_MOVSX, {Operation::kMoveSignExtended}},
    Entry{ZYDIS_MNEMONIC_MOVSXD, {Operation::kMoveSignExtended}},
    Entry{ZYDIS_MNEMONIC_MOVBE, {Operation::kMoveByteSwapped}},
    Entry{ZYDIS_MNEMONIC_ADD, {Operation::kAdd}},
    Entry{ZYDIS_MNEMONIC_ADC, {Operation::kAddWithCarry}},
    Entry{ZYDIS_MNEMONIC_SUB, {Operation::kSubtract}},
    Entry{ZYDIS_MNEMONIC_SBB, {Operation::kSubtractWithBorrow}},
    Entry{ZYDIS_MNEMONIC_CMP, {Operation::kCompare}},
    Entry{ZYDIS_MNEMONIC_AND, {Operation::kAnd}},
    Entry{ZYDIS_MNEMONIC_TEST, {Operation::kTest}},
    Entry{ZYDIS_MNEMONIC_OR, {Operation::kOr}},
    Entry{ZYDIS_MNEMONIC_XOR, {Operation::kXor}},
    Entry{ZYDIS_MNEMONIC_INC, {Operation::kIncrement}},
    Entry{ZYDIS_MNEMONIC_DEC, {Operation::kDecrement}},
    Entry{ZYDIS_MNEMONIC_NEG, {Operation::kNegate}},
    Entry{ZYDIS_MNEMONIC_NOT, {Operation::kNot}},
    Entry{ZYDIS_MNEMONIC_SHL, {Operation::kShiftLeft}},
    Entry{ZYDIS_MNEMONIC_SHR, {Operation::kShiftRight}},
    Entry{ZYDIS_MNEMONIC_SAR, {Operation::kShiftRightSigned}},
    Entry{ZYDIS_MNEMONIC_ROL, {Operation::kRotateLeft}},
    Entry{ZYDIS_MNEMONIC_ROR, {Operation::kRotateRight}},
    Entry{ZYDIS_MNEMONIC_BT, {Operation::kBitTest}},
    Entry{ZYDIS_MNEMONIC_BTS, {Operation::kBitSet}},
    Entry{ZYDIS_MNEMONIC_BTR, {Operation::kBitReset}},
    Entry{ZYDIS_MNEMONIC_BTC, {Operation::kBitComplement}},
    Entry{ZYDIS_MNEMONIC_XCHG, {Operation::kExchange}},
    Entry{ZYDIS_MNEMONIC_XADD, {Operation::kExchangeAdd}},
    Entry{ZYDIS_MNEMONIC_CMPXCHG, {Operation::kCompareExchange}},
    Entry{ZYDIS_MNEMONIC_CMPXCHG8B, {Operation::kCompareExchangePair}},
    Entry{ZYDIS_MNEMONIC_CMPXCHG16B, {Operation::kCompareExchangePair}},
    Entry{ZYDIS_MNEMONIC_IMUL, {Operation::kMultiply}},
    Entry{ZYDIS_MNEMONIC_MUL, {Operation::kMultiplyWide}},
    Entry{ZYDIS_MNEMONIC_DIV, {Operation::kDivide}},
    Entry{ZYDIS_MNEMONIC_IDIV, {Operation::kDivideSigned}},
    Entry{ZYDIS_MNEMONIC_PUSH, {Operation::kPush}},
    Entry{ZYDIS_MNEMONIC_POP, {Operation::kPop}},
    Entry{ZYDIS_MNEMONIC_CALL, {Operation::kCall}},
    Entry{ZYDIS_MNEMONIC_JMP, {Operation::kJump}},
};

// Their d forms share their names with instructions of SSE.
constexpr std::array kStrings = {
    Entry{ZYDIS_MNEMONIC_MOVSB, {Operation::kMoveString}},
    Entry{ZYDIS_MNEMONIC_MOVSW, {Operation::kMoveString}},
    Entry{ZYDIS_MNEMONIC_MOVSD, {Operation::kMoveString}},
    Entry{ZYDIS_MNEMONIC_MOVSQ, {Operation::kMoveString}},
    Entry{ZYDIS_MNEMONIC_STOSB, {Operation::kStoreString}},
    Entry{ZYDIS_MNEMONIC_STOSW, {Operation::kStoreString}},
    Entry{ZYDIS_MNEMONIC_STOSD, {Operation::kStoreString}},
    Entry{ZYDIS_MNEMONIC_STOSQ, {Operation::kStoreString}},
    Entry{ZYDIS_MNEMONIC_LODSB, {Operation::kLoadString}},
    Entry{ZYDIS_MNEMONIC_LODSW, {Operation::kLoadString}},
    Entry{ZYDIS_MNEMONIC_LODSD, {Operation::kLoadString}},
    Entry{ZYDIS_MNEMONIC_LODSQ, {Operation::kLoadString}},
    Entry{ZYDIS_MNEMONIC_CMPSB, {Operation::kCompareString}},
    Entry{ZYDIS_MNEMONIC_CMPSW, {Operation::kCompareString}},
    Entry{ZYDIS_MNEMONIC_CMPSD, {Operation::kCompareString}},
    Entry{ZYDIS_MNEMONIC_CMPSQ, {Operation::kCompareString}},
    Entry{ZYDIS_MNEMONIC_SCASB, {Operation::kScanString}},
    Entry{ZYDIS_MNEMONIC_SCASW, {Operation::kScanString}},
    Entry{ZYDIS_MNEMONIC_SCASD, {Operation::kScanString}},
    Entry{ZYDIS_MNEMONIC_SCASQ, {Operation::kScanString}},
};

constexpr std::array kConditionalMoves = {
    ZYDIS_MNEMONIC_CMOVO, ZYDIS_MNEMONIC_CMOVNO, ZYDIS_MNEMONIC_CMOVB,  ZYDIS_MNEMONIC_CMOVNB,
    ZYDIS_MNEMONIC_CMOVZ, ZYDIS_MNEMONIC_CMOVNZ, ZYDIS_MNEMONIC_CMOVBE, ZYDIS_MNEMONIC_CMOVNBE,
    ZYDIS_MNEMONIC_CMOVS, ZYDIS_MNEMONIC_CMOVNS, ZYDIS_MNEMONIC_CMOVP,  ZYDIS_MNEMONIC_CMOVNP,
    ZYDIS_MNEMONIC_CMOVL, ZYDIS_MNEMONIC_CMOVNL, ZYDIS_MNEMONIC_CMOVLE, ZYDIS_MNEMONIC_CMOVNLE,
};
constexpr std::array kSetConditions = {
    ZYDIS_MNEMONIC_SETO, ZYDIS_MNEMONIC_SETNO, ZYDIS_MNEMONIC_SETB,  ZYDIS_MNEMONIC_SETNB,
    ZYDIS_MNEMONIC_SETZ, ZYDIS_MNEMONIC_SETNZ, ZYDIS_MNEMONIC_SETBE, ZYDIS_MNEMONIC_SETNBE,
    ZYDIS_MNEMONIC_SETS, ZYDIS_MNEMONIC_SETNS, ZYDIS_MNEMONIC_SETP,  ZYDIS_MNEMONIC_SETNP,
    ZYDIS_MNEMONIC_SETL, ZYDIS_MNEMONIC_SETNL, ZYDIS_MNEMONIC_SETLE, ZYDIS_MNEMONIC_SETNLE,
};

// Between a vector register and memory, as much as the operand in memory has.
constexpr std::array kVectorMoves = {
    ZYDIS_MNEMONIC_MOVD,      ZYDIS_MNEMONIC_MOVQ,      ZYDIS_MNEMONIC_MOVSS,
    ZYDIS_MNEMONIC_MOVSD,     ZYDIS_MNEMONIC_MOVUPS,    ZYDIS_MNEMONIC_MOVUPD,
    ZYDIS_MNEMONIC_MOVDQU,    ZYDIS_MNEMONIC_LDDQU,     ZYDIS_MNEMONIC_VMOVD,
    ZYDIS_MNEMONIC_VMOVQ,     ZYDIS_MNEMONIC_VMOVSS,    ZYDIS_MNEMONIC_VMOVSD,
    ZYDIS_MNEMONIC_VMOVUPS,   ZYDIS_MNEMONIC_VMOVUPD,   ZYDIS_MNEMONIC_VMOVDQU,
    ZYDIS_MNEMONIC_VMOVDQU8,  ZYDIS_MNEMONIC_VMOVDQU16, ZYDIS_MNEMONIC_VMOVDQU32,
    ZYDIS_MNEMONIC_VMOVDQU64, ZYDIS_MNEMONIC_VLDDQU,
};
constexpr std::array kAlignedVectorMoves = {
    ZYDIS_MNEMONIC_MOVAPS,    ZYDIS_MNEMONIC_MOVAPD,    ZYDIS_MNEMONIC_MOVDQA,
    ZYDIS_MNEMONIC_MOVNTPS,   ZYDIS_MNEMONIC_MOVNTPD,   ZYDIS_MNEMONIC_MOVNTDQ,
    ZYDIS_MNEMONIC_MOVNTDQA,  ZYDIS_MNEMONIC_VMOVAPS,   ZYDIS_MNEMONIC_VMOVAPD,
    ZYDIS_MNEMONIC_VMOVDQA,   ZYDIS_MNEMONIC_VMOVDQA32, ZYDIS_MNEMONIC_VMOVDQA64,
    ZYDIS_MNEMONIC_VMOVNTPS,  ZYDIS_MNEMONIC_VMOVNTPD,  ZYDIS_MNEMONIC_VMOVNTDQ,
    ZYDIS_MNEMONIC_VMOVNTDQA,
};
constexpr std::array kVectorHalves = {
    Entry{ZYDIS_MNEMONIC_MOVLPS, {Operation::kVectorLoadLow}},
    Entry{ZYDIS_MNEMONIC_VMOVLPS, {Operation::kVectorLoadLow}},
    Entry{ZYDIS_MNEMONIC_MOVLPD, {Operation::kVectorLoadLow}},
    Entry{ZYDIS_MNEMONIC_VMOVLPD, {Operation::kVectorLoadLow}},
    Entry{ZYDIS_MNEMONIC_MOVHPS, {Operation::kVectorLoadHigh}},
    Entry{ZYDIS_MNEMONIC_VMOVHPS, {Operation::kVectorLoadHigh}},
    Entry{ZYDIS_MNEMONIC_MOVHPD, {Operation::kVectorLoadHigh}},
    Entry{ZYDIS_MNEMONIC_VMOVHPD, {Operation::kVectorLoadHigh}},
};
constexpr std::array kBroadcasts = {
    ZYDIS_MNEMONIC_VBROADCASTSS,   ZYDIS_MNEMONIC_VBROADCASTSD, ZYDIS_MNEMONIC_VBROADCASTF128,
    ZYDIS_MNEMONIC_VBROADCASTI128, ZYDIS_MNEMONIC_VPBROADCASTB, ZYDIS_MNEMONIC_VPBROADCASTW,
    ZYDIS_MNEMONIC_VPBROADCASTD,   ZYDIS_MNEMONIC_VPBROADCASTQ, ZYDIS_MNEMONIC_MOVDDUP,
    ZYDIS_MNEMONIC_VMOVDDUP,
};

constexpr Meaning lanes(LaneOperation operation, std::uint8_t size, bool aligned) {
  return {Operation::kVectorLanes, 0, aligned, operation, size};
}

// The old encodings refuse an operand that is not aligned, the VEX ones do not (volume 2, 2.4).
constexpr std::array kLanes = {
    Entry{ZYDIS_MNEMONIC_PAND, lanes(LaneOperation::kAnd, 8, true)},
    Entry{ZYDIS_MNEMONIC_VPAND, lanes(LaneOperation::kAnd, 8, false)},
    Entry{ZYDIS_MNEMONIC_ANDPS, lanes(LaneOperation::kAnd, 8, true)},
    Entry{ZYDIS_MNEMONIC_VANDPS, lanes(LaneOperation::kAnd, 8, false)},
    Entry{ZYDIS_MNEMONIC_ANDPD, lanes(LaneOperation::kAnd, 8, true)},
    Entry{ZYDIS_MNEMONIC_VANDPD, lanes(LaneOperation::kAnd, 8, false)},
    Entry{ZYDIS_MNEMONIC_PANDN, lanes(LaneOperation::kAndNot, 8, true)},
    Entry{ZYDIS_MNEMONIC_VPANDN, lanes(LaneOperation::kAndNot, 8, false)},
    Entry{ZYDIS_MNEMONIC_ANDNPS, lanes(LaneOperation::kAndNot, 8, true)},
    Entry{ZYDIS_MNEMONIC_VANDNPS, lanes(LaneOperation::kAndNot, 8, false)},
    Entry{ZYDIS_MNEMONIC_ANDNPD, lanes(LaneOperation::kAndNot, 8, true)},
    Entry{ZYDIS_MNEMONIC_VANDNPD, lanes(LaneOperation::kAndNot, 8, false)},
    Entry{ZYDIS_MNEMONIC_POR, lanes(LaneOperation::kOr, 8, true)},
    Entry{ZYDIS_MNEMONIC_VPOR, lanes(LaneOperation::kOr, 8, false)},
    Entry{ZYDIS_MNEMONIC_ORPS, lanes(LaneOperation::kOr, 8, true)},
    Entry{ZYDIS_MNEMONIC_VORPS, lanes(LaneOperation::kOr, 8, false)},
    Entry{ZYDIS_MNEMONIC_ORPD, lanes(LaneOperation::kOr, 8, true)},
    Entry{ZYDIS_MNEMONIC_VORPD, lanes(LaneOperation::kOr, 8, false)},
    Entry{ZYDIS_MNEMONIC_PXOR, lanes(LaneOperation::kXor, 8, true)},
    Entry{ZYDIS_MNEMONIC_VPXOR, lanes(LaneOperation::kXor, 8, false)},
    Entry{ZYDIS_MNEMONIC_XORPS, lanes(LaneOperation::kXor, 8, true)},
    Entry{ZYDIS_MNEMONIC_VXORPS, lanes(LaneOperation::kXor, 8, false)},
    Entry{ZYDIS_MNEMONIC_XORPD, lanes(LaneOperation::kXor, 8, true)},
    Entry{ZYDIS_MNEMONIC_VXORPD, lanes(LaneOperation::kXor, 8, false)},
    Entry{ZYDIS_MNEMONIC_PADDB, lanes(LaneOperation::kAdd, 1, true)},
    Entry{ZYDIS_MNEMONIC_VPADDB, lanes(LaneOperation::kAdd, 1, false)},
    Entry{ZYDIS_MNEMONIC_PSUBB, lanes(LaneOperation::kSubtract, 1, true)},
    Entry{ZYDIS_MNEMONIC_VPSUBB, lanes(LaneOperation::kSubtract, 1, false)},
    Entry{ZYDIS_MNEMONIC_PCMPEQB, lanes(LaneOperation::kEqual, 1, true)},
    Entry{ZYDIS_MNEMONIC_VPCMPEQB, lanes(LaneOperation::kEqual, 1, false)},
    Entry{ZYDIS_MNEMONIC_PCMPGTB, lanes(LaneOperation::kGreaterSigned, 1, true)},
    Entry{ZYDIS_MNEMONIC_VPCMPGTB, lanes(LaneOperation::kGreaterSigned, 1, false)},
    Entry{ZYDIS_MNEMONIC_PADDW, lanes(LaneOperation::kAdd, 2, true)},
    Entry{ZYDIS_MNEMONIC_VPADDW, lanes(LaneOperation::kAdd, 2, false)},
    Entry{ZYDIS_MNEMONIC_PSUBW, lanes(LaneOperation::kSubtract, 2, true)},
    Entry{ZYDIS_MNEMONIC_VPSUBW, lanes(LaneOperation::kSubtract, 2, false)},
    Entry{ZYDIS_MNEMONIC_PCMPEQW, lanes(LaneOperation::kEqual, 2, true)},
    Entry{ZYDIS_MNEMONIC_VPCMPEQW, lanes(LaneOperation::kEqual, 2, false)},
    Entry{ZYDIS_MNEMONIC_PCMPGTW, lanes(LaneOperation::kGreaterSigned, 2, true)},
    Entry{ZYDIS_MNEMONIC_VPCMPGTW, lanes(LaneOperation::kGreaterSigned, 2, false)},
    Entry{ZYDIS_MNEMONIC_PADDD, lanes(LaneOperation::kAdd, 4, true)},
    Entry{ZYDIS_MNEMONIC_VPADDD, lanes(LaneOperation::kAdd, 4, false)},
    Entry{ZYDIS_MNEMONIC_PSUBD, lanes(LaneOperation::kSubtract, 4, true)},
    Entry{ZYDIS_MNEMONIC_VPSUBD, lanes(LaneOperation::kSubtract, 4, false)},
    Entry{ZYDIS_MNEMONIC_PCMPEQD, lanes(LaneOperation::kEqual, 4, true)},
    Entry{ZYDIS_MNEMONIC_VPCMPEQD, lanes(LaneOperation::kEqual, 4, false)},
    Entry{ZYDIS_MNEMONIC_PCMPGTD, lanes(LaneOperation::kGreaterSigned, 4, true)},
    Entry{ZYDIS_MNEMONIC_VPCMPGTD, lanes(LaneOperation::kGreaterSigned, 4, false)},
    Entry{ZYDIS_MNEMONIC_PADDQ, lanes(LaneOperation::kAdd, 8, true)},
    Entry{ZYDIS_MNEMONIC_VPADDQ, lanes(LaneOperation::kAdd, 8, false)},
    Entry{ZYDIS_MNEMONIC_PSUBQ, lanes(LaneOperation::kSubtract, 8, true)},
    Entry{ZYDIS_MNEMONIC_VPSUBQ, lanes(LaneOperation::kSubtract, 8, false)},
    Entry{ZYDIS_MNEMONIC_PCMPEQQ, lanes(LaneOperation::kEqual, 8, true)},
    Entry{ZYDIS_MNEMONIC_VPCMPEQQ, lanes(LaneOperation::kEqual, 8, false)},
    Entry{ZYDIS_MNEMONIC_PCMPGTQ, lanes(LaneOperation::kGreaterSigned, 8, true)},
    Entry{ZYDIS_MNEMONIC_VPCMPGTQ, lanes(LaneOperation::kGreaterSigned, 8, false)},
    Entry{ZYDIS_MNEMONIC_PMINUB, lanes(LaneOperation::kMinUnsigned, 1, true)},
    Entry{ZYDIS_MNEMONIC_VPMINUB, lanes(LaneOperation::kMinUnsigned, 1, false)},
    Entry{ZYDIS_MNEMONIC_PMAXUB, lanes(LaneOperation::kMaxUnsigned, 1, true)},
    Entry{ZYDIS_MNEMONIC_VPMAXUB, lanes(LaneOperation::kMaxUnsigned, 1, false)},
    Entry{ZYDIS_MNEMONIC_PMINSB, lanes(LaneOperation::kMinSigned, 1, true)},
    Entry{ZYDIS_MNEMONIC_VPMINSB, lanes(LaneOperation::kMinSigned, 1, false)},
    Entry{ZYDIS_MNEMONIC_PMAXSB, lanes(LaneOperation::kMaxSigned, 1, true)},
    Entry{ZYDIS_MNEMONIC_VPMAXSB, lanes(LaneOperation::kMaxSigned, 1, false)},
    Entry{ZYDIS_MNEMONIC_PMINUW, lanes(LaneOperation::kMinUnsigned, 2, true)},
    Entry{ZYDIS_MNEMONIC_VPMINUW, lanes(LaneOperation::kMinUnsigned, 2, false)},
    Entry{ZYDIS_MNEMONIC_PMAXUW, lanes(LaneOperation::kMaxUnsigned, 2, true)},
    Entry{ZYDIS_MNEMONIC_VPMAXUW, lanes(LaneOperation::kMaxUnsigned, 2, false)},
    Entry{ZYDIS_MNEMONIC_PMINSW, lanes(LaneOperation::kMinSigned, 2, true)},
    Entry{ZYDIS_MNEMONIC_VPMINSW, lanes(LaneOperation::kMinSigned, 2, false)},
    Entry{ZYDIS_MNEMONIC_PMAXSW, lanes(LaneOperation::kMaxSigned, 2, true)},
    Entry{ZYDIS_MNEMONIC_VPMAXSW, lanes(LaneOperation::kMaxSigned, 2, false)},
    Entry{ZYDIS_MNEMONIC_PMINUD, lanes(LaneOperation::kMinUnsigned, 4, true)},
    Entry{ZYDIS_MNEMONIC_VPMINUD, lanes(LaneOperation::kMinUnsigned, 4, false)},
    Entry{ZYDIS_MNEMONIC_PMAXUD, lanes(LaneOperation::kMaxUnsigned, 4, true)},
    Entry{ZYDIS_MNEMONIC_VPMAXUD, lanes(LaneOperation::kMaxUnsigned, 4, false)},
    Entry{ZYDIS_MNEMONIC_PMINSD, lanes(LaneOperation::kMinSigned, 4, true)},
    Entry{ZYDIS_MNEMONIC_VPMINSD, lanes(LaneOperation::kMinSigned, 4, false)},
    Entry{ZYDIS_MNEMONIC_PMAXSD, lanes(LaneOperation::kMaxSigned, 4, true)},
    Entry{ZYDIS_MNEMONIC_VPMAXSD, lanes(LaneOperation::kMaxSigned, 4, false)},
    Entry{ZYDIS_MNEMONIC_VPANDD, lanes(LaneOperation::kAnd, 8, false)},
    Entry{ZYDIS_MNEMONIC_VPANDQ, lanes(LaneOperation::kAnd, 8, false)},
    Entry{ZYDIS_MNEMONIC_VPANDND, lanes(LaneOperation::kAndNot, 8, false)},
    Entry{ZYDIS_MNEMONIC_VPANDNQ, lanes(LaneOperation::kAndNot, 8, false)},
    Entry{ZYDIS_MNEMONIC_VPORD, lanes(LaneOperation::kOr, 8, false)},
    Entry{ZYDIS_MNEMONIC_VPORQ, lanes(LaneOperation::kOr, 8, false)},
    Entry{ZYDIS_MNEMONIC_VPXORD, lanes(LaneOperation::kXor, 8, false)},
    Entry{ZYDIS_MNEMONIC_VPXORQ, lanes(LaneOperation::kXor, 8, false)},
};

template <typename Table>
const Meaning* find(const Table& table, ZydisMnemonic mnemonic) {
  const auto found = std::ranges::find(table, mnemonic, &Entry::mnemonic);
  return found == table.end() ? nullptr : &found->meaning;
}

template <typename Table>
bool contains(const Table& table, ZydisMnemonic mnemonic) {
  return std::ranges::find(table, mnemonic) != table.end();
}

Meaning vector_meaning(ZydisMnemonic mnemonic) {
  if (contains(kVectorMoves, mnemonic)) return {Operation::kVectorLoad};
  if (contains(kAlignedVectorMoves, mnemonic)) return {Operation::kVectorLoad, 0, true};
  if (contains(kBroadcasts, mnemonic)) return {Operation::kVectorBroadcast};
  if (const Meaning* half = find(kVectorHalves, mnemonic)) return *half;
  if (const Meaning* lane = find(kLanes, mnemonic)) return *lane;
  return {};
}

}  // namespace

Meaning meaning_of(const ZydisDecodedInstruction& instruction) {
  const ZydisMnemonic mnemonic = instruction.mnemonic;
  if (instruction.meta.category == ZYDIS_CATEGORY_STRINGOP) {
    const Meaning* string = find(kStrings, mnemonic);
    return string == nullptr ? Meaning{} : *string;
  }
  if (const Meaning* general = find(kGeneral, mnemonic)) return *general;
  const auto condition = static_cast<std::uint8_t>(instruction.opcode & 0xf);
  if (contains(kConditionalMoves, mnemonic)) return {Operation::kConditionalMove, condition};
  if (contains(kSetConditions, mnemonic)) return {Operation::kSetCondition, condition};
  return vector_meaning(mnemonic);
}

}  // namespace ipcgrade::x86
