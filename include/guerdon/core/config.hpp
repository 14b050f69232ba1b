#pragma once
// What every other header stands on: index types, the instruction-set namespace, the three unavoidable macros.

#if __cplusplus < 202002L
#error "guerdon needs C++20: compile with -std=c++20 or later."
#endif

#include <cstddef>
#include <cstdint>

#ifdef __FAST_MATH__
#error "guerdon needs IEEE arithmetic: -ffast-math folds its rounding away and breaks NaN tests. Drop the flag."
#endif

// Functors and programs run on the host and on the device from one text.
#ifdef __CUDACC__
#define GUERDON_HD __host__ __device__
#else
#define GUERDON_HD
#endif

// Functions of the types that stand outside the instruction-set namespace below: inlined wherever they are called, so
// that the linker finds nothing of them to merge.
#define GUERDON_INLINE [[gnu::always_inline]] GUERDON_HD

// "The iterations of this loop do not depend on each other": lets g++ vectorise without a run-time alias check.
// clang checks at run time; its own form would let it read past a condition that guards an array's end.
#if defined(__GNUC__) && !defined(__clang__)
#define GUERDON_IVDEP _Pragma("GCC ivdep")
#else
#define GUERDON_IVDEP
#endif

// Translation units built for different instruction sets must not share inline functions: the linker would keep
// one copy, and a program built for the smaller machine could run the larger machine's instructions. Algorithms,
// backends and the maths stand in this namespace; types that one hands from one translation unit to another (views,
// segments, storage types, the structs of operations) stand outside it, so that a .cpp and a .cu agree on them.
#if defined(__CUDACC__)
#define GUERDON_ABI abi_cuda
#elif defined(__AVX512F__)
#define GUERDON_ABI abi_avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define GUERDON_ABI abi_avx2_fma
#elif defined(__AVX2__)
#define GUERDON_ABI abi_avx2
#elif defined(__AVX__)
#define GUERDON_ABI abi_avx
#elif defined(__SSE4_2__)
#define GUERDON_ABI abi_sse4
#else
#define GUERDON_ABI abi_base
#endif

namespace guerdon {

using index_t = std::int64_t;  ///< sizes, offsets, lengths, class ids: always 64 bit
using flag_t = std::uint8_t;   ///< masks and yes/no arrays: one byte, 0 or not 0

inline namespace GUERDON_ABI {

/// std::bit_cast that device code may call too.
template <class To, class From>
GUERDON_HD constexpr To bits_as(From value) { return __builtin_bit_cast(To, value); }

}}  // namespace guerdon
