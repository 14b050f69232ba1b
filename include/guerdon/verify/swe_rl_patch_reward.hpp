#pragma once
// How similar two sets of patches are, file by file: the mean similarity over all files that either touches.
//
// $$r = \frac{1}{|P \cup O|} \sum_{f \in P \cup O} \mathrm{ratio}(p_f, o_f)$$
//
// with difflib's ratio, autojunk off; 0 for a file that one side leaves alone, 1 where neither side has a file.
//
// Source: SWE-RL, arXiv:2502.18449, reward.py (compute_change_similarities).
//
// Details that differ:
// - The paper speaks of the similarity of the patch; its code, and this, takes the mean over files.
// - An empty patch counts as none, even against an empty one. Of a file given twice the last counts.
// - The sum is taken in the order of the paths; the original's order, and with it its last bits, vary from run to run.
//
// Cost: that of sequence_matcher_ratio for each file; `max_work` refuses long patches beforehand. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/sequence_matcher.hpp>

#include <map>
#include <span>

namespace guerdon {
namespace op {
struct swe_rl_patch_reward : host_kind {
  static constexpr info about{"swe_rl_patch_reward", "verify", "Similarity of patches, file by file (SWE-RL)",
                              "arXiv:2502.18449", skeleton::host};
  struct inputs {
    text_view pred_path;     ///< the files that the prediction changes
    text_view pred_patch;    ///< and how
    text_view oracle_path;   ///< the files that the true change changes
    text_view oracle_patch;  ///< and how
  };
  struct outputs {
    double reward = 0;  ///< between 0 and 1
  };
  struct options {
    index_t max_work = 0;  ///< refuse if the lengths of two patches of a file multiply to more; 0: no limit
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(list_of("pred_path", &I::pred_path, "P", "pred_offsets", words()),
                      list_of("pred_patch", &I::pred_patch, "P", "pred_offsets", words()),
                      list_of("oracle_path", &I::oracle_path, "O", "oracle_offsets", words()),
                      list_of("oracle_patch", &I::oracle_patch, "O", "oracle_offsets", words()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("max_work", &options::max_work, counts(1000)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace patches {

/// Patches by path, in the order of the paths.
using map = std::map<std::string_view, std::string_view>;

/// Similarity of a file's two patches.
template <class Rule>
double similarity(const Rule& rule, std::string_view predicted, std::string_view oracle, index_t max_work) {
  if (predicted.empty() || oracle.empty()) return 0;
  element_numbers<char32_t> numbers;
  const auto a = number_code_points(predicted, numbers), b = number_code_points(oracle, numbers);
  require_matchable(rule, a.size(), b.size(), max_work);
  return sequence_matcher(a, b, false).ratio();
}

template <class Rule>
double mean_similarity(const Rule& rule, const map& predicted, const map& oracle, index_t max_work) {
  double sum = 0;
  index_t files = 0;
  auto p = predicted.begin();
  auto o = oracle.begin();
  while (p != predicted.end() || o != oracle.end()) {
    ++files;
    if (o == oracle.end() || (p != predicted.end() && p->first < o->first)) ++p;
    else if (p == predicted.end() || o->first < p->first) ++o;
    else sum += similarity(rule, p->second, o->second, max_work), ++p, ++o;
  }
  return files == 0 ? 1 : sum / static_cast<double>(files);
}

}  // namespace patches

/// One prediction.
inline op::swe_rl_patch_reward::outputs swe_rl_patch_reward(const op::swe_rl_patch_reward::inputs& in,
                                                            const op::swe_rl_patch_reward::options& o = {}) {
  const auto rule = check<op::swe_rl_patch_reward>(in, o);
  patches::map predicted, oracle;
  for (index_t i = 0; i < in.pred_path.size(); ++i) predicted[in.pred_path[i]] = in.pred_patch[i];
  for (index_t i = 0; i < in.oracle_path.size(); ++i) oracle[in.oracle_path[i]] = in.oracle_patch[i];
  return {patches::mean_similarity(rule, predicted, oracle, o.max_work)};
}

/// A batch, in order.
inline auto swe_rl_patch_reward(const host_rows& rows, std::span<const op::swe_rl_patch_reward::inputs> in,
                                const op::swe_rl_patch_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return swe_rl_patch_reward(row, o); });
}

}}  // namespace guerdon
