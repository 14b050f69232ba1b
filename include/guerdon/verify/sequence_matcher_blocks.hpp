#pragma once
// Where two texts agree, block by block, exactly as Python's difflib.SequenceMatcher says.
//
// $$\mathrm{blocks}(a, b) = \mathrm{blocks}(\text{left of } m) \cup \{m\} \cup \mathrm{blocks}(\text{right of } m),
//   \qquad m = \text{the longest common block}$$
//
// in order; blocks that touch in both texts are one; the last is the sentinel (|a|, |b|, 0). With M characters in
// blocks, difflib's ratio is 2M / (|a| + |b|).
//
// Source: Ratcliff and Obershelp (1988); CPython 3.11, difflib; SWE-RL, arXiv:2502.18449, whose patch reward is the
// ratio with autojunk off.
//
// Details that differ:
// - Python's default is autojunk, which this keeps: where b has 200 characters or more, those that make up over 1 % of
//   it start no block. That changes results a good deal, and makes them depend on which text is b.
// - Characters are code points; a byte that is no UTF-8 is a character of its own (Python's surrogateescape).
// - Equal texts are one block, without a search.
//
// Cost: for each block a step for every equal pair of characters in its window; worst case |a||b| steps for each of
// min(|a|, |b|) blocks. `max_work` refuses long texts beforehand. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/sequence_matcher.hpp>

#include <span>

namespace guerdon {

namespace op {
struct sequence_matcher_blocks : host_kind {
  static constexpr info about{"sequence_matcher_blocks", "verify", "Matching blocks of two texts (difflib)",
                              "arXiv:2502.18449", skeleton::host};
  struct inputs {
    std::string_view a;
    std::string_view b;
  };
  struct outputs {
    std::vector<index_t> block_a;     ///< where each block begins in a, in code points
    std::vector<index_t> block_b;     ///< and in b
    std::vector<index_t> block_size;  ///< how long it is; 0 ends the list
  };
  struct options {
    bool autojunk = true;  ///< what makes up over 1 % of a long b starts no block
    index_t max_work = 0;  ///< refuse if |a||b|, in code points, is more; 0: no limit
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("a", &I::a, "B", words()), array("b", &I::b, "B", words()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(list_of("block_a", &O::block_a, "K", "block_offsets"),
                      list_of("block_b", &O::block_b, "K", "block_offsets"),
                      list_of("block_size", &O::block_size, "K", "block_offsets"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("autojunk", &options::autojunk), option("max_work", &options::max_work, counts(1000)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One pair of texts.
inline op::sequence_matcher_blocks::outputs sequence_matcher_blocks(
    const op::sequence_matcher_blocks::inputs& in, const op::sequence_matcher_blocks::options& o = {}) {
  const auto rule = check<op::sequence_matcher_blocks>(in, o);
  element_numbers<char32_t> numbers;
  const auto a = number_code_points(in.a, numbers), b = number_code_points(in.b, numbers);
  require_matchable(rule, a.size(), b.size(), o.max_work);

  op::sequence_matcher_blocks::outputs out;
  const auto put = [&](const matching_block& x) {
    out.block_a.push_back(x.a);
    out.block_b.push_back(x.b);
    out.block_size.push_back(x.size);
  };
  for (const matching_block& x : sequence_matcher(a, b, o.autojunk).blocks()) put(x);
  put({static_cast<index_t>(a.size()), static_cast<index_t>(b.size()), 0});
  return out;
}

/// A batch, in order.
inline auto sequence_matcher_blocks(const host_rows& rows, std::span<const op::sequence_matcher_blocks::inputs> in,
                                    const op::sequence_matcher_blocks::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return sequence_matcher_blocks(row, o); });
}

}}  // namespace guerdon
