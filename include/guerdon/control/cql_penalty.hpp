#pragma once
// Conservative Q-learning: pushes down the soft maximum of the values, and up the value of the action from data.
//
// With $x = q$, or $x = q - \log\mu$ of actions sampled by density mu:
//
// $$\ell = \tau \log \sum_a e^{x_a/\tau} - q(a_{data}), \qquad
//   \frac{\partial \ell}{\partial q_a} = \mathrm{softmax}(x/\tau)_a - [a = a_{data}]$$
//
// Source: CQL, arXiv:2006.04779, eq. 4, and its released code.
//
// Details that differ:
// - One of `action` (an index into the row) and `q_data` (continuous actions) says the data's value; with both, q_data.
// - The released code does not subtract log A in the sampled form; nor does this.
// - Added to a TD loss with a weight of the caller's. A +inf makes the loss inf and the whole gradient NaN, as does a
//   row of nothing but -inf.
//
// Cost: the row read three times, one number written per action.

#include <guerdon/returns/action_rows.hpp>

namespace guerdon {
namespace op {
struct cql_penalty {
  static constexpr info about{"cql_penalty", "control", "Soft maximum of values less that of the data (CQL)",
                              "arXiv:2006.04779", skeleton::logits_rows};
  template <real T>
  struct inputs {
    segments rows;                    ///< cuts the actions into N states: segments::uniform(N, A) for [N,A]
    view<const T> q;                  ///< [N,A] of all actions, or of sampled ones
    view<const index_t> action = {};  ///< [N] the action from data, 0 to A-1, or
    view<const T> q_data = {};        ///< [N] its value, where it is not among them
    view<const T> logprob = {};       ///< [N,A] log-density of the sampled actions; left out: all alike
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;              ///< [N]
    Of<T> grad_q;            ///< [N,A] d loss / d q
    Of<T> grad_q_data = {};  ///< [N] d loss / d q_data: -1; 0 without q_data; may be left out
  };
  struct options {
    double temperature = 1;  ///< > 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("q", &I::q, "B,T"),
                      optional_array("action", &I::action, "B", position_in_row()),
                      optional_array("q_data", &I::q_data, "B"),
                      optional_array("logprob", &I::logprob, "B,T", drawn(-3, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "B"), array("grad_q", &O::grad_q, "B,T"),
                      optional_array("grad_q_data", &O::grad_q_data, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("temperature", &options::temperature, greater_than(0, 0.3, 3)));
  }
  static constexpr std::array gradients{gradient{"grad_q", "loss", "q"}, gradient{"grad_q_data", "loss", "q_data"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct cql_program {
  static constexpr bool short_segments = true;
  op::cql_penalty::inputs<T> in;
  op::cql_penalty::outputs<T> out;
  double temperature;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row), n = in.rows.size(row), data = in.q_data ? -1 : in.action[row];
    const auto x = [&](index_t a) {
      return double(in.q[begin + a]) - (in.logprob ? double(in.logprob[begin + a]) : 0);
    };
    const double top = team.template reduce<highest>(n, [&](index_t a) { return lanes{x(a)}; })[0];
    const auto power = [&](index_t a) { return math::exp((x(a) - top) / temperature); };
    const double sum = team.sum(n, power);
    team.once([&] {
      const double value = in.q_data ? double(in.q_data[row]) : double(in.q[begin + data]);
      out.loss[row] = T((math::is_finite(top) ? top + temperature * math::log(sum) : top) - value);
      if (out.grad_q_data) out.grad_q_data[row] = in.q_data ? T(-1) : T(0);
    });
    team.each(n, [&](index_t a) { out.grad_q[begin + a] = T(power(a) / sum - (a == data ? 1 : 0)); });
  }
};

/// Writes losses and gradients.
template <real T = float, backend Backend>
void cql_penalty(const Backend& backend, const op::cql_penalty::inputs<T>& in, const op::cql_penalty::outputs<T>& out,
                 const op::cql_penalty::options& o) {
  const auto rule = check<op::cql_penalty>(backend, in, out, o);
  rule(in.action || in.q_data || in.rows.count() == 0, "action", "or q_data is required, and neither was given");
  if (!in.q_data) detail::check_row_actions(backend, rule, in.action, in.rows, "action");
  backend.for_segments(in.rows, cql_program<T>{in, out, o.temperature});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto cql_penalty(const Backend& backend, const op::cql_penalty::inputs<T>& in, const op::cql_penalty::options& o = {}) {
  return returned<op::cql_penalty, T>(backend, in, o, [&](auto& out) { cql_penalty(backend, in, out, o); });
}

}}  // namespace guerdon
