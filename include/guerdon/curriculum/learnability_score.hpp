#pragma once
// How much there is to learn from an item, by how often it was solved: nothing where it always or never is.
//
// $$\ell = p\,(1 - p), \qquad p = \text{successes} / \text{attempts}$$
//
// Source: sampling for learnability, arXiv:2408.15099; for questions, arXiv:2502.12272.
//
// Details that differ:
// - An item without attempts has `unseen_value`, that of p = 1/2 by default, which is this project's choice.
// - With several agents in a level the official code sums over them.
//
// Cost: two counts read, one number written per item.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct learnability_score {
  static constexpr info about{"learnability_score", "curriculum", "How much there is to learn from an item: p (1 - p)",
                              "arXiv:2408.15099; arXiv:2502.12272", skeleton::map};
  template <real T>
  struct inputs {
    view<const index_t> successes;  ///< [N] at most attempts
    view<const index_t> attempts;   ///< [N] at least successes
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> learnability;  ///< [N] at most 1/4
  };
  struct options {
    double unseen_value = 0.25;  ///< of an item without attempts
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("successes", &I::successes, "N", counts(3)),
                      array("attempts", &I::attempts, "N", integers(3, 9)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("learnability", &O::learnability, "N")); }
  static constexpr auto parameters() { return std::tuple(option("unseen_value", &options::unseen_value)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the scores.
template <real T = float, backend Backend>
void learnability_score(const Backend& backend, const op::learnability_score::inputs<T>& in,
                        const op::learnability_score::outputs<T>& out, const op::learnability_score::options& o) {
  const auto rule = check<op::learnability_score>(backend, in, out, o);
  if constexpr (Backend::on_host)
    for (index_t i = 0; i < in.successes.size(); ++i)
      rule(in.successes[i] <= in.attempts[i], "successes", "must not be more than attempts");
  const double unseen = o.unseen_value;
  backend.each(in.successes.size(), [=] GUERDON_HD(index_t i) {
    const double p = double(in.successes[i]) / double(in.attempts[i]);
    out.learnability[i] = T(in.attempts[i] == 0 ? unseen : p * (1 - p));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto learnability_score(const Backend& backend, const op::learnability_score::inputs<T>& in,
                        const op::learnability_score::options& o = {}) {
  return returned<op::learnability_score, T>(backend, in, o,
                                             [&](auto& out) { learnability_score(backend, in, out, o); });
}

}}  // namespace guerdon
