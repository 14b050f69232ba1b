#pragma once
// The expected return with a price on what the policy does in each state.
//
// $$J = \mu_0^\top (I - \gamma P_\pi)^{-1} \left(r_\pi - \alpha F[\pi(\cdot \mid s)]\right)$$
//
// F is the sum of p log p (negative_entropy), (sum of p^2 - 1) / 2 (tsallis), or the largest p (max_probability).
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - 0 log 0 is 0. A positive alpha with negative_entropy rewards entropy.
// - The regulariser may be any of the caller's own: regularized_objective(in, o, f).
//
// Cost: S^2 A + S^3 / 3. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/own_function.hpp>
#include <guerdon/mdp/policies.hpp>

#include <span>

namespace guerdon {

enum class policy_regularizer { negative_entropy, tsallis, max_probability };
constexpr auto enumerators(policy_regularizer) {
  return std::array{"negative_entropy", "tsallis", "max_probability"};
}

namespace op {
struct regularized_objective : host_kind {
  static constexpr info about{"regularized_objective", "mdp", "Return with a regulariser of the policy (RRL)",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    finite_mdp mdp;
    view<const double> policy;   ///< [S,A] each row a distribution
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    double objective = 0;
    std::vector<double> value;  ///< [S]
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
    double alpha = required;  ///< the price
    policy_regularizer regularizer = policy_regularizer::negative_entropy;  ///< what is paid for
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policy", &I::policy, "S,A", probabilities()),
                                     array("initial", &I::initial, "S", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("objective", &O::objective, "1"), array("value", &O::value, "S"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)),
                      option("alpha", &options::alpha, finite()), choice("regularizer", &options::regularizer));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace mdp {
inline double apply(policy_regularizer f, std::span<const double> row) {
  double price = 0;
  for (const double p : row) {
    if (f == policy_regularizer::negative_entropy) price += p > 0 ? p * std::log(p) : 0;
    if (f == policy_regularizer::tsallis) price += p * p / 2;
    if (f == policy_regularizer::max_probability) price = std::max(price, p);
  }
  return f == policy_regularizer::tsallis ? price - 0.5 : price;
}
}  // namespace mdp

/// With `regularizer`, a double(std::span<const double>) of a row of the policy, that one counts, and
/// options.regularizer does not.
template <class F = mdp::named_function>
op::regularized_objective::outputs regularized_objective(const op::regularized_objective::inputs& in,
    const op::regularized_objective::options& o = {}, const F& regularizer = {}) {
  const auto rule = check<op::regularized_objective>(in, o);
  mdp::model m = mdp::checked(rule, in.mdp, in.initial, in.policy, o.gamma, mdp::check_gamma_below_one);
  for (std::size_t s = 0; s < m.states; ++s) {
    const std::span<const double> row(in.policy.data() + s * m.actions, m.actions);
    double price = 0;
    if constexpr (mdp::is_own<F>) price = regularizer(row);
    else price = mdp::apply(o.regularizer, row);
    for (std::size_t sa = s * m.actions; sa < (s + 1) * m.actions; ++sa) m.reward[sa] -= o.alpha * price;
  }
  op::regularized_objective::outputs out{0, mdp::policy_value(rule, m, in.policy.data(), o.gamma)};
  out.objective = mdp::inner_product(in.initial, out.value);
  return out;
}

}}  // namespace guerdon
