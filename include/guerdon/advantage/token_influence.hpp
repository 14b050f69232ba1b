#pragma once
// How much the gradient of each token moves the right answers to its prompt, from hidden states and probabilities; and
// the least that one right answer moves them.
//
// With the prediction error g = onehot(token) - probability and the hidden state h of a token, the influence of token t is
// the sum over the tokens k of right answers of <g_k, g_t> <h_k, h_t> = g_t^T M h_t, where M = sum of g_k h_k^T. M is V by
// d; it is made for a few columns of the vocabulary at a time.
//
// Source: arXiv:2505.18830; arXiv:2510.03669.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {

/// The arguments that tell an influence.
template <class I>
constexpr auto influence_arguments() {
  return std::tuple(array("token_id", &I::token_id, "N", index_into("V")), array("hidden", &I::hidden, "N,D"),
                    array("probability", &I::probability, "N,V", drawn(0, 1)),
                    cuts("responses", &I::responses, "R", "N").in_files("response_offsets"),
                    array("correct", &I::correct, "R", yes_or_no()),
                    cuts("groups", &I::groups, "G", "R").in_files("group_offsets"));
}

}  // namespace op

inline namespace GUERDON_ABI {

struct influence_programs {
  /// What a token of each response weighs in M, and to which prompt the response belongs.
  struct weigh {
    static constexpr bool short_segments = true;
    segments responses, groups;
    view<const flag_t> correct;
    bool length_norm;
    view<double> weight;    // [R] 0: not a right answer with tokens
    view<index_t> prompt;   // [R]
    view<double> answered;  // [G] right answers with tokens

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t g) const {
      const index_t begin = groups.begin(g);
      const double count = team.sum(groups.size(g), [&](index_t i) {
        const index_t r = begin + i, tokens = responses.size(r);
        const bool right = correct[r] && tokens > 0;
        weight[r] = !right ? 0 : length_norm ? 1 / double(tokens) : 1;
        prompt[r] = g;
        return right ? 1 : 0;
      });
      team.once([&] { answered[g] = count; });
    }
  };

  /// Tokens, as the programs read them.
  template <class T>
  struct tokens {
    const T *hidden, *probability;
    const index_t* token_id;
    index_t d, vocabulary;

    GUERDON_HD double error(index_t t, index_t v) const {
      return (token_id[t] == v ? 1.0 : 0.0) - double(real_t<T>(probability[t * vocabulary + v]));
    }
    GUERDON_HD double state(index_t t, index_t j) const { return double(real_t<T>(hidden[t * d + j])); }
  };

  /// One row of one prompt's M: segment s is column `first + s % width` of the vocabulary for prompt s / width.
  template <class T>
  struct gather {
    static constexpr bool long_segments = true;
    tokens<T> of;
    segments responses, groups;
    view<const double> weight;
    index_t first, width;
    view<double> matrix;  // [G, width, d]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t s) const {
      const index_t g = s / width, v = first + s % width, begin = groups.begin(g), d = of.d;
      double* const row = matrix.data() + s * d;
      team.each(d, [=](index_t j) { row[j] = 0; });
      for (index_t r = begin; r < begin + groups.size(g); ++r) {
        if (weight[r] == 0) continue;
        const index_t from = responses.begin(r), end = from + responses.size(r);
        for (index_t t = from; t < end; ++t) {
          const double pull = weight[r] * of.error(t, v);
          team.each(d, [=, x = of](index_t j) { row[j] += pull * x.state(t, j); });
        }
      }
    }
  };

  /// What these columns add to the influence of each token of a response.
  template <class T>
  struct spread {
    static constexpr bool long_segments = true;
    tokens<T> of;
    segments responses, groups;
    view<const index_t> prompt;
    view<const double> answered;
    index_t first, width;
    view<const double> matrix;
    view<double> influence;  // [N]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t r) const {
      if (!groups.holds(r) || answered[prompt[r]] == 0) return;
      const index_t from = responses.begin(r), end = from + responses.size(r), d = of.d;
      for (index_t t = from; t < end; ++t) {
        double sum = 0;
        for (index_t v = 0; v < width; ++v) {
          const double* const row = matrix.data() + (prompt[r] * width + v) * d;
          sum += of.error(t, first + v) * team.sum(d, [=, x = of](index_t j) { return row[j] * x.state(t, j); });
        }
        team.once([&] { influence[t] += sum; });
      }
    }
  };

  /// The mean of a response's tokens.
  template <class Value>
  struct average {
    static constexpr bool long_segments = true;
    const Value* value;  // [N]
    segments responses;
    view<double> mean;  // [R]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t r) const {
      const index_t n = responses.size(r);
      const Value* const own = value + responses.begin(r);
      const double total = team.sum(n, [=](index_t t) { return real_t<Value>(own[t]); });
      team.once([&] { mean[r] = total / double(n); });
    }
  };
};

/// beta times the least mean over the right answers with tokens of a prompt; +inf where there is none.
template <class Team>
GUERDON_HD double least_right_mean(Team& team, const segments& responses, const segments& groups, index_t g,
                                   view<const flag_t> correct, view<const double> mean, double beta) {
  const index_t begin = groups.begin(g);
  const auto t = team.template reduce<lowest, add>(groups.size(g), [&](index_t i) {
    const bool right = correct[begin + i] && responses.size(begin + i) > 0;
    return right ? lanes{mean[begin + i], 1.0} : lanes{lowest::identity, 0.0};
  });
  return t[1] > 0 ? beta * t[0] : lowest::identity;
}

/// influence[t] of every token; 0 where the prompt has no right answer with tokens. Throws where a token is not one.
template <class T, class Backend, class In>
void token_influence(const Backend& backend, const call_rules& rule, const In& in, bool length_norm,
                     view<double> influence) {
  const index_t n = in.token_id.size(), prompts = in.groups.count(), answers = in.responses.count();
  const index_t d = n > 0 ? in.hidden.size() / n : 0, vocabulary = n > 0 ? in.probability.size() / n : 0;
  if constexpr (Backend::on_host)
    for (index_t t = 0; t < n; ++t) rule(in.token_id[t] < vocabulary, "token_id", "must lie between 0 and V-1");
  auto scratch = backend.scratch();
  const auto weight = scratch.template take<double>(answers), answered = scratch.template take<double>(prompts);
  const auto prompt = scratch.template take<index_t>(answers);
  backend.each(n, [=] GUERDON_HD(index_t t) { influence[t] = 0; });
  backend.for_segments(in.groups, influence_programs::weigh{in.responses, in.groups, in.correct, length_norm, weight,
                                                            prompt, answered});
  constexpr index_t room = index_t(1) << 22;  // numbers of M that are made at a time, if a column has no more
  const index_t column = prompts * d, most = column > 0 ? room / column : 0;
  const index_t width = most < 1 ? 1 : most < vocabulary ? most : vocabulary;
  const auto matrix = scratch.template take<double>(column * width);
  const influence_programs::tokens<T> of{in.hidden.data(), in.probability.data(), in.token_id.data(), d, vocabulary};
  for (index_t first = 0; column > 0 && first < vocabulary; first += width) {
    const index_t columns = vocabulary - first < width ? vocabulary - first : width;
    backend.for_segments(segments::uniform(prompts * columns, d),
                         influence_programs::gather<T>{of, in.responses, in.groups, weight, first, columns, matrix});
    backend.for_segments(in.responses, influence_programs::spread<T>{of, in.responses, in.groups, prompt, answered,
                                                                     first, columns, matrix, influence});
  }
}

}}  // namespace guerdon
