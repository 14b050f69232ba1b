#include "training.hpp"

#include <guerdon/backend/scalar.hpp>
#include <guerdon/control/categorical_q_target.hpp>
#include <guerdon/control/epsilon_greedy_probs.hpp>
#include <guerdon/control/quantile_q_target.hpp>
#include <guerdon/control/quantile_regression_loss.hpp>
#include <guerdon/returns/categorical_value_loss.hpp>
#include <guerdon/statistics/masked_whiten.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>

namespace control {

namespace {

thread_local const guerdon::scalar_backend cpu;  // its scratch memory is not for two threads at once
using guerdon::segments;

/// What every agent can do; tables are [S,A].
class agent {
 public:
  virtual ~agent() = default;
  virtual numbers acting_policy() const = 0;     ///< the one that collects
  virtual numbers judged_policy() const = 0;     ///< the one that is evaluated
  virtual numbers state_values() const = 0;      ///< [S]
  virtual void learn(const batch& x) = 0;
};

/// Numbers linear in binary features, `width` of them for each state.
class linear_table {
 public:
  linear_table(const features& f, index_t width)
      : features_(&f), width_(static_cast<std::size_t>(width)), weight_(static_cast<std::size_t>(f.count * width)) {}

  double at(std::size_t state, std::size_t k = 0) const {
    double sum = 0;
    for (const std::size_t feature : features_->active[state]) sum += weight_[feature * width_ + k];
    return sum;
  }
  /// Changes at(state, k) by `change`.
  void move(std::size_t state, std::size_t k, double change) {
    const auto& active = features_->active[state];
    for (const std::size_t feature : active)
      weight_[feature * width_ + k] += change / static_cast<double>(active.size());
  }
  numbers table() const {
    numbers all;
    for (std::size_t state = 0; state < features_->active.size(); ++state)
      for (std::size_t k = 0; k < width_; ++k) all.push_back(at(state, k));
    return all;
  }

 private:
  const features* features_;
  std::size_t width_;
  numbers weight_;
};

/// Rows of a table, for each state of a list.
numbers rows_of(const numbers& table, const std::vector<index_t>& states, std::size_t width) {
  numbers rows;
  rows.reserve(states.size() * width);
  for (const index_t s : states) {
    const auto from = table.begin() + s * static_cast<index_t>(width);
    rows.insert(rows.end(), from, from + static_cast<index_t>(width));
  }
  return rows;
}

numbers epsilon_greedy(const world& w, const numbers& q, double epsilon, guerdon::greedy_ties ties) {
  return guerdon::epsilon_greedy_probs<double>(cpu, {.rows = segments::uniform(w.states, w.actions), .q = q},
                                               {.epsilon = epsilon, .ties = ties});
}

numbers largest_of_rows(const numbers& q, std::size_t width) {
  numbers most;
  for (auto row = q.begin(); row != q.end(); row += static_cast<std::ptrdiff_t>(width))
    most.push_back(*std::max_element(row, row + static_cast<std::ptrdiff_t>(width)));
  return most;
}

/// Agents that act by values: what they think an action is worth is one table.
class value_agent : public agent {
 public:
  value_agent(const settings& s, const world& w) : s_(s), w_(w) {}
  virtual numbers q() const = 0;
  numbers acting_policy() const override { return epsilon_greedy(w_, q(), s_.explore, guerdon::greedy_ties::split); }
  numbers judged_policy() const override { return epsilon_greedy(w_, q(), 0, guerdon::greedy_ties::first); }
  numbers state_values() const override { return largest_of_rows(q(), actions()); }

 protected:
  std::size_t actions() const { return static_cast<std::size_t>(w_.actions); }
  const settings& s_;
  const world& w_;
};

/// One table, or two of which each learns from the other in turn.
class table_agent : public value_agent {
 public:
  table_agent(const settings& s, const world& w, const features& f, const recipe& r)
      : value_agent(s, w), recipe_(r), tables_(r.kind == learner::double_values ? 2 : 1, linear_table(f, w.actions)) {}

  numbers q() const override {
    numbers mean = tables_.front().table();
    if (tables_.size() == 2) {
      const numbers other = tables_.back().table();
      for (std::size_t k = 0; k < mean.size(); ++k) mean[k] = (mean[k] + other[k]) / 2;
    }
    return mean;
  }

  void learn(const batch& x) override {
    linear_table& own = tables_.front();
    const numbers table = own.table();
    const numbers policy = epsilon_greedy(w_, table, s_.target_epsilon, guerdon::greedy_ties::split);
    const value_reading reading{x, rows_of(table, x.state, actions()), rows_of(table, x.next_state, actions()),
                                rows_of(policy, x.next_state, actions()),
                                rows_of(tables_.back().table(), x.next_state, actions()), s_};
    const numbers target = recipe_.target(reading);
    for (std::size_t i = 0; i < target.size(); ++i) {
      const auto state = static_cast<std::size_t>(x.state[i]), action = static_cast<std::size_t>(x.action[i]);
      own.move(state, action, s_.value_rate * (target[i] - own.at(state, action)));
    }
    if (tables_.size() == 2) std::swap(tables_.front(), tables_.back());
  }

 private:
  const recipe& recipe_;
  std::vector<linear_table> tables_;
};

/// K numbers for each state and action: logits over atoms, or quantiles. Each moves by the mean of its gradients.
class distribution_agent : public value_agent {
 public:
  distribution_agent(const settings& s, const world& w, index_t width)
      : value_agent(s, w), width_(static_cast<std::size_t>(width)), all_(w.initial.size() * actions() * width_) {}

 protected:
  numbers of_pairs(const batch& x) const {
    numbers rows;
    for (std::size_t i = 0; i < x.state.size(); ++i) {
      const auto from = all_.begin() + static_cast<std::ptrdiff_t>(pair(x, i) * width_);
      rows.insert(rows.end(), from, from + static_cast<std::ptrdiff_t>(width_));
    }
    return rows;
  }
  void descend(const batch& x, const numbers& gradient, double rate) {
    numbers sum(all_.size()), count(all_.size() / width_);
    for (std::size_t i = 0; i < x.state.size(); ++i) {
      ++count[pair(x, i)];
      for (std::size_t k = 0; k < width_; ++k) sum[pair(x, i) * width_ + k] += gradient[i * width_ + k];
    }
    for (std::size_t k = 0; k < sum.size(); ++k)
      if (count[k / width_] > 0) all_[k] -= rate * sum[k] / count[k / width_];
  }
  std::size_t width_;
  numbers all_;  // [S,A,K]

 private:
  std::size_t pair(const batch& x, std::size_t i) const {
    return static_cast<std::size_t>(x.state[i]) * actions() + static_cast<std::size_t>(x.action[i]);
  }
};

class categorical_agent : public distribution_agent {
 public:
  categorical_agent(const settings& s, const world& w) : distribution_agent(s, w, s.atoms) {
    for (index_t k = 0; k < s.atoms; ++k)
      atoms_.push_back(w.low + (w.high - w.low) * static_cast<double>(k) / static_cast<double>(s.atoms - 1));
    // All mass near 0, where the other agents begin.
    for (std::size_t i = 0; i < all_.size(); ++i) {
      const double distance = atoms_[i % width_] / (w.high - w.low) * static_cast<double>(s.atoms);
      all_[i] = -std::min(8.0, distance * distance);
    }
  }

  numbers q() const override {
    numbers means;
    for (auto row = all_.begin(); row != all_.end(); row += static_cast<std::ptrdiff_t>(width_)) {
      const double most = *std::max_element(row, row + static_cast<std::ptrdiff_t>(width_));
      double sum = 0, mean = 0;
      for (std::size_t k = 0; k < width_; ++k) {
        const double p = std::exp(row[static_cast<std::ptrdiff_t>(k)] - most);
        sum += p;
        mean += p * atoms_[k];
      }
      means.push_back(mean / sum);
    }
    return means;
  }

  void learn(const batch& x) override {
    const numbers next = rows_of(all_, x.next_state, actions() * width_), logits = of_pairs(x);
    const auto target = guerdon::categorical_q_target<double>(
        cpu, {.reward = x.reward, .discount = x.discount, .atoms = atoms_, .logits_next = next});
    const auto loss = guerdon::categorical_value_loss<double>(
        cpu, {.rows = segments::uniform(x.time.size(), s_.atoms), .logits = logits, .probs = target.probs});
    descend(x, loss.grad_logits, s_.logit_rate);
  }

 private:
  numbers atoms_;
};

class quantile_agent : public distribution_agent {
 public:
  quantile_agent(const settings& s, const world& w) : distribution_agent(s, w, s.quantiles) {}

  numbers q() const override {
    numbers means;
    for (std::size_t i = 0; i < all_.size(); i += width_) {
      double sum = 0;
      for (std::size_t k = 0; k < width_; ++k) sum += all_[i + k];
      means.push_back(sum / static_cast<double>(width_));
    }
    return means;
  }

  void learn(const batch& x) override {
    const numbers next = rows_of(all_, x.next_state, actions() * width_), own = of_pairs(x);
    const auto target = guerdon::quantile_q_target<double>(
        cpu, {.actions = w_.actions, .reward = x.reward, .discount = x.discount, .quantiles_next = next});
    const auto loss = guerdon::quantile_regression_loss<double>(
        cpu, {.count = x.time.size(), .quantiles = own, .target = target.target, .target_weight = target.target_weight},
        {.huber_kappa = (w_.high - w_.low) / 20});
    descend(x, loss.grad_quantiles, s_.quantile_rate);
  }
};

/// A softmax over linear logits, and a linear critic.
class actor_critic : public agent {
 public:
  actor_critic(const settings& s, const world& w, const features& f, const recipe& r)
      : s_(s), w_(w), recipe_(r), logits_(f, w.actions), value_(f, 1) {}

  numbers acting_policy() const override {
    numbers p = logits_.table();
    const std::size_t actions = static_cast<std::size_t>(w_.actions);
    for (std::size_t i = 0; i < p.size(); i += actions) {
      const double most = *std::max_element(p.data() + i, p.data() + i + actions);
      double sum = 0;
      for (std::size_t a = 0; a < actions; ++a) sum += p[i + a] = std::exp(p[i + a] - most);
      for (std::size_t a = 0; a < actions; ++a) p[i + a] /= sum;
    }
    return p;
  }
  numbers judged_policy() const override { return acting_policy(); }
  numbers state_values() const override { return value_.table(); }

  void learn(const batch& x) override {
    const numbers policy = acting_policy(), values = value_.table();
    const std::size_t n = x.reward.size(), actions = static_cast<std::size_t>(w_.actions);
    numbers ratio(n);
    for (std::size_t i = 0; i < n; ++i)
      ratio[i] = policy[static_cast<std::size_t>(x.state[i] * w_.actions + x.action[i])] / x.behaviour[i];
    const actor_signal signal =
        recipe_.signal({x, rows_of(values, x.state, 1), rows_of(values, x.next_state, 1), ratio, s_});
    const std::vector<flag_t> all(n, 1);
    const numbers advantage = guerdon::masked_whiten<double>(cpu, {.value = signal.advantage, .mask = all});
    for (std::size_t i = 0; i < n; ++i) {
      const auto state = static_cast<std::size_t>(x.state[i]);
      const double* p = policy.data() + state * actions;
      double entropy = 0;
      for (std::size_t a = 0; a < actions; ++a) entropy -= p[a] > 0 ? p[a] * std::log(p[a]) : 0;
      for (std::size_t a = 0; a < actions; ++a) {
        const double taken = static_cast<index_t>(a) == x.action[i] ? 1 : 0;
        const double flatter = p[a] > 0 ? -p[a] * (std::log(p[a]) + entropy) : 0;
        logits_.move(state, a, s_.policy_rate * (advantage[i] * (taken - p[a]) + s_.entropy * flatter));
      }
      value_.move(state, 0, s_.value_rate * (signal.value_target[i] - value_.at(state)));
    }
  }

 private:
  const settings& s_;
  const world& w_;
  const recipe& recipe_;
  linear_table logits_, value_;
};

std::unique_ptr<agent> made(const settings& s, const world& w, const features& f, const recipe& r) {
  switch (r.kind) {
    case learner::categorical: return std::make_unique<categorical_agent>(s, w);
    case learner::quantile: return std::make_unique<quantile_agent>(s, w);
    case learner::actor: return std::make_unique<actor_critic>(s, w, f, r);
    default: return std::make_unique<table_agent>(s, w, f, r);
  }
}

evaluation evaluated(const world& w, const agent& who, index_t steps) {
  const double expected = w.expected_return(who.judged_policy());
  const numbers value = who.state_values();
  double sum = 0, count = 0;
  for (std::size_t state = 0; state < value.size(); ++state) {
    if (w.final[state]) continue;
    sum += (value[state] - w.optimal_value[state]) * (value[state] - w.optimal_value[state]);
    ++count;
  }
  return {steps, expected, w.share_of_optimum(expected), std::sqrt(sum / count)};
}

}  // namespace

std::vector<evaluation> train(const settings& s, const world& w, sight seen, const recipe& r, std::uint64_t seed,
                              const std::function<bool()>& go_on) {
  const features f = features_of(w, seen);
  const auto who = made(s, w, f, r);
  collector source(w, s.columns, seed);
  std::deque<batch> latest;
  std::vector<evaluation> results{evaluated(w, *who, 0)};
  for (index_t update = 1; update <= s.updates; ++update) {
    if (!go_on()) return {};
    latest.push_back(source.collect(who->acting_policy(), s.steps));
    if (static_cast<index_t>(latest.size()) > s.kept) latest.pop_front();
    for (auto x = latest.rbegin(); x != latest.rend(); ++x) who->learn(*x);
    if (update * s.evaluations / s.updates > (update - 1) * s.evaluations / s.updates)
      results.push_back(evaluated(w, *who, update * s.steps * s.columns));
  }
  return results;
}

}  // namespace control
