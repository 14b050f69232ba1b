#pragma once
// Token rewards divided by the largest return of the batch: signs and ratios stay, and no return exceeds 1.
//
// $$r_t' = \frac{r_t}{M + \varepsilon}, \qquad M = \max_{b, t} \Bigl|\sum_{s \ge t} r_{b,s}\Bigr|$$
//
// over response tokens; 0 elsewhere.
//
// Source: PRIME, arXiv:2502.01456 (batch_norm, the default of both released versions).
//
// Details that differ:
// - Returns are not discounted. All zero: 0. NaN on a response token makes M and every response token's result NaN.
// - What stands under the mask is never read.
//
// Cost: two passes, 8 bytes of scratch per token. No gradient.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct batch_max_normalize {
  static constexpr info about{"batch_max_normalize", "process",
                              "Token rewards scaled so that no return exceeds 1 (PRIME)", "arXiv:2502.01456",
                              skeleton::scan};
  template <storage T>
  struct inputs {
    segments rows;                 ///< cuts the tokens into B rows
    view<const T> process_reward;  ///< [B,T]
    view<const flag_t> mask;       ///< [B,T] 1 = of the response
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> process_reward;  ///< [B,T]
    Of<T> max_return;      ///< [1] M
  };
  struct options {
    double epsilon = 1e-6;  ///< >= 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("process_reward", &I::process_reward, "B,T"),
                      array("mask", &I::mask, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("process_reward", &O::process_reward, "B,T"), array("max_return", &O::max_return, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("epsilon", &options::epsilon, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

struct max_return_programs {
  /// The largest return of a row, by amount.
  template <class T>
  struct measure {
    static constexpr bool long_segments = true;
    op::batch_max_normalize::inputs<T> in;
    view<double> returns;  // [tokens]
    view<double> largest;  // [B]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      using R = real_t<T>;
      const index_t begin = in.rows.begin(row), n = in.rows.size(row);
      const T* const reward = in.process_reward.data() + begin;
      const flag_t* const mask = in.mask.data() + begin;
      double* const to_go = returns.data() + begin;
      team.recur_backward(
          n, 0.0,
          [=](index_t t) { return affine<double>{math::select(mask[t] != 0, double(R(reward[t])), 0.0), 1.0}; },
          [=](index_t t, double x, double) { to_go[t] = x; });
      const double most =
          team.template reduce<highest>(n, [=](index_t t) { return lanes{math::abs(to_go[t])}; })[0];
      team.once([&] { largest[row] = n > 0 ? most : 0; });
    }
  };

  template <class T>
  struct scale {
    static constexpr bool long_segments = true;
    op::batch_max_normalize::inputs<T> in;
    op::batch_max_normalize::outputs<T> out;
    view<const double> most;  // [1]
    double epsilon;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      using R = real_t<T>;
      const index_t begin = in.rows.begin(row), n = in.rows.size(row);
      const T* const reward = in.process_reward.data() + begin;
      const flag_t* const mask = in.mask.data() + begin;
      T* const result = out.process_reward.data() + begin;
      const R divisor = R(most[0] + epsilon), nothing = R(most[0] != most[0] ? most[0] : 0);
      team.each(n, [=](index_t t) {
        const R r = R(reward[t]), scaled = math::select(r == R(0), nothing, r / divisor);
        result[t] = T(math::select(mask[t] != 0, scaled, R(0)));
      });
    }
  };
};

/// Writes scaled rewards and the largest return.
template <storage T = float, backend Backend>
void batch_max_normalize(const Backend& backend, const op::batch_max_normalize::inputs<T>& in,
                         const op::batch_max_normalize::outputs<T>& out, const op::batch_max_normalize::options& o) {
  check<op::batch_max_normalize>(backend, in, out, o);
  const index_t rows = in.rows.count();
  auto scratch = backend.scratch();
  const auto returns = scratch.template take<double>(in.process_reward.size());
  const auto largest = scratch.template take<double>(rows), most = scratch.template take<double>(1);
  backend.for_segments(in.rows, max_return_programs::measure<T>{in, returns, largest});
  reduce_few<highest>(
      backend, rows, [=] GUERDON_HD(index_t row) { return lanes{largest[row]}; },
      [=] GUERDON_HD(const lanes<double, 1>& m) {
        most[0] = rows > 0 ? m[0] : 0;
        out.max_return[0] = T(most[0]);
      });
  backend.for_segments(in.rows, max_return_programs::scale<T>{in, out, most, o.epsilon});
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto batch_max_normalize(const Backend& backend, const op::batch_max_normalize::inputs<T>& in,
                         const op::batch_max_normalize::options& o = {}) {
  return returned<op::batch_max_normalize, T>(backend, in, o,
                                              [&](auto& out) { batch_max_normalize(backend, in, out, o); });
}

}}  // namespace guerdon
