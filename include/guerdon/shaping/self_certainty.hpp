#pragma once
// How sure a policy is of its own tokens: the divergence of its distributions from the uniform one, a number per
// response.
//
// $$K_t = \sum_v p_v (\log p_v + \log V) \quad (\text{model, uniform}), \qquad
//   K_t = -\log V - \frac{1}{V} \sum_v \log p_v \quad (\text{uniform, model})$$
//
// The score is the mean of K over the response's tokens, divided by V if `divide_by_vocab`; 0 of a response without
// tokens.
//
// Source: Shop-R1, arXiv:2507.17842, equation 3; self-certainty: Kang et al., arXiv:2502.18581.
//
// Details that differ:
// - The default is the equation as printed, which divides by V once more and makes the term about 1e-4: its weight of
//   0.005 then changes nothing. The paper's words mean divide_by_vocab = false, and its figure fits the form
//   kl_uniform_model of the work it cites. Take one of these for an effect.
// - A token of probability 0 contributes nothing to the first form and makes the second +inf.
// - No gradient with respect to log-probabilities. With respect to the logits of a token, of n in the response, it is
//   $p_k (\log p_k - \sum_v p_v \log p_v) / n$ of the first form and $(p_k - 1/V) / n$ of the second.
//
// Cost: 4 bytes per log-probability in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class certainty_form { kl_model_uniform, kl_uniform_model };
constexpr auto enumerators(certainty_form) { return std::array{"kl_model_uniform", "kl_uniform_model"}; }

namespace op {
struct self_certainty {
  static constexpr info about{"self_certainty", "shaping", "Divergence of a response's tokens from chance (Shop-R1)",
                              "arXiv:2507.17842; arXiv:2502.18581", skeleton::logits_rows};
  template <storage T>
  struct inputs {
    segments rows;          ///< cuts the log-probabilities into N tokens: segments::uniform(N, V) for [N,V]
    view<const T> logprob;  ///< [N,V] whole distributions, normalised
    segments tokens;        ///< cuts the N tokens into S responses
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> score;  ///< [S]
  };
  struct options {
    certainty_form form = certainty_form::kl_model_uniform;
    bool divide_by_vocab = true;  ///< by the size of the vocabulary, once more
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logprob", &I::logprob, "B,T", drawn(-5, 0)),
                      cuts("tokens", &I::tokens, "S", "B").in_files("token_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("score", &O::score, "S")); }
  static constexpr auto parameters() {
    return std::tuple(choice("form", &options::form), flag("divide_by_vocab", &options::divide_by_vocab));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// K of every token.
template <class T>
struct token_certainty_program {
  static constexpr bool long_segments = true;
  op::self_certainty::inputs<T> in;
  op::self_certainty::options o;
  view<double> certainty;  // [N]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t token) const {
    using R = real_t<T>;
    const index_t n = in.rows.size(token);
    const T* const logprob = in.logprob.data() + in.rows.begin(token);
    const double log_n = math::log(double(n));
    double k = 0;
    if (o.form == certainty_form::kl_model_uniform) {
      const auto total = team.template reduce<add, add>(n, [=](index_t v) {
        const R x = R(logprob[v]), p = math::exp(x);
        return lanes{p, math::select(p == R(0), R(0), p * x)};
      });
      k = total[1] + total[0] * log_n;
    } else {
      k = -log_n - team.sum(n, [=](index_t v) { return R(logprob[v]); }) / double(n);
    }
    if (o.divide_by_vocab) k /= double(n);
    team.once([&] { certainty[token] = n > 0 ? k : 0; });
  }
};

template <class T>
struct mean_certainty_program {
  static constexpr bool long_segments = true;
  segments tokens;
  view<const double> certainty;
  view<T> score;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t s) const {
    const index_t begin = tokens.begin(s), n = tokens.size(s);
    const double* const k = certainty.data() + begin;
    const double sum = team.sum(n, [=](index_t t) { return k[t]; });
    team.once([&] { score[s] = T(n > 0 ? sum / double(n) : 0.0); });
  }
};

}  // namespace detail

/// Writes the scores.
template <storage T = float, backend Backend>
void self_certainty(const Backend& backend, const op::self_certainty::inputs<T>& in,
                    const op::self_certainty::outputs<T>& out, const op::self_certainty::options& o) {
  check<op::self_certainty>(backend, in, out, o);
  auto scratch = backend.scratch();
  const auto certainty = scratch.template take<double>(in.rows.count());
  backend.for_segments(in.rows, detail::token_certainty_program<T>{in, o, certainty});
  backend.for_segments(in.tokens, detail::mean_certainty_program<T>{in.tokens, certainty, out.score});
}

/// The scores in an array of the backend's.
template <storage T = float, backend Backend>
auto self_certainty(const Backend& backend, const op::self_certainty::inputs<T>& in,
                    const op::self_certainty::options& o = {}) {
  return returned<op::self_certainty, T>(backend, in, o, [&](auto& out) { self_certainty(backend, in, out, o); });
}

}}  // namespace guerdon
