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
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = rows.begin(row), n = rows.size(row);
    const double count =
        mask ? team.sum(n, [&](index_t i) { return mask[begin + i] ? 1 : 0; }) : static_cast<double>(n);
    team.once([&] { tokens[row] = count; });
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
  GUERDON_HD void operator()(Team& team, index_t g) const {
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

/// What each row weighs, once it is known how many valid tokens there are: one team, which counts rows and prompts first.
struct weigh_rows {
  static constexpr bool short_segments = true;
  segments rows;
  aggregation_options o;
  bool counted;                         // tokens are; else all of a row are valid
  view<const double> of_prompt, alive;  // prompt_mean only
  view<double> weight, tokens;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t) const {
    const auto tokens_of = [&](index_t row) { return counted ? tokens[row] : double(rows.size(row)); };
    const auto total = team.template reduce<add, add>(rows.count(), [&](index_t row) {
      const double n = tokens_of(row);
      return lanes{n, n > 0 ? 1.0 : 0.0};
    });
    const double prompts = team.sum(alive.size(), [&](index_t g) { return alive[g]; });
    const double all_tokens = o.global_num_tokens > 0 ? double(o.global_num_tokens) : total[0];
    const double all_rows = o.global_batch_size > 0 ? double(o.global_batch_size) : total[1];
    const double width = o.loss_scale_factor > 0 ? o.loss_scale_factor : double(rows.stride());
    team.each(rows.count(), [&](index_t row) {
      const double n = tokens_of(row);
      double divisor = 1;
      switch (o.mode) {
        case aggregation_mode::token_mean: divisor = all_tokens; break;
        case aggregation_mode::token_sum: break;
        case aggregation_mode::seq_mean_token_sum: divisor = all_rows; break;
        case aggregation_mode::seq_mean_token_mean: divisor = all_rows * n; break;
        case aggregation_mode::seq_mean_token_sum_norm: divisor = all_rows * width; break;
        case aggregation_mode::prompt_mean: divisor = prompts * of_prompt[row]; break;
      }
      weight[row] = n > 0 ? o.dp_size / divisor : 0;
      tokens[row] = n;
    });
  }
};

}  // namespace detail

/// weight[row] = d loss / d token loss of the row's valid tokens; 0 for a row without any. tokens[row] = how many.
/// `groups` cuts the rows into prompts and is read for prompt_mean only. One launch, one more to count under a mask, two
/// for prompts.
template <class Backend>
void aggregation_weights(const Backend& backend, const segments& rows, view<const flag_t> mask, const segments& groups,
                         const aggregation_options& o, view<double> weight, view<double> tokens) {
  auto scratch = backend.scratch();
  const bool by_prompt = o.mode == aggregation_mode::prompt_mean, counted = mask || by_prompt;
  const auto of_prompt = by_prompt ? scratch.template take<double>(rows.count()) : view<double>();
  const auto alive = by_prompt ? scratch.template take<double>(groups.count()) : view<double>();
  if (counted) backend.for_segments(rows, detail::count_tokens{rows, mask, tokens});
  if (by_prompt) backend.for_segments(groups, detail::prompt_tokens{groups, tokens, of_prompt, alive});
  backend.for_segments(segments::uniform(1, rows.count()),
                       detail::weigh_rows{rows, o, counted, of_prompt, alive, weight, tokens});
}

}}  // namespace guerdon
