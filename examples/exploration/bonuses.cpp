// The intrinsic rewards, by the operations of the exploration family.

#include "learner.hpp"

#include <guerdon/exploration/episodic_novelty.hpp>
#include <guerdon/exploration/episodic_visit_count.hpp>
#include <guerdon/exploration/hash_count_bonus.hpp>
#include <guerdon/exploration/ngu_combine.hpp>
#include <guerdon/exploration/normalize_observation.hpp>
#include <guerdon/exploration/oni_classification_reward.hpp>
#include <guerdon/exploration/oni_count_weight.hpp>
#include <guerdon/exploration/oni_ranking_reward.hpp>
#include <guerdon/exploration/oni_retrieval_reward.hpp>
#include <guerdon/exploration/rnd_bonus.hpp>
#include <guerdon/exploration/rnd_reward_normalize.hpp>
#include <guerdon/exploration/simhash.hpp>
#include <guerdon/reward_model/oni_classification_loss.hpp>
#include <guerdon/reward_model/oni_ranking_loss.hpp>
#include <guerdon/statistics/running_mean_std.hpp>

#include <cmath>

namespace exploration {
namespace {

namespace g = guerdon;

std::vector<double> ones(index_t n) { return std::vector<double>(std::size_t(n), 1.0); }

double normal(random_source& random) {  // the sum of twelve uniform numbers, which is near enough
  double sum = -6;
  for (int k = 0; k < 12; ++k) sum += random.uniform();
  return sum;
}
std::vector<double> normals(std::size_t n, random_source random) {
  std::vector<double> x(n);
  for (double& y : x) y = normal(random);
  return x;
}

struct no_bonus final : bonus {
  judgement judge(const episode& e) override { return {std::vector<double>(e.actions.size()), ones(e.steps())}; }
};

struct counts final : bonus {
  g::hash_count_bonus counter{.options = {.order = g::count_order::online}};
  judgement judge(const episode& e) override {
    const g::view<const index_t> arrived(e.states.data() + 1, e.steps());
    return {counter.update(arrived).bonus, ones(e.steps())};
  }
};

struct hash_counts final : bonus {
  static constexpr index_t planes = 10;
  g::hash_count_bonus counter{.options = {.order = g::count_order::online}};
  index_t width;
  std::vector<double> projection;
  hash_counts(const world& w, std::uint64_t seed)
      : width(w.width()), projection(normals(std::size_t(width * planes), stream(seed, 2))) {}
  judgement judge(const episode& e) override {
    const auto [bits, key] = g::simhash<double>(
        cpu, {.dimensions = width, .planes = planes, .state = e.feature, .projection = projection});
    return {counter.update(key).bonus, ones(e.steps())};
  }
};

/// Random features of the observation, and a linear predictor of them that is trained as it is asked.
class random_features {
 public:
  static constexpr index_t count = 12;
  random_features(const world& w, std::uint64_t seed)
      : width_(w.width()),
        target_(normals(std::size_t(width_ * count), stream(seed, 3))),
        predictor_(std::size_t((width_ + 1) * count), 0.0) {
    seen_.mean.assign(std::size_t(width_), 0);
    seen_.var.assign(std::size_t(width_), 1);
  }
  std::vector<double> errors(const episode& e) {
    seen_.update(e.feature);
    const std::vector<double> x = g::normalize_observation<double>(
        cpu, {.dimensions = width_, .x = e.feature, .mean = seen_.mean, .var = seen_.var});
    std::vector<double> error;
    for (index_t t = 0; t < e.steps(); ++t) {  // trained online: the second visit is known better than the first
      const double* const in = x.data() + t * width_;
      std::vector<double> target(count), predicted(count);
      for (index_t k = 0; k < count; ++k) {
        double along = 0;
        for (index_t d = 0; d < width_; ++d) along += in[d] * target_[std::size_t(d * count + k)];
        target[std::size_t(k)] = std::tanh(along);
        double guess = predictor_[std::size_t(width_ * count + k)];
        for (index_t d = 0; d < width_; ++d) guess += in[d] * predictor_[std::size_t(d * count + k)];
        predicted[std::size_t(k)] = guess;
      }
      const auto [loss, gradient] =
          g::rnd_bonus<double>(cpu, {.dimensions = count, .predicted = predicted, .target = target});
      error.push_back(loss[0]);
      constexpr double rate = 0.005;
      for (index_t k = 0; k < count; ++k) {
        for (index_t d = 0; d < width_; ++d) predictor_[std::size_t(d * count + k)] -= rate * gradient[k] * in[d];
        predictor_[std::size_t(width_ * count + k)] -= rate * gradient[k];
      }
    }
    return error;
  }

 private:
  index_t width_;
  std::vector<double> target_, predictor_;
  g::running_mean_std seen_{.count = 1e-4};
};

struct distillation final : bonus {
  random_features features;
  g::rnd_reward_normalize scale;
  distillation(const world& w, std::uint64_t seed) : features(w, seed) {}
  judgement judge(const episode& e) override { return {scale.update(features.errors(e), 1), ones(e.steps())}; }
};

struct novelty_in_episode final : bonus {
  index_t width;
  g::episodic_novelty novelty{.options = {.k = 6}};
  explicit novelty_in_episode(const world& w) : width(w.width()) {}
  std::vector<double> rewards(const episode& e) {
    std::vector<double> reward;
    for (index_t t = 0; t < e.steps(); ++t)
      reward.push_back(novelty.update({e.feature.data() + t * width, width}, {e.feature.data(), t * width}, width)[0]);
    return reward;
  }
  judgement judge(const episode& e) override { return {rewards(e), ones(e.steps())}; }
};

struct never_give_up final : bonus {
  novelty_in_episode episodic;
  random_features lifelong;
  g::running_mean_std errors;
  never_give_up(const world& w, std::uint64_t seed) : episodic(w), lifelong(w, seed) {}
  judgement judge(const episode& e) override {
    const std::vector<double> error = lifelong.errors(e);
    errors.update(error);
    return {g::ngu_combine<double>(cpu, {.episodic = episodic.rewards(e), .rnd_error = error},
                                   {.mean = errors.mean[0], .std = std::sqrt(errors.var[0])}),
            ones(e.steps())};
  }
};

/// What the three forms of ONI share: a rule that judges few of the messages after each episode, the latest that it
/// has not judged first; and a weight that falls with a message's count in the episode.
class judged_messages {
 public:
  static constexpr index_t judged_per_episode = 12;
  g::oni_labels table;
  std::vector<index_t> labels;  ///< in order, as the texts
  std::vector<std::string> texts;

  std::vector<double> weights(const episode& e) const {
    std::vector<index_t> key;
    for (const std::string& m : e.message) key.push_back(key_of(m));
    std::vector<flag_t> start(key.size(), 0);
    if (!start.empty()) start[0] = 1;
    return g::oni_count_weight<double>(cpu, {.count = g::episodic_visit_count({1, key, start}).count});
  }
  void ask(const episode& e) {
    index_t asked = 0;
    for (std::size_t t = e.message.size(); t-- > 0 && asked < judged_per_episode;) {
      const index_t key = key_of(e.message[t]);
      if (table.knows(key)) continue;
      labels.push_back(is_helpful(e.message[t]));
      const std::vector<double> verdict{static_cast<double>(labels.back())};
      table.update(std::vector<index_t>{key}, verdict);
      texts.push_back(e.message[t]);
      ++asked;
    }
  }
};

struct retrieval final : bonus {
  judged_messages judged;
  explicit retrieval(std::uint64_t) {}
  judgement judge(const episode& e) override {
    std::vector<index_t> key;
    for (const std::string& m : e.message) key.push_back(key_of(m));
    judgement j{judged.table.rewards(key).reward, judged.weights(e)};
    judged.ask(e);
    return j;
  }
};

/// A linear model of bags of words with `outputs` numbers, and its step down a gradient.
struct word_model {
  static constexpr index_t words = 64;
  index_t outputs;
  std::vector<double> weight;
  explicit word_model(index_t n) : outputs(n), weight(std::size_t(words * n), 0.0) {}
  std::vector<double> operator()(const std::vector<std::vector<double>>& bags) const {
    std::vector<double> y;
    for (const auto& bag : bags)
      for (index_t k = 0; k < outputs; ++k) {
        double sum = 0;
        for (index_t d = 0; d < words; ++d) sum += bag[std::size_t(d)] * weight[std::size_t(d * outputs + k)];
        y.push_back(sum);
      }
    return y;
  }
  void step(const std::vector<std::vector<double>>& bags, const std::vector<double>& gradient, double rate) {
    for (std::size_t i = 0; i < bags.size(); ++i)
      for (index_t d = 0; d < words; ++d)
        for (index_t k = 0; k < outputs; ++k)
          weight[std::size_t(d * outputs + k)] -=
              rate * bags[i][std::size_t(d)] * gradient[i * std::size_t(outputs) + std::size_t(k)];
  }
};

std::vector<std::vector<double>> bags_of(const std::vector<std::string>& messages) {
  std::vector<std::vector<double>> bags;
  for (const std::string& m : messages) bags.push_back(bag_of_words(m, word_model::words));
  return bags;
}

struct classification final : bonus {
  judged_messages judged;
  word_model model{2};
  random_source random;
  explicit classification(std::uint64_t seed) : random(stream(seed, 4)) {}
  judgement judge(const episode& e) override {
    judgement j{g::oni_classification_reward<double>(cpu, {.logits = model(bags_of(e.message))}).reward,
                judged.weights(e)};
    judged.ask(e);
    for (int round = 0; round < 8 && !judged.texts.empty(); ++round) {
      std::vector<std::string> text;
      std::vector<index_t> label;
      for (int k = 0; k < 16; ++k) {
        const std::size_t i = random.below(judged.texts.size());
        text.push_back(judged.texts[i]), label.push_back(judged.labels[i]);
      }
      const auto bags = bags_of(text);
      const auto loss = g::oni_classification_loss<double>(
          cpu, {.rows = g::segments::uniform(index_t(text.size()), 2), .logits = model(bags), .label = label});
      model.step(bags, {loss.grad_logits.begin(), loss.grad_logits.end()}, 1);
    }
    return j;
  }
};

struct ranking final : bonus {
  judged_messages judged;
  word_model model{1};
  g::oni_ranking_reward scale{.options = {.threshold = 0.5}};
  random_source random;
  explicit ranking(std::uint64_t seed) : random(stream(seed, 5)) {}
  judgement judge(const episode& e) override {
    judgement j{scale.update(model(bags_of(e.message))), judged.weights(e)};
    judged.ask(e);
    for (int round = 0; round < 8 && judged.texts.size() > 1; ++round) {
      std::vector<std::string> text;
      std::vector<index_t> label;
      for (int k = 0; k < 16; ++k) {
        const std::string& first = judged.texts[random.below(judged.texts.size())];
        const std::string& second = judged.texts[random.below(judged.texts.size())];
        text.push_back(first), text.push_back(second), label.push_back(preferred(first, second));
      }
      const auto bags = bags_of(text);
      const auto loss = g::oni_ranking_loss<double>(cpu, {.reward = model(bags), .label = label});
      model.step(bags, {loss.grad_reward.begin(), loss.grad_reward.end()}, 1);
    }
    return j;
  }
};

/// A judge's rewards guide among what is new, which counts tell: alone they would hold an agent at the first message.
template <class Form>
struct beside_counts final : bonus {
  counts visited;
  Form form;
  beside_counts(const world&, std::uint64_t seed) : form(seed) {}
  judgement judge(const episode& e) override {
    judgement j = visited.judge(e);
    const judgement said = form.judge(e);
    for (std::size_t t = 0; t < j.intrinsic.size(); ++t) j.intrinsic[t] += 0.3 * said.weight[t] * said.intrinsic[t];
    return j;
  }
};

template <class Bonus>
std::unique_ptr<bonus> made([[maybe_unused]] const world& w, [[maybe_unused]] std::uint64_t seed) {
  if constexpr (std::is_constructible_v<Bonus, const world&, std::uint64_t>)
    return std::make_unique<Bonus>(w, seed);
  else if constexpr (std::is_constructible_v<Bonus, const world&>)
    return std::make_unique<Bonus>(w);
  else
    return std::make_unique<Bonus>();
}

}  // namespace

std::vector<method> all_methods() {
  return {{"no bonus", 0, made<no_bonus>},
          {"counts", 0.1, made<counts>},
          {"hash counts", 0.1, made<hash_counts>},
          {"RND", 0.1, made<distillation>},
          {"episodic novelty", 0.01, made<novelty_in_episode>},
          {"NGU", 0.01, made<never_give_up>},
          {"ONI retrieval", 0.1, made<beside_counts<retrieval>>},
          {"ONI classification", 0.1, made<beside_counts<classification>>},
          {"ONI ranking", 0.1, made<beside_counts<ranking>>}};
}

}  // namespace exploration
