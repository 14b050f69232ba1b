#pragma once
// How similar a completion's edits of some files are to the true change; -1 for what is not of the form.
//
// $$r = \begin{cases} -1 & \text{not of the form} \\ \mathrm{similarity}(\text{patches}) & \text{otherwise}
//   \end{cases}$$
//
// The form is one <think>...</think> that says something and one <solution>...</solution> with search/replace edits
// (parse_search_replace) that can be made (apply_search_replace). Patches are unified_diff of the files before and
// after, similarity is swe_rl_patch_reward.
//
// Source: SWE-RL, arXiv:2502.18449, reward.py (calculate_search_replace_reward).
//
// Details that differ:
// - Each of the four tags must occur exactly once, in any order, as in the original.
// - Edits without effect make no patch: 0 against a true change, and 1 where the truth changes nothing either.
// - Edits that would blow a file up beyond 64 MiB earn -1; the original runs out of memory.
//
// Cost: linear, but for the similarity of the patches: `max_work` refuses long ones. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/apply_search_replace.hpp>
#include <guerdon/verify/swe_rl_patch_reward.hpp>
#include <guerdon/verify/unified_diff.hpp>

namespace guerdon {
namespace op {
struct swe_rl_reward : host_kind {
  static constexpr info about{"swe_rl_reward", "verify",
                              "Similarity of a completion's edits to the true change (SWE-RL)",
                              "arXiv:2502.18449", skeleton::host};
  struct inputs {
    std::string_view completion;
    text_view context_path;  ///< the files before the change
    text_view context_text;
    text_view oracle_path;  ///< the files after the true change
    text_view oracle_text;
  };
  struct outputs {
    double reward = 0;  ///< -1, or between 0 and 1
  };
  struct options {
    index_t max_work = 0;  ///< refuse if the lengths of two patches of a file multiply to more; 0: no limit
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words()),
                      list_of("context_path", &I::context_path, "N", "context_offsets", words()),
                      list_of("context_text", &I::context_text, "N", "context_offsets", words()),
                      list_of("oracle_path", &I::oracle_path, "O", "oracle_offsets", words()),
                      list_of("oracle_text", &I::oracle_text, "O", "oracle_offsets", words()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("max_work", &options::max_work, counts(1000)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace swe_rl {

/// The solution's text, where thought and solution stand as they should.
inline std::optional<std::string_view> solution(std::string_view completion) {
  for (const std::string_view tag : {"<think>", "</think>", "<solution>", "</solution>"})
    if (!tags::occurs_once(completion, tag)) return std::nullopt;
  const auto between = [&](std::string_view opener, std::string_view closer) {
    const std::string_view rest = completion.substr(completion.find(opener) + opener.size());
    return unicode::trim(rest.substr(0, rest.find(closer)));
  };
  if (between("<think>", "</think>").empty()) return std::nullopt;
  return between("<solution>", "</solution>");
}

}  // namespace swe_rl

/// One completion.
inline op::swe_rl_reward::outputs swe_rl_reward(const op::swe_rl_reward::inputs& in,
                                                const op::swe_rl_reward::options& o = {}) {
  const auto rule = check<op::swe_rl_reward>(in, o);
  const auto solution = swe_rl::solution(in.completion);
  if (!solution) return {-1};
  const auto edits = search_replace::parse(*solution);
  if (edits.empty()) return {-1};
  const auto context = search_replace::files_of(in.context_path, in.context_text);
  search_replace::fault why;
  const auto edited = search_replace::edited(context, edits, why);
  if (why != search_replace::fault::none) return {-1};

  std::map<std::string_view, std::string> diffs[2];
  patches::map patch[2];
  const auto put = [&](int side, std::string_view path, std::string_view text) {
    const std::string& diff = diffs[side][path] = unified_diff({search_replace::text_of(context, path), text}).diff;
    if (diff.empty()) patch[side].erase(path);
    else patch[side][path] = diff;
  };
  for (const auto& file : edited) put(0, file.path, file.text);
  for (const auto& [path, text] : search_replace::files_of(in.oracle_path, in.oracle_text)) put(1, path, text);
  return {patches::mean_similarity(rule, patch[0], patch[1], o.max_work)};
}

/// A batch, in order.
inline auto swe_rl_reward(const host_rows& rows, std::span<const op::swe_rl_reward::inputs> in,
                          const op::swe_rl_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return swe_rl_reward(row, o); });
}

}}  // namespace guerdon
