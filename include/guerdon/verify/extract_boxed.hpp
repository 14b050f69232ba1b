#pragma once
// The final answer in \boxed{...} of a worked solution.
//
//   brace        what stands in the last "\boxed{", to the brace that closes it
//   hendrycks    as the graders of MATH do: "\boxed " with a blank comes first and reaches to the next "$"; else the
//                last "\boxed", if a brace follows it
//
// Braces count in pairs, escaped ones too. A box that is not closed is none, and no earlier one takes its place.
//
// Source: Hendrycks et al., MATH, arXiv:2103.03874; verl, utils/reward_score/math_reward.py.
//
// Details that differ:
// - Where there is no \boxed, verl finds \fbox and then fails on it, which is the default. `accept_fbox` takes its
//   content.
// - MATH's code reads "\boxed 5" even where a later "\boxed{7}" exists; `brace` takes the 7.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/boxed.hpp>

#include <span>

namespace guerdon {

enum class boxed_mode { hendrycks, brace };
constexpr auto enumerators(boxed_mode) { return std::array{"hendrycks", "brace"}; }

namespace op {
struct extract_boxed : host_kind {
  static constexpr info about{"extract_boxed", "verify", "The content of the last box of a solution (MATH)",
                              "arXiv:2103.03874", skeleton::host};
  struct inputs {
    std::string_view completion;
  };
  struct outputs {
    std::string content;  ///< empty where nothing was found
    bool found = false;
  };
  struct options {
    boxed_mode mode = boxed_mode::hendrycks;
    bool accept_fbox = false;  ///< hendrycks only: without any \boxed, the last \fbox{...}
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("completion", &I::completion, "B", words())); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("content", &O::content, "B"), array("found", &O::found, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode), flag("accept_fbox", &options::accept_fbox));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace boxed {

/// By the rules of MATH's graders.
constexpr std::optional<std::string_view> hendrycks(std::string_view text, bool accept_fbox) {
  constexpr std::string_view with_blank = "\\boxed ";
  if (const std::size_t at = text.rfind(with_blank); at != text.npos) {
    const std::string_view rest = text.substr(at + with_blank.size());
    return rest.substr(0, rest.find('$'));
  }
  if (text.find("\\boxed") != text.npos) return last_braced(text, "\\boxed");
  return accept_fbox ? last_braced(text, "\\fbox") : std::nullopt;
}

}  // namespace boxed

/// One completion.
inline op::extract_boxed::outputs extract_boxed(const op::extract_boxed::inputs& in,
                                                const op::extract_boxed::options& o = {}) {
  check<op::extract_boxed>(in, o);
  const auto content = o.mode == boxed_mode::brace ? boxed::last(in.completion)
                                                   : boxed::hendrycks(in.completion, o.accept_fbox);
  if (!content) return {};
  return {std::string(*content), true};
}

/// A batch, in order.
inline auto extract_boxed(const host_rows& rows, std::span<const op::extract_boxed::inputs> in,
                          const op::extract_boxed::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return extract_boxed(row, o); });
}

}}  // namespace guerdon
