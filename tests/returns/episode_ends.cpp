// The ends of episodes, for every face of the one recurrence: episodes laid end to end in an array, and behind them
// padding that is NaN, get what each of them gets alone; text that is not the policy's costs nothing; and on the
// policy's own data all faces say the same.

#include <guerdon/backend/scalar.hpp>
#include <guerdon/control/td_target.hpp>
#include <guerdon/returns/bi_level_gae.hpp>
#include <guerdon/returns/decoupled_gae.hpp>
#include <guerdon/returns/discounted_returns.hpp>
#include <guerdon/returns/gae.hpp>
#include <guerdon/returns/gae_episodic.hpp>
#include <guerdon/returns/importance_corrected_td_errors.hpp>
#include <guerdon/returns/lambda_returns.hpp>
#include <guerdon/returns/leaky_vtrace.hpp>
#include <guerdon/returns/masked_discounted_return.hpp>
#include <guerdon/returns/masked_gae.hpp>
#include <guerdon/returns/multiturn_gae.hpp>
#include <guerdon/returns/n_step_returns.hpp>
#include <guerdon/returns/off_policy_returns.hpp>
#include <guerdon/returns/puff_advantage.hpp>
#include <guerdon/returns/q_lambda.hpp>
#include <guerdon/returns/retrace.hpp>
#include <guerdon/returns/reward_to_go.hpp>
#include <guerdon/returns/segment_return.hpp>
#include <guerdon/returns/transformed_lambda_returns.hpp>
#include <guerdon/returns/tree_backup.hpp>
#include <guerdon/returns/turn_gae.hpp>
#include <guerdon/returns/turn_token_gae.hpp>
#include <guerdon/returns/upgo_returns.hpp>
#include <guerdon/returns/vtrace.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

using guerdon::flag_t;
using guerdon::index_t;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double discount = 0.9, lambda = 0.8;
const guerdon::scalar_backend cpu;

using numbers = std::vector<double>;
using arrays = std::vector<numbers>;
using flags = std::vector<flag_t>;

std::size_t at(index_t i) { return static_cast<std::size_t>(i); }

class random_numbers {
 public:
  double uniform() { return static_cast<double>(source_() >> 11) * 0x1p-53; }
  double number() { return 4 * uniform() - 2; }
  index_t below(index_t n) { return static_cast<index_t>(uniform() * static_cast<double>(n)); }

 private:
  std::mt19937_64 source_{7};
};

// --- Episodes of steps ------------------------------------------------------------------------------------------

constexpr index_t actions = 3;

struct step {
  double reward = nan, value = nan, value_next = nan, rho = nan, mu = nan, lambda = nan;
  numbers q = numbers(actions, nan), q_next = q, policy = q;
  index_t action = 0, action_next = 0;
};
struct episode {
  std::vector<step> steps;
  bool truncated = false;  // else it is terminated
};

episode some_episode(random_numbers& random, index_t length) {
  episode e;
  e.truncated = random.below(2) == 1;
  for (index_t t = 0; t < length; ++t) {
    step s{random.number(), random.number(), random.number(), 2 * random.uniform(), 0.2 + 0.8 * random.uniform(),
           static_cast<double>(random.below(2))};
    double sum = 0;
    for (std::size_t a = 0; a < at(actions); ++a) {
      s.q[a] = random.number();
      s.q_next[a] = random.number();
      sum += s.policy[a] = 0.1 + random.uniform();
    }
    for (double& p : s.policy) p /= sum;
    s.action = random.below(actions);
    s.action_next = random.below(actions);
    e.steps.push_back(s);
  }
  return e;
}

/// What the faces read, as [T,B] arrays.
struct step_batch {
  guerdon::time_layout time;
  numbers reward, discount, value, values, value_next, rho, mu, step_lambda, q, q_next, policy;
  std::vector<index_t> action, action_next;
  flags terminated, truncated;

  bool ends(index_t i) const { return terminated[at(i)] != 0 || truncated[at(i)] != 0; }
};

/// Episodes end to end in each column; what is behind the last one is NaN.
step_batch lay(const std::vector<std::vector<episode>>& columns, bool batch_major = false) {
  std::vector<std::vector<const step*>> steps(columns.size());
  std::vector<flags> ends(columns.size());  // 1: terminated, 2: truncated
  std::size_t longest = 0;
  for (std::size_t b = 0; b < columns.size(); ++b) {
    for (const episode& e : columns[b]) {
      for (const step& s : e.steps) steps[b].push_back(&s);
      ends[b].resize(steps[b].size());
      ends[b].back() = e.truncated ? 2 : 1;
    }
    longest = std::max(longest, steps[b].size());
  }
  const index_t length = static_cast<index_t>(longest), width = static_cast<index_t>(columns.size());
  step_batch x;
  x.time = {length, width, batch_major};
  const std::size_t n = at(x.time.size());
  for (numbers* y : {&x.reward, &x.discount, &x.value, &x.value_next, &x.rho, &x.mu, &x.step_lambda}) y->resize(n, nan);
  for (numbers* y : {&x.q, &x.q_next, &x.policy}) y->resize(n * at(actions), nan);
  x.values.resize(n + columns.size(), nan);
  x.action.resize(n);
  x.action_next.resize(n);
  x.terminated.resize(n);
  x.truncated.resize(n);
  for (std::size_t b = 0; b < steps.size(); ++b)
    for (std::size_t t = 0; t < steps[b].size(); ++t) {
      const guerdon::time_index place = x.time.at(static_cast<index_t>(t), static_cast<index_t>(b));
      const std::size_t i = at(place.i);
      const step& s = *steps[b][t];
      x.reward[i] = s.reward;
      x.discount[i] = ends[b][t] == 1 ? 0 : discount;
      x.value[i] = x.values[at(place.v)] = s.value;
      x.value_next[i] = s.value_next;
      x.rho[i] = s.rho;
      x.mu[i] = s.mu;
      x.step_lambda[i] = s.lambda;
      std::copy(s.q.begin(), s.q.end(), x.q.begin() + place.i * actions);
      std::copy(s.q_next.begin(), s.q_next.end(), x.q_next.begin() + place.i * actions);
      std::copy(s.policy.begin(), s.policy.end(), x.policy.begin() + place.i * actions);
      x.action[i] = s.action;
      x.action_next[i] = s.action_next;
      x.terminated[i] = ends[b][t] == 1;
      x.truncated[i] = ends[b][t] == 2;
    }
  return x;
}

/// A cut told as an end, for faces that know no other: what the state behind it was worth is paid with the step.
step_batch cuts_paid(step_batch x) {
  for (std::size_t i = 0; i < x.reward.size(); ++i)
    if (x.truncated[i]) {
      x.reward[i] += discount * x.value_next[i];
      x.discount[i] = 0;
      x.terminated[i] = 1;
      x.truncated[i] = 0;
    }
  return x;
}

/// The rows of a [T,B] array but the last, which some faces take.
numbers without_last_row(const step_batch& x, const std::function<double(std::size_t)>& of) {
  const guerdon::time_layout shorter{x.time.steps - 1, x.time.columns, x.time.batch_major};
  numbers y(at(shorter.size()));
  for (index_t t = 0; t < shorter.steps; ++t)
    for (index_t b = 0; b < shorter.columns; ++b) y[at(shorter.at(t, b).i)] = of(at(x.time.at(t, b).i));
  return y;
}

struct step_face {
  std::string name;
  arrays (*of)(const step_batch&);
};

arrays q_results(const guerdon::op::retrace::outputs<double, guerdon::scalar_backend::array>& y) {
  return {y.target, y.td_error};
}

template <guerdon::q_lambda_kind kind>
arrays q_lambda_of(const step_batch& x) {
  const auto y = guerdon::q_lambda<double>(
      cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .q_tm1 = x.q, .q_t = x.q_next,
            .a_tm1 = x.action, .a_t = x.action_next, .pi_t = x.policy, .truncated = x.truncated,
            .element_lambda = x.step_lambda},
      {.kind = kind});
  return {y.target, y.td_error};
}

const std::vector<step_face> step_faces = {
    {"gae",
     [](const step_batch& x) -> arrays {
       const auto y = guerdon::gae<double>(cpu,
                                           {.time = x.time, .reward = x.reward, .discount = x.discount,
                                            .values = x.values, .value_next = x.value_next, .truncated = x.truncated},
                                           {.lambda = lambda});
       return {y.advantage, y.value_target};
     }},
    {"gae_episodic",
     [](const step_batch& x) -> arrays {
       const auto y = guerdon::gae_episodic<double>(
           cpu, {.time = x.time, .reward = x.reward, .value = x.value, .value_next = x.value_next,
                 .terminated = x.terminated, .truncated = x.truncated},
           {.gamma = discount, .lambda = lambda});
       return {y.advantage, y.value_target};
     }},
    {"lambda_returns",
     [](const step_batch& x) -> arrays {
       return {guerdon::lambda_returns<double>(cpu,
                                               {.time = x.time, .reward = x.reward, .discount = x.discount,
                                                .value_next = x.value_next, .truncated = x.truncated},
                                               {.lambda = lambda})};
     }},
    {"transformed_lambda_returns",
     [](const step_batch& x) -> arrays {
       return {guerdon::transformed_lambda_returns<double>(
           cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .value_next = x.value_next,
                 .truncated = x.truncated},
           {.kind = guerdon::value_scale::signed_hyperbolic, .lambda = lambda})};
     }},
    {"n_step_returns",
     [](const step_batch& given) -> arrays {
       const step_batch x = cuts_paid(given);
       return {guerdon::n_step_returns<double>(
           cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .value_next = x.value_next}, {.n = 3})};
     }},
    {"td_target over n steps",
     [](const step_batch& given) -> arrays {
       const step_batch x = cuts_paid(given);
       const auto y = guerdon::td_target<double>(
           cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .value_next = x.value_next},
           {.kind = guerdon::td_kind::value, .n = 4});
       return {y.target};
     }},
    {"discounted_returns",
     [](const step_batch& given) -> arrays {
       const step_batch x = cuts_paid(given);
       return {guerdon::discounted_returns<double>(cpu, {.time = x.time, .reward = x.reward, .discount = x.discount})};
     }},
    {"reward_to_go",
     [](const step_batch& given) -> arrays {
       const step_batch x = cuts_paid(given);
       return {guerdon::reward_to_go<double>(cpu, {.time = x.time, .reward = x.reward, .done = x.terminated},
                                             {.gamma = discount})};
     }},
    {"upgo_returns",
     [](const step_batch& x) -> arrays {
       const auto y = guerdon::upgo_returns<double>(
           cpu, {.time = x.time, .reward = x.reward, .values = x.values, .discount = x.discount,
                 .value_next = x.value_next, .truncated = x.truncated});
       return {y.returns, y.advantage};
     }},
    {"importance_corrected_td_errors",
     [](const step_batch& x) -> arrays {
       return {guerdon::importance_corrected_td_errors<double>(
           cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .rho = x.rho, .values = x.values,
                 .value_next = x.value_next, .truncated = x.truncated},
           {.lambda = lambda})};
     }},
    {"vtrace",
     [](const step_batch& x) -> arrays {
       const auto y = guerdon::vtrace<double>(cpu,
                                              {.time = x.time, .value = x.value, .value_next = x.value_next,
                                               .reward = x.reward, .discount = x.discount, .rho = x.rho,
                                               .truncated = x.truncated},
                                              {.lambda = lambda});
       return {y.td_error, y.pg_advantage, y.q_estimate, y.value_target};
     }},
    {"leaky_vtrace",
     [](const step_batch& x) -> arrays {
       const auto y = guerdon::leaky_vtrace<double>(cpu,
                                                    {.time = x.time, .value = x.value, .value_next = x.value_next,
                                                     .reward = x.reward, .discount = x.discount, .rho = x.rho,
                                                     .truncated = x.truncated},
                                                    {.lambda = lambda, .alpha = 0.7});
       return {y.td_error, y.pg_advantage, y.q_estimate, y.value_target};
     }},
    {"off_policy_returns",
     [](const step_batch& x) -> arrays {
       const auto v = guerdon::td_target<double>(cpu,
                                                 {.time = x.time, .reward = x.reward, .discount = x.discount,
                                                  .q_next = x.q_next, .probs_next = x.policy},
                                                 {.kind = guerdon::td_kind::expected_sarsa});
       const numbers q = without_last_row(x, [&](std::size_t i) {
         return x.q_next[i * at(actions) + at(x.action_next[i])];
       });
       const numbers c = without_last_row(x, [&](std::size_t i) { return x.truncated[i] ? 0 : lambda * x.mu[i]; });
       return {guerdon::off_policy_returns<double>(
           cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .v = v.bootstrap, .q = q, .c = c})};
     }},
    {"retrace",
     [](const step_batch& x) -> arrays {
       return q_results(guerdon::retrace<double>(
           cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .q_tm1 = x.q, .q_t = x.q_next,
                 .a_tm1 = x.action, .a_t = x.action_next, .pi_t = x.policy, .mu_t = x.mu, .truncated = x.truncated},
           {.lambda = lambda}));
     }},
    {"tree_backup",
     [](const step_batch& x) -> arrays {
       const auto y = guerdon::tree_backup<double>(
           cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .q_tm1 = x.q, .q_t = x.q_next,
                 .a_tm1 = x.action, .a_t = x.action_next, .pi_t = x.policy, .truncated = x.truncated},
           {.lambda = lambda});
       return {y.target, y.td_error};
     }},
    {"q_lambda of Peng and Watkins", q_lambda_of<guerdon::q_lambda_kind::watkins>},
    {"q_lambda of Harutyunyan", q_lambda_of<guerdon::q_lambda_kind::harutyunyan>},
};

/// PufferLib's slots, in which reward and end stand behind the action: a slot more for each column.
numbers puff_advantages(const step_batch& given) {
  const step_batch x = cuts_paid(given);
  const index_t slots = x.time.steps + 1, columns = x.time.columns;
  numbers value(at(slots * columns), nan), reward = value, rho = value;
  flags done(value.size());
  for (index_t b = 0; b < columns; ++b)
    for (index_t t = 0; t < x.time.steps; ++t) {
      const std::size_t i = at(x.time.at(t, b).i), slot = at(b * slots + t);
      value[slot] = x.value[i];
      rho[slot] = x.rho[i];
      reward[slot + 1] = x.reward[i];
      done[slot + 1] = x.terminated[i];
    }
  const auto y = guerdon::puff_advantage<double>(cpu,
                                                 {.rows = guerdon::segments::uniform(columns, slots), .value = value,
                                                  .reward = reward, .done = done, .importance = rho},
                                                 {.gamma = discount, .lambda = lambda});
  numbers back(x.reward.size());
  for (index_t b = 0; b < columns; ++b)
    for (index_t t = 0; t < x.time.steps; ++t) back[at(x.time.at(t, b).i)] = y[at(b * slots + t)];
  return back;
}

std::vector<step_face> all_step_faces() {
  auto faces = step_faces;
  faces.push_back({"puff_advantage", [](const step_batch& x) -> arrays { return {puff_advantages(x)}; }});
  return faces;
}

// --- Rows of tokens -----------------------------------------------------------------------------------------------

struct token {
  double reward, value;
  bool tool = false;      // written by a tool: masked
  bool ends_turn = false;
  index_t turn = 0;
};
struct token_row {
  std::vector<token> tokens;
  double bootstrap = 0;  // worth of what the row was cut off from; 0: it ended
};

/// Turns of the policy's tokens, with a tool's text between them.
token_row some_row(random_numbers& random, index_t turns) {
  token_row row;
  for (index_t turn = 0; turn < turns; ++turn) {
    for (index_t k = random.below(4) + 1; k > 0; --k)
      row.tokens.push_back({random.number(), random.number(), false, k == 1, turn});
    for (index_t k = random.below(4); k > 0; --k)
      row.tokens.push_back({random.number(), random.number(), true, false, turn});
  }
  row.bootstrap = random.below(2) == 1 ? random.number() : 0;
  return row;
}

token_row without_tools(token_row row) {
  std::erase_if(row.tokens, [](const token& t) { return t.tool; });
  return row;
}

struct token_batch {
  std::vector<index_t> cuts;  // offsets, or lengths where rows are padded
  index_t stride = 0;
  numbers reward, value, bootstrap;
  flags mask, turn_end;
  std::vector<index_t> turn;

  guerdon::segments rows() const {
    if (stride == 0) return guerdon::segments(cuts);
    return guerdon::segments::padded(stride, cuts);
  }
};

/// Rows end to end, or each padded with NaN to the longest. `hidden`: what stands under the mask is NaN.
token_batch lay(const std::vector<token_row>& rows, bool padded, bool hidden) {
  token_batch x;
  if (!padded) x.cuts.push_back(0);
  for (const token_row& row : rows) x.stride = padded ? std::max(x.stride, index_t(row.tokens.size()) + 2) : 0;
  for (const token_row& row : rows) {
    for (const token& t : row.tokens) {
      x.reward.push_back(t.tool && hidden ? nan : t.reward);
      x.value.push_back(t.tool && hidden ? nan : t.value);
      x.mask.push_back(!t.tool);
      x.turn_end.push_back(t.ends_turn);
      x.turn.push_back(t.turn);
    }
    x.cuts.push_back(padded ? index_t(row.tokens.size()) : index_t(x.reward.size()));
    x.bootstrap.push_back(row.bootstrap);
    if (!padded) continue;
    const std::size_t to = x.bootstrap.size() * at(x.stride);
    x.reward.resize(to, nan);
    x.value.resize(to, nan);
    x.mask.resize(to, 1);
    x.turn_end.resize(to, 1);
    x.turn.resize(to, 99);
  }
  return x;
}

struct token_face {
  std::string name;
  arrays (*of)(const token_batch&);
  bool skips = true;  // a tool's text is no step of it, and is not read
};

template <guerdon::mask_mode mode>
arrays masked_gae_of(const token_batch& x) {
  guerdon::op::masked_gae::inputs<double> in{
      .rows = x.rows(), .token_reward = x.reward, .values = x.value, .mask = x.mask};
  if (mode == guerdon::mask_mode::skip) in.bootstrap_value = x.bootstrap;
  const auto y = guerdon::masked_gae<double>(cpu, in, {.gamma = discount, .lambda = lambda, .mask_mode = mode});
  return {y.advantage, y.returns};
}

/// The turns of the rows, as arrays of their own, and back to the tokens that end them.
arrays turn_gae_of(const token_batch& x) {
  const guerdon::segments rows = x.rows();
  numbers reward, value;
  std::vector<index_t> offsets{0};
  std::vector<std::size_t> ends;
  for (index_t row = 0; row < rows.count(); ++row) {
    double sum = 0;
    for (index_t k = 0; k < rows.size(row); ++k) {
      const std::size_t i = at(rows.begin(row) + k);
      if (!x.mask[i]) continue;
      sum += x.reward[i];
      if (!x.turn_end[i]) continue;
      ends.push_back(i);
      reward.push_back(sum);
      value.push_back(x.value[i]);
      sum = 0;
    }
    offsets.push_back(index_t(ends.size()));
  }
  const auto y = guerdon::turn_gae<double>(cpu, {.turn_reward = reward, .turn_value = value, .turns = offsets},
                                           {.gamma = discount, .lambda = lambda});
  arrays back(2, numbers(x.reward.size()));
  for (std::size_t k = 0; k < ends.size(); ++k) {
    back[0][ends[k]] = y.turn_advantage[k];
    back[1][ends[k]] = y.turn_return[k];
  }
  return back;
}

const std::vector<token_face> token_faces = {
    {"masked_gae, skip", masked_gae_of<guerdon::mask_mode::skip>},
    {"masked_gae, zero", masked_gae_of<guerdon::mask_mode::zero>, false},
    {"masked_gae, ignore", masked_gae_of<guerdon::mask_mode::ignore>, false},
    {"multiturn_gae",
     [](const token_batch& x) -> arrays {
       const auto y = guerdon::multiturn_gae<double>(
           cpu, {.rows = x.rows(), .token_reward = x.reward, .values = x.value, .mask = x.mask},
           {.gamma = discount, .lambda = lambda, .whiten = false});
       return {y.advantage, y.returns};
     }},
    {"decoupled_gae",
     [](const token_batch& x) -> arrays {
       const auto y = guerdon::decoupled_gae<double>(
           cpu, {.rows = x.rows(), .token_reward = x.reward, .values = x.value, .mask = x.mask},
           {.gamma = discount, .lambda_policy = lambda, .lambda_value = 0.95});
       return {y.advantage, y.returns};
     }},
    {"decoupled_gae by length",
     [](const token_batch& x) -> arrays {
       const auto y = guerdon::decoupled_gae<double>(
           cpu, {.rows = x.rows(), .token_reward = x.reward, .values = x.value, .mask = x.mask},
           {.gamma = discount, .lambda_value = 0.95, .alpha = 0.4});
       return {y.advantage, y.returns};
     }},
    {"bi_level_gae",
     [](const token_batch& x) -> arrays {
       const auto y = guerdon::bi_level_gae<double>(
           cpu, {.rows = x.rows(), .token_reward = x.reward, .values = x.value, .mask = x.mask, .turn_end = x.turn_end},
           {.gamma = discount, .lambda = lambda, .turn_gamma = 0.95});
       return {y.advantage, y.returns};
     }},
    {"turn_token_gae",
     [](const token_batch& x) -> arrays {
       const auto y = guerdon::turn_token_gae<double>(
           cpu, {.rows = x.rows(), .token_reward = x.reward, .values = x.value, .mask = x.mask, .turn_id = x.turn,
                 .bootstrap_value = x.bootstrap},
           {.gamma = discount, .lambda = lambda});
       return {y.advantage, y.returns};
     }},
    {"turn_gae", turn_gae_of},
    {"masked_discounted_return",
     [](const token_batch& x) -> arrays {
       return {guerdon::masked_discounted_return<double>(
           cpu, {.rows = x.rows(), .token_reward = x.reward, .mask = x.mask}, {.gamma = discount})};
     }},
    {"segment_return",
     [](const token_batch& x) -> arrays {
       return {guerdon::segment_return<double>(cpu, {.rows = x.rows(), .token_reward = x.reward, .mask = x.mask},
                                               {.gamma = discount})};
     },
     false},
};

/// The policy's tokens of a row among results, one array behind the other.
numbers policy_tokens(const token_batch& x, const arrays& results, index_t row) {
  const guerdon::segments rows = x.rows();
  numbers found;
  for (const numbers& y : results)
    for (index_t k = 0; k < rows.size(row); ++k) {
      const std::size_t i = at(rows.begin(row) + k);
      if (x.mask[i]) found.push_back(y[i]);
    }
  return found;
}

bool near(double x, double y) { return std::abs(x - y) <= 1e-12 * std::max(1.0, std::abs(y)); }
bool near(const numbers& x, const numbers& y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](double a, double b) { return near(a, b); });
}

}  // namespace

TEST_CASE("episodes laid end to end in columns get what each gets apart, in every face") {
  random_numbers random;
  std::vector<std::vector<episode>> columns(5);
  for (auto& column : columns)
    for (index_t k = 0; k < 4; ++k) column.push_back(some_episode(random, 1 + random.below(6)));
  columns[2].pop_back();  // one that is padded at any length of the others
  for (const bool batch_major : {false, true}) {
    const step_batch together = lay(columns, batch_major);
    for (const step_face& face : all_step_faces()) {
      INFO(face.name, batch_major ? ", batch by batch" : ", time by time");
      const arrays laid = face.of(together);
      for (std::size_t b = 0; b < columns.size(); ++b) {
        index_t t = 0;
        for (const episode& e : columns[b]) {
          const arrays apart = face.of(lay({{e}}, batch_major));
          REQUIRE(apart.size() == laid.size());
          INFO("column ", b, ", steps from ", t, e.truncated ? ", truncated" : ", terminated");
          for (std::size_t k = 0; k < e.steps.size(); ++k)
            for (std::size_t which = 0; which < laid.size(); ++which)
              CHECK(near(laid[which][at(together.time.at(t + index_t(k), index_t(b)).i)], apart[which][k]));
          t += index_t(e.steps.size());
        }
      }
    }
  }
}

TEST_CASE("a cut is an end that pays what the state behind it was worth") {
  random_numbers random;
  std::vector<std::vector<episode>> columns(4);
  for (auto& column : columns)
    for (index_t k = 0; k < 3; ++k) column.push_back(some_episode(random, 1 + random.below(6)));
  const step_batch cut = lay(columns), paid = cuts_paid(cut);
  for (const char* name : {"gae", "gae_episodic", "lambda_returns", "upgo_returns", "vtrace"}) {
    INFO(name);
    const auto face = std::find_if(step_faces.begin(), step_faces.end(), [&](const auto& f) { return f.name == name; });
    REQUIRE(face != step_faces.end());
    const arrays x = face->of(cut), y = face->of(paid);
    for (std::size_t b = 0; b < columns.size(); ++b) {
      index_t t = 0;
      for (const episode& e : columns[b])
        for (std::size_t k = 0; k < e.steps.size(); ++k, ++t)
          for (std::size_t which = 0; which < x.size(); ++which)
            CHECK(near(x[which][at(cut.time.at(t, index_t(b)).i)], y[which][at(cut.time.at(t, index_t(b)).i)]));
    }
  }
}

TEST_CASE("rows of tokens end to end, or padded, get what each gets apart; a tool's text is passed over") {
  random_numbers random;
  std::vector<token_row> rows;
  for (index_t k = 0; k < 7; ++k) rows.push_back(some_row(random, k));  // the first is empty
  for (const bool padded : {false, true})
    for (const token_face& face : token_faces) {
      INFO(face.name, padded ? ", padded" : ", end to end");
      const token_batch together = lay(rows, padded, face.skips);
      const arrays laid = face.of(together);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        INFO("row ", row);
        const token_batch apart = lay({rows[row]}, false, face.skips);
        CHECK(near(policy_tokens(together, laid, index_t(row)), policy_tokens(apart, face.of(apart), 0)));
        if (face.skips) {
          const token_batch alone = lay({without_tools(rows[row])}, false, false);
          CHECK(near(policy_tokens(together, laid, index_t(row)), policy_tokens(alone, face.of(alone), 0)));
        }
        // Nothing stands where a tool wrote.
        const guerdon::segments cuts = together.rows();
        for (index_t k = 0; k < cuts.size(index_t(row)); ++k) {
          const std::size_t i = at(cuts.begin(index_t(row)) + k);
          if (!together.mask[i])
            for (const numbers& y : laid) CHECK(y[i] == 0);
        }
      }
    }
}

TEST_CASE("on the policy's own data all faces are one recurrence") {
  random_numbers random;
  std::vector<std::vector<episode>> columns(3);
  for (auto& column : columns) {
    column.push_back(some_episode(random, 6));
    auto& steps = column.front().steps;
    for (std::size_t t = 0; t < steps.size(); ++t) {
      step& s = steps[t];
      s.rho = s.mu = 1;
      s.lambda = lambda;
      if (t + 1 < steps.size()) s.value_next = steps[t + 1].value;
      // Every action is worth the state.
      s.q.assign(at(actions), s.value);
      s.q_next.assign(at(actions), s.value_next);
      s.policy.assign(at(actions), 0);
      s.policy[at(s.action_next)] = 1;
    }
  }
  columns.front().front().truncated = true;
  columns.back().front().truncated = false;
  const step_batch x = lay(columns), paid = cuts_paid(x);

  // The loop of a textbook.
  numbers advantage(x.reward.size());
  for (index_t b = 0; b < x.time.columns; ++b) {
    double running = 0;
    for (index_t t = x.time.steps - 1; t >= 0; --t) {
      const std::size_t i = at(x.time.at(t, b).i);
      const double error = x.reward[i] + x.discount[i] * x.value_next[i] - x.value[i];
      advantage[i] = running = error + (x.ends(index_t(i)) ? 0 : discount * lambda * running);
    }
  }
  const auto with_value = [&](const numbers& y) {
    numbers sum = y;
    for (std::size_t i = 0; i < y.size(); ++i) sum[i] += x.value[i];
    return sum;
  };
  const numbers target = with_value(advantage);

  const auto face = [&](const char* name) {
    const auto found =
        std::find_if(step_faces.begin(), step_faces.end(), [&](const auto& f) { return f.name == name; });
    REQUIRE(found != step_faces.end());
    return found->of(x);
  };
  CHECK(near(face("gae")[0], advantage));
  CHECK(near(face("gae_episodic")[0], advantage));
  CHECK(near(face("lambda_returns")[0], target));
  CHECK(near(face("importance_corrected_td_errors")[0], advantage));
  CHECK(near(face("vtrace")[0], advantage));
  CHECK(near(face("vtrace")[1], advantage));
  CHECK(near(face("leaky_vtrace")[3], target));
  CHECK(near(face("off_policy_returns")[0], target));
  CHECK(near(face("tree_backup")[1], advantage));
  CHECK(near(face("q_lambda of Peng and Watkins")[0], target));
  CHECK(near(face("q_lambda of Harutyunyan")[0], target));
  CHECK(near(puff_advantages(x), advantage));
  const auto corrected = guerdon::retrace<double>(
      cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .q_tm1 = x.q, .q_t = x.q_next,
            .a_tm1 = x.action, .a_t = x.action_next, .pi_t = x.policy, .mu_t = x.mu, .truncated = x.truncated},
      {.lambda = lambda, .epsilon = 0});
  CHECK(near(corrected.td_error, advantage));

  // UPGO's lambda is 1 where the next step does as well as expected.
  numbers follows(x.reward.size());
  for (index_t t = 0; t + 1 < x.time.steps; ++t)
    for (index_t b = 0; b < x.time.columns; ++b) {
      const std::size_t next = at(x.time.at(t + 1, b).i);
      follows[at(x.time.at(t, b).i)] = x.reward[next] + x.discount[next] * x.value_next[next] >= x.value[next];
    }
  CHECK(near(face("upgo_returns")[0],
             guerdon::lambda_returns<double>(cpu, {.time = x.time, .reward = x.reward, .discount = x.discount,
                                                   .value_next = x.value_next, .element_lambda = follows,
                                                   .truncated = x.truncated})));

  // The same as rows of tokens, each a turn of its own: what a row was cut off from is paid with its last token.
  const index_t length = x.time.steps, count = x.time.columns, n = length * count;
  numbers reward, value, wanted;
  std::vector<index_t> offsets{0}, turn;
  for (index_t b = 0; b < count; ++b) {
    for (index_t t = 0; t < length; ++t) {
      const std::size_t i = at(x.time.at(t, b).i);
      reward.push_back(paid.reward[i]);
      value.push_back(paid.value[i]);
      wanted.push_back(advantage[i]);
      turn.push_back(t);
    }
    offsets.push_back(index_t(reward.size()));
  }
  const flags all(at(n), 1);
  const guerdon::segments rows(offsets);
  for (const auto mode : {guerdon::mask_mode::skip, guerdon::mask_mode::zero, guerdon::mask_mode::ignore})
    CHECK(near(guerdon::masked_gae<double>(cpu, {.rows = rows, .token_reward = reward, .values = value},
                                           {.gamma = discount, .lambda = lambda, .mask_mode = mode})
                   .advantage,
               wanted));
  CHECK(near(guerdon::multiturn_gae<double>(cpu, {.rows = rows, .token_reward = reward, .values = value, .mask = all},
                                            {.gamma = discount, .lambda = lambda, .whiten = false})
                 .advantage,
             wanted));
  CHECK(near(guerdon::decoupled_gae<double>(cpu, {.rows = rows, .token_reward = reward, .values = value},
                                            {.gamma = discount, .lambda_policy = lambda, .lambda_value = lambda})
                 .advantage,
             wanted));
  CHECK(near(guerdon::bi_level_gae<double>(
                 cpu, {.rows = rows, .token_reward = reward, .values = value, .mask = all, .turn_end = all},
                 {.gamma = discount, .lambda = lambda, .turn_gamma = discount})
                 .advantage,
             wanted));
  CHECK(near(guerdon::turn_token_gae<double>(
                 cpu, {.rows = rows, .token_reward = reward, .values = value, .mask = all, .turn_id = turn},
                 {.gamma = discount, .lambda = lambda})
                 .advantage,
             wanted));
  CHECK(near(guerdon::turn_gae<double>(cpu, {.turn_reward = reward, .turn_value = value, .turns = rows},
                                       {.gamma = discount, .lambda = lambda})
                 .turn_advantage,
             wanted));
}

TEST_CASE("what a row was cut off from may be its bootstrap, or be paid with its last token") {
  random_numbers random;
  std::vector<token_row> rows, paid;
  for (index_t k = 1; k < 6; ++k) {
    rows.push_back(some_row(random, k));
    while (rows.back().tokens.back().tool) rows.back().tokens.pop_back();
    paid.push_back(rows.back());
    paid.back().tokens.back().reward += discount * rows.back().bootstrap;
    paid.back().bootstrap = 0;
  }
  for (const char* name : {"masked_gae, skip", "turn_token_gae"}) {
    INFO(name);
    const auto face =
        std::find_if(token_faces.begin(), token_faces.end(), [&](const auto& f) { return f.name == name; });
    REQUIRE(face != token_faces.end());
    const token_batch x = lay(rows, false, true), y = lay(paid, false, true);
    const arrays a = face->of(x), b = face->of(y);
    for (std::size_t row = 0; row < rows.size(); ++row)
      CHECK(near(policy_tokens(x, a, index_t(row)), policy_tokens(y, b, index_t(row))));
  }
}
