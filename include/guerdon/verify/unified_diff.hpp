#pragma once
// The difference of two texts line by line, in the form of "diff -u", as Python's difflib.unified_diff prints it.
//
// $$\mathrm{diff} = \text{hunks of changed lines, each with up to } c \text{ equal lines around it}$$
//
// Lines are matched by the blocks of sequence_matcher_blocks, with autojunk. The two lines of file names are left out.
//
// Source: CPython 3.11, difflib.unified_diff with lineterm=""; SWE-RL, arXiv:2502.18449.
//
// Details that differ:
// - Lines are those of str.splitlines: a break at the very end is not seen, nor which break it is. Two texts that
//   differ in nothing else have no difference.
// - In a new text of 200 lines or more a line that makes up over 1 % of it starts no block.
//
// Cost: linear, but for the matching of lines; `max_work` refuses many of them beforehand. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/sequence_matcher.hpp>
#include <guerdon/verify/words.hpp>

#include <span>

namespace guerdon {
namespace op {
struct unified_diff : host_kind {
  static constexpr info about{"unified_diff", "verify", "The difference of two texts as a patch (difflib)",
                              "arXiv:2502.18449", skeleton::host};
  struct inputs {
    std::string_view old_text;
    std::string_view new_text;
  };
  struct outputs {
    std::string diff;  ///< without a line break at its end; empty where nothing changed
  };
  struct options {
    index_t context = 3;   ///< >= 0, equal lines around a change
    index_t max_work = 0;  ///< refuse if the numbers of lines multiply to more; 0: no limit
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("old_text", &I::old_text, "B", words()), array("new_text", &I::new_text, "B", words()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("diff", &O::diff, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("context", &options::context, counts(4)),
                      option("max_work", &options::max_work, counts(1000)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace diffs {

/// old[a, a_end) becomes new[b, b_end).
struct change {
  bool equal;
  index_t a, a_end, b, b_end;
};

/// The whole of both, in order.
inline std::vector<change> changes(const std::vector<matching_block>& blocks, index_t a_size, index_t b_size) {
  std::vector<change> all;
  all.reserve(2 * blocks.size() + 1);
  index_t a = 0, b = 0;
  const auto until = [&](index_t a_end, index_t b_end) {
    if (a < a_end || b < b_end) all.push_back({false, a, a_end, b, b_end});
  };
  for (const matching_block& x : blocks) {
    until(x.a, x.b);
    a = x.a + x.size, b = x.b + x.size;
    all.push_back({true, x.a, a, x.b, b});
  }
  until(a_size, b_size);
  return all;
}

/// f(hunk) for each: cut where more than 2 * context lines are equal; what is far from a change is left out.
template <class F>
void for_each_hunk(std::vector<change> all, index_t context, F f) {
  if (all.empty()) return;
  if (change& first = all.front(); first.equal)
    first.a = std::max(first.a, first.a_end - context), first.b = std::max(first.b, first.b_end - context);
  if (change& last = all.back(); last.equal)
    last.a_end = std::min(last.a_end, last.a + context), last.b_end = std::min(last.b_end, last.b + context);
  std::vector<change> hunk;
  hunk.reserve(all.size());
  const auto close = [&] {
    if (!hunk.empty() && !(hunk.size() == 1 && hunk[0].equal)) f(hunk);
    hunk.clear();
  };
  for (change x : all) {
    if (x.equal && x.a_end - x.a > 2 * context) {
      hunk.push_back({true, x.a, std::min(x.a_end, x.a + context), x.b, std::min(x.b_end, x.b + context)});
      close();
      x.a = std::max(x.a, x.a_end - context), x.b = std::max(x.b, x.b_end - context);
    }
    hunk.push_back(x);
  }
  close();
}

/// Lines from `begin` to `end` as a hunk's head says them.
inline std::string lines_text(index_t begin, index_t end) {
  const index_t length = end - begin;
  if (length == 1) return std::to_string(begin + 1);
  return std::to_string(length == 0 ? begin : begin + 1) + "," + std::to_string(length);
}

}  // namespace diffs

/// One pair of texts.
inline op::unified_diff::outputs unified_diff(const op::unified_diff::inputs& in,
                                              const op::unified_diff::options& o = {}) {
  const auto rule = check<op::unified_diff>(in, o);
  // The lines of both, and their numbers: those of the old text first.
  element_numbers<std::string_view> known;
  std::vector<std::string_view> lines;
  sequence_matcher::sequence numbers;
  const std::size_t some = (in.old_text.size() + in.new_text.size()) / 64 + 16;
  lines.reserve(some), numbers.reserve(some);
  const auto take = [&](std::string_view line) { lines.push_back(line), numbers.push_back(known.of(line)); };
  for_each_line(in.old_text, take);
  const std::size_t olds = lines.size();
  for_each_line(in.new_text, take);
  const auto a = std::span(std::as_const(numbers)).first(olds), b = std::span(std::as_const(numbers)).subspan(olds);
  require_matchable(rule, a.size(), b.size(), o.max_work);
  const auto n = static_cast<index_t>(a.size()), m = static_cast<index_t>(b.size());
  const index_t context = std::min(o.context, n + m);  // more is the same

  std::string diff;
  diff.reserve(std::min<std::size_t>(in.old_text.size() + in.new_text.size(), 1000));
  const auto put = [&](char mark, const std::string_view* of, index_t begin, index_t end) {
    for (index_t i = begin; i < end; ++i) (diff += mark).append(of[i]) += '\n';
  };
  auto changes = diffs::changes(sequence_matcher(a, b, true).blocks(), n, m);
  diffs::for_each_hunk(std::move(changes), context, [&](const std::vector<diffs::change>& hunk) {
    diff.append("@@ -").append(diffs::lines_text(hunk.front().a, hunk.back().a_end));
    diff.append(" +").append(diffs::lines_text(hunk.front().b, hunk.back().b_end)).append(" @@\n");
    for (const diffs::change& x : hunk) {
      put(x.equal ? ' ' : '-', lines.data(), x.a, x.a_end);
      if (!x.equal) put('+', lines.data() + olds, x.b, x.b_end);
    }
  });
  if (!diff.empty()) diff.pop_back();
  return {std::move(diff)};
}

/// A batch, in order.
inline auto unified_diff(const host_rows& rows, std::span<const op::unified_diff::inputs> in,
                         const op::unified_diff::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return unified_diff(row, o); });
}

}}  // namespace guerdon
