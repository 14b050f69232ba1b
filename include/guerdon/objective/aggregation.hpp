#pragma once
// How token losses become one number. Every mode gives all valid tokens of a row the same weight, so a loss needs
// one number per row; loss = sum over valid tokens of weight[row] * token_loss.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class aggregation_mode {
  token_mean,               ///< dp / N, N valid tokens (DAPO in nearly all code)
  token_sum,                ///< dp
  seq_mean_token_sum,       ///< dp / S, S rows with a valid token
  seq_mean_token_mean,      ///< dp / (S n_row) (GRPO)
  seq_mean_token_sum_norm,  ///< dp / (S F), F a constant (Dr.GRPO)
  prompt_mean               ///< dp / (P * tokens of the row's prompt), P prompts with a valid token (DAPO, the paper)
};
constexpr auto enumerators(aggregation_mode) {
  return std::array{"token_mean",          "token_sum",               "seq_mean_token_sum",
                    "seq_mean_token_mean", "seq_mean_token_sum_norm", "prompt_mean"};
}

struct aggregation_options {
  aggregation_mode mode = aggregation_mode::token_mean;
  double loss_scale_factor = 0;   ///< F of seq_mean_token_sum_norm; 0: the padded width of the rows
  index_t global_num_tokens = 0;  ///< N over all micro-batches and ranks; 0: counted in this batch
  index_t global_batch_size = 0;  ///< S over all micro-batches and ranks; 0: counted in this batch
  double dp_size = 1;             ///< > 0, data-parallel ranks whose gradients are averaged afterwards

  static constexpr auto parameters() {
    return std::tuple(op::choice("mode", &aggregation_options::mode).in_files("aggregation"),
                      op::option("loss_scale_factor", &aggregation_options::loss_scale_factor, op::at_least(0, 20)),
                      op::option("global_num_tokens", &aggregation_options::global_num_tokens, op::counts(50)),
                      op::option("global_batch_size", &aggregation_options::global_batch_size, op::counts(9)),
                      op::option("dp_size", &aggregation_options::dp_size, op::greater_than(0, 1, 8)));
  }
};

inline namespace GUERDON_ABI {

namespace detail {

/// tokens[row] = valid tokens of the row.
struct count_tokens {
  static constexpr bool long_segments = true;
  segments rows;
  view<const flag_t> mask;
  view<double> tokens;

  template <class Team>
  GUERDON_HD double operator()(Team& team, index_t row) const {
    const index_t begin = rows.begin(row), n = rows.size(row);
    const double count =
        mask ? team.sum(n, [&](index_t i) { return mask[begin + i] ? 1 : 0; }) : static_cast<double>(n);
    team.once([&] { tokens[row] = count; });
    return count;
  }
};

/// Every row of a prompt gets the tokens of the whole prompt.
struct prompt_tokens {
  static constexpr bool short_segments = true;
  segments groups;
  view<const double> tokens;
  view<double> of_prompt;  // [rows]
  view<double> alive;      // [G] 1 where the prompt has a valid token

  template <class Team>
  [[gnu::cold]] GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    const double total = team.sum(n, [&](index_t i) { return tokens[begin + i]; });
    team.each(n, [&](index_t i) { of_prompt[begin + i] = total; });
    team.once([&] { alive[g] = total > 0 ? 1 : 0; });
  }
};

}  // namespace detail

/// What an aggregation asks of the rows and prompts it meets.
inline void check_aggregation(const call_rules& rule, const aggregation_options& o, const segments& rows,
                              const segments& groups, const char* factor) {
  rule(o.mode != aggregation_mode::seq_mean_token_sum_norm || o.loss_scale_factor > 0 || !rows.ragged(),
       factor, "must be given for ragged rows, which have no padded width");
  rule(o.mode != aggregation_mode::prompt_mean || groups, "groups", "offsets are required for prompt_mean");
}

namespace detail {

/// What token losses are divided by.
struct divisors {
  aggregation_options o;
  double tokens = 0, rows = 0, width = 0, prompts = 0;  ///< 0: not known yet

  /// Of a row with n valid tokens, whose prompt has so many.
  GUERDON_HD double weight(double n, double of_prompt) const {
    double divisor = 1;
    switch (o.mode) {
      case aggregation_mode::token_mean: divisor = tokens; break;
      case aggregation_mode::token_sum: break;
      case aggregation_mode::seq_mean_token_sum: divisor = rows; break;
      case aggregation_mode::seq_mean_token_mean: divisor = rows * n; break;
      case aggregation_mode::seq_mean_token_sum_norm: divisor = rows * width; break;
      case aggregation_mode::prompt_mean: divisor = prompts * of_prompt; break;
    }
    return n > 0 ? o.dp_size / divisor : 0;
  }
  /// Nothing has to be counted over rows.
  bool known() const {
    return o.mode == aggregation_mode::token_sum || (o.mode == aggregation_mode::token_mean && tokens > 0) ||
           (o.mode != aggregation_mode::token_mean && o.mode != aggregation_mode::prompt_mean && rows > 0);
  }
};

/// What is known of them before any memory is looked at: `elements` tokens, of which a mask or padding may hide some.
inline divisors known_divisors(const segments& rows, index_t elements, view<const flag_t> mask,
                               const aggregation_options& o) {
  const bool whole = !mask && !rows.padded(), no_row_empty = whole && !rows.ragged() && rows.stride() > 0;
  return {.o = o,
          .tokens = double(o.global_num_tokens > 0 ? o.global_num_tokens : whole ? elements : 0),
          .rows = double(o.global_batch_size > 0 ? o.global_batch_size : no_row_empty ? rows.count() : 0),
          .width = o.loss_scale_factor > 0 ? o.loss_scale_factor : double(rows.stride())};
}

/// What each row weighs, once it is known how many valid tokens there are: one team, which counts rows and prompts first.
struct weigh_rows {
  static constexpr bool short_segments = true;
  segments rows;
  divisors by;
  bool counted;                         // tokens are; else all of a row are valid
  view<const double> of_prompt, alive;  // prompt_mean only
  view<double> weight, tokens;

  template <class Team>
  [[gnu::cold]] GUERDON_HD void operator()(Team& team, index_t) const {  // rows are few: compiled for size
    const auto tokens_of = [&](index_t row) { return counted ? tokens[row] : double(rows.size(row)); };
    const auto total = team.template reduce<add, add>(rows.count(), [&](index_t row) {
      const double n = tokens_of(row);
      return lanes{n, n > 0 ? 1.0 : 0.0};
    });
    divisors all = by;
    all.prompts = team.sum(alive.size(), [&](index_t g) { return alive[g]; });
    if (!(all.o.global_num_tokens > 0)) all.tokens = total[0];
    if (!(all.o.global_batch_size > 0)) all.rows = total[1];
    team.each(rows.count(), [&](index_t row) {
      const double n = tokens_of(row);
      weight[row] = all.weight(n, of_prompt ? of_prompt[row] : 0.0);
      tokens[row] = n;
    });
  }
};

}  // namespace detail

/// weight[row] = d loss / d token loss of the row's valid tokens; 0 for a row without any. tokens[row] = how many.
/// `groups` cuts the rows into prompts and is read for prompt_mean only. One launch, one more for prompts.
template <class Backend>
void aggregation_weights(const Backend& backend, const segments& rows, view<const flag_t> mask, const segments& groups,
                         const aggregation_options& o, view<double> weight, view<double> tokens) {
  auto scratch = backend.scratch();
  const bool by_prompt = o.mode == aggregation_mode::prompt_mean, counted = mask || by_prompt;
  const auto of_prompt = by_prompt ? scratch.template take<double>(rows.count()) : view<double>();
  const auto alive = by_prompt ? scratch.template take<double>(groups.count()) : view<double>();
  const detail::count_tokens count{rows, mask, tokens};
  const detail::weigh_rows weigh{rows,      detail::known_divisors(rows, 0, mask, o), counted,
                                 of_prompt, alive, weight, tokens};
  if (by_prompt) {
    backend.for_segments(rows, count);
    for_segments_then(backend, groups, detail::prompt_tokens{groups, tokens, of_prompt, alive}, rows.count(), weigh);
  } else if (counted) {
    for_segments_then(backend, rows, count, rows.count(), weigh);
  } else {
    backend.for_segments(segments::uniform(1, rows.count()), weigh);
  }
}

/// What a row weighs in the pass over its tokens. Where the divisor is known beforehand, the pass counts its own row's
/// tokens and no launch comes before it: token_sum; the global count of a mode given; or neither mask nor padding, for
/// the means over rows uniform rows too.
struct loss_weights {
  detail::divisors by;
  view<double> counted;  // [rows] the weights, where they had to be counted beforehand
  view<double> tokens;   // [rows]

  /// Of the rows, in the caller's scratch; `elements` tokens.
  template <class Backend>
  loss_weights(const Backend& backend, const segments& rows, index_t elements, view<const flag_t> mask,
               const segments& groups, const aggregation_options& o, view<double> weight, view<double> tokens_)
      : by(detail::known_divisors(rows, elements, mask, o)), tokens(tokens_) {
    if (by.known()) return;
    counted = weight;
    aggregation_weights(backend, rows, mask, groups, o, weight, tokens);
  }

  template <class Team>
  GUERDON_HD double at_row(Team& team, const segments& rows, view<const flag_t> mask, index_t row) const {
    if (counted) return counted[row];
    return by.weight(detail::count_tokens{rows, mask, tokens}(team, row), 0);
  }
};

/// The loss, and the share of valid tokens that counted as clipped, from what the pass left of each row.
template <class T>
struct sum_of_rows {
  static constexpr bool short_segments = true;
  view<T> loss, clip_fraction;         // [1], the latter may be left out
  view<const double> partial, tokens;  // [rows, 2]: weighed loss, clipped tokens; [rows]: valid tokens

  template <class Team>
  [[gnu::cold]] GUERDON_HD void operator()(Team& team, index_t) const {
    const auto total = team.template reduce<add, add, add>(tokens.size(), [&](index_t row) {
      return lanes{partial[row * 2], partial[row * 2 + 1], tokens[row]};
    });
    team.once([&] {
      loss[0] = T(total[0]);
      if (clip_fraction) clip_fraction[0] = T(total[2] > 0 ? total[1] / total[2] : 0.0);
    });
  }
};

}}  // namespace guerdon
