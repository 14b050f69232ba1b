#include "training.hpp"

#include <guerdon/backend/scalar.hpp>
#include <guerdon/reward_model/contrastive_rm_loss.hpp>
#include <guerdon/reward_model/reward_head_bt_step.hpp>
#include <guerdon/reward_model/reward_head_forward.hpp>
#include <guerdon/reward_model/select_contrastive_pair.hpp>
#include <guerdon/verify/edit_similarity.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <utility>

#include "features.hpp"

namespace judging {

namespace {

const guerdon::scalar_backend cpu;

std::size_t z(index_t i) { return static_cast<std::size_t>(i); }

/// Features of all answers, standardised by those that were trained on.
struct scaling {
  numbers mean, deviation;

  scaling(const std::vector<numbers>& features, const std::vector<std::size_t>& seen) {
    for (std::size_t d = 0; d < feature_names().size(); ++d) {
      numbers column;
      for (const std::size_t i : seen) column.push_back(features[i][d]);
      mean.push_back(ex::mean(column));
      const double sd = ex::standard_deviation(column);
      deviation.push_back(sd > 0 ? sd : 1);
    }
  }
  void append(numbers& to, const numbers& features) const {
    for (std::size_t d = 0; d < mean.size(); ++d) to.push_back((features[d] - mean[d]) / deviation[d]);
  }
};

/// w2 . act(W1 x + b1) + b2; the linear head is one unit without activation, whose w2 stays 1.
struct head {
  bool two_layers;
  numbers w1, b1, w2, b2{0};

  head(bool two_layers, index_t units, std::uint64_t seed) : two_layers(two_layers) {
    const std::size_t width = feature_names().size(), n = two_layers ? z(units) : 1;
    w1.assign(n * width, 0);
    b1.assign(n, 0);
    w2.assign(n, 1);
    if (!two_layers) return;
    ex::random_source random(seed);
    const double size = std::sqrt(3 / static_cast<double>(width));
    for (double& w : w1) w = size * (2 * random.uniform() - 1);
    for (double& w : w2) w = (2 * random.uniform() - 1) / std::sqrt(static_cast<double>(n));
  }
  numbers rewards(const numbers& features) const {
    using guerdon::head_activation;
    const auto r = guerdon::reward_head_forward<double>(
        cpu, {features, w1, b1, w2, b2}, {two_layers ? head_activation::silu : head_activation::none});
    return {r.begin(), r.end()};
  }
  /// One step down the gradient of the ranking loss over all pairs; the loss before it.
  double step(const numbers& right, const numbers& wrong, const training_options& t) {
    if (two_layers) {
      const auto next = guerdon::reward_head_bt_step<double>(
          cpu, {right, wrong, w1, b1, w2, b2},
          {.learning_rate = t.two_layer_rate, .weight_decay = t.weight_decay, .max_grad_norm = 1});
      w1.assign(next.new_w1.begin(), next.new_w1.end());
      b1.assign(next.new_b1.begin(), next.new_b1.end());
      w2.assign(next.new_w2.begin(), next.new_w2.end());
      b2.assign(next.new_b2.begin(), next.new_b2.end());
      return next.loss[0];
    }
    const numbers of_right = rewards(right), of_wrong = rewards(wrong);
    const auto loss = guerdon::contrastive_rm_loss<double>(cpu, {of_right, of_wrong});
    numbers gradient(w1.size());
    for (std::size_t i = 0; i < loss.grad_positive.size(); ++i)
      for (std::size_t d = 0; d < w1.size(); ++d)
        gradient[d] +=
            loss.grad_positive[i] * right[i * w1.size() + d] + loss.grad_negative[i] * wrong[i * w1.size() + d];
    for (std::size_t d = 0; d < w1.size(); ++d) w1[d] -= t.linear_rate * (gradient[d] + t.weight_decay * w1[d]);
    return loss.loss[0];
  }
};

double ranking_loss(const head& h, const numbers& right, const numbers& wrong) {
  const numbers of_right = h.rewards(right), of_wrong = h.rewards(wrong);
  return guerdon::contrastive_rm_loss<double>(cpu, {of_right, of_wrong}).loss[0];
}

struct fold_head {
  scaling scale;
  head h;

  numbers rewards(const std::vector<const numbers*>& features) const {
    numbers x;
    for (const numbers* f : features) scale.append(x, *f);
    return h.rewards(x);
  }
};

/// Of pairs: the share whose right answer has the higher score, by redrawn prompts.
ex::interval accuracy_of(const std::vector<training_pair>& pairs, const numbers& score, const study_options& o) {
  numbers hit, one(pairs.size(), 1);
  for (const training_pair& p : pairs) hit.push_back(score[p.right] > score[p.wrong]);
  return share_of(hit, one, o);
}

}  // namespace

std::int64_t work_of(const training_options& t) { return 4 * t.folds; }

training_pairs pairs_of(const flat& f, const std::vector<int>& fold_of_task, std::uint64_t seed) {
  std::vector<flag_t> has_wrong(f.tasks());
  std::vector<std::vector<std::size_t>> wrong_of_fold;
  std::vector<std::size_t> task_of(f.answers.size());
  for (std::size_t t = 0; t < f.tasks(); ++t)
    for (std::size_t i = z(f.offsets[t]); i < z(f.offsets[t + 1]); ++i) {
      task_of[i] = t;
      if (f.right[i] > 0) continue;
      has_wrong[t] = 1;
      wrong_of_fold.resize(std::max(wrong_of_fold.size(), static_cast<std::size_t>(fold_of_task[t]) + 1));
      wrong_of_fold[static_cast<std::size_t>(fold_of_task[t])].push_back(i);
    }
  const auto first = guerdon::select_contrastive_pair<double>(cpu, {f.right, f.offsets, has_wrong});
  training_pairs pairs;
  ex::random_source random(seed);
  for (std::size_t t = 0; t < f.tasks(); ++t) {
    if (!first.valid_mask[t]) continue;
    const std::size_t right = z(first.positive_index[t]);
    std::size_t nearest = right;
    double most = -1;
    for (std::size_t i = z(f.offsets[t]); i < z(f.offsets[t + 1]); ++i) {
      if (f.right[i] > 0) continue;
      const double s = guerdon::edit_similarity({f.answers[right]->text, f.answers[i]->text}).similarity;
      if (s > most) most = s, nearest = i;
    }
    const auto& others = wrong_of_fold[static_cast<std::size_t>(fold_of_task[t])];
    const bool elsewhere = std::any_of(others.begin(), others.end(), [&](std::size_t i) { return task_of[i] != t; });
    if (!elsewhere) continue;
    std::size_t far = nearest;
    while (task_of[far] == t) far = others[random.below(others.size())];
    pairs.hard.push_back({right, nearest, fold_of_task[t]});
    pairs.random.push_back({right, far, fold_of_task[t]});
  }
  return pairs;
}

trained train(const records& r, const training_options& t, const study_options& o) {
  const flat f(r);
  std::vector<numbers> features;
  std::vector<std::size_t> task_of;
  for (std::size_t k = 0; k < f.tasks(); ++k)
    for (const answer& a : r.tasks[k].answers)
      features.push_back(features_of(r.tasks[k].prompt, a.text, a.extracted)), task_of.push_back(k);

  std::vector<std::size_t> order(f.tasks());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
  ex::random_source random(o.seed);
  for (std::size_t k = order.size(); k > 1; --k) std::swap(order[k - 1], order[random.below(k)]);
  std::vector<int> fold(f.tasks());
  for (std::size_t k = 0; k < order.size(); ++k)
    fold[order[k]] = static_cast<int>(k % static_cast<std::size_t>(t.folds));
  const training_pairs pairs = pairs_of(f, fold, o.seed);
  for (int k = 0; k < t.folds; ++k)
    if (std::none_of(pairs.hard.begin(), pairs.hard.end(), [&](const training_pair& p) { return p.fold == k; }))
      throw std::invalid_argument("--train needs prompts with a right and a wrong answer in each of its " +
                                  std::to_string(t.folds) + " folds");

  trained result;
  const auto add = [&](const std::string& section, const std::string& name, const std::string& subject,
                       const std::string& what, const ex::interval& value) {
    result.measures.push_back({section, name, subject, what, value});
  };
  add("pairs", "", "hard", "pairs", {static_cast<double>(pairs.hard.size()), ex::not_a_number, ex::not_a_number});
  for (const bool two_layers : {false, true})
    for (const bool hard : {true, false}) {
      const auto& learned_from = hard ? pairs.hard : pairs.random;
      const std::string name =
          std::string(two_layers ? "two layers" : "linear") + (hard ? ", hard pairs" : ", random pairs");
      loss_curve curve{name, numbers(z(t.steps)), numbers(z(t.steps))};
      auto heads = std::make_shared<std::vector<fold_head>>();
      for (int k = 0; k < t.folds; ++k) {
        std::vector<std::size_t> seen;
        for (std::size_t i = 0; i < features.size(); ++i)
          if (fold[task_of[i]] != k) seen.push_back(i);
        fold_head one{scaling(features, seen), head(two_layers, t.units, o.seed + static_cast<std::uint64_t>(k))};
        numbers right, wrong, held_right, held_wrong;
        for (const training_pair& p : learned_from) {
          one.scale.append(p.fold == k ? held_right : right, features[p.right]);
          one.scale.append(p.fold == k ? held_wrong : wrong, features[p.wrong]);
        }
        for (std::size_t s = 0; s < z(t.steps); ++s) {
          if (o.stop && *o.stop) throw interrupted();
          curve.held_out[s] += ranking_loss(one.h, held_right, held_wrong) / t.folds;
          curve.trained[s] += one.h.step(right, wrong, t) / t.folds;
        }
        heads->push_back(std::move(one));
        if (o.progress) o.progress->advance(1, name);
      }

      judge j{name, {}, [heads, fold, &r](std::size_t k, std::string_view text) {
                const numbers x = features_of(r.tasks[k].prompt, text, final_answer(text));
                return (*heads)[static_cast<std::size_t>(fold[k])].rewards({&x})[0];
              }};
      for (std::size_t k = 0; k < f.tasks(); ++k) {
        std::vector<const numbers*> x;
        for (std::size_t i = z(f.offsets[k]); i < z(f.offsets[k + 1]); ++i) x.push_back(&features[i]);
        if (x.empty()) continue;
        const numbers rewards = (*heads)[static_cast<std::size_t>(fold[k])].rewards(x);
        j.score.insert(j.score.end(), rewards.begin(), rewards.end());
      }
      add("training", name, "hard pairs", "held out", accuracy_of(pairs.hard, j.score, o));
      add("training", name, "random pairs", "held out", accuracy_of(pairs.random, j.score, o));
      // On what it has seen: of each fold's head the pairs of the other folds.
      double hits = 0, all = 0;
      for (int k = 0; k < t.folds; ++k)
        for (const training_pair& p : learned_from)
          if (p.fold != k) {
            const numbers both =
                (*heads)[static_cast<std::size_t>(k)].rewards({&features[p.right], &features[p.wrong]});
            hits += both[0] > both[1], ++all;
          }
      add("training", name, hard ? "hard pairs" : "random pairs", "trained on",
          {hits / all, ex::not_a_number, ex::not_a_number});
      if (!two_layers)
        for (std::size_t d = 0; d < feature_names().size(); ++d) {
          numbers weights;
          for (const fold_head& h : *heads) weights.push_back(h.h.w1[d]);
          add("weight", name, feature_names()[d], "mean of folds",
              {ex::mean(weights), *std::min_element(weights.begin(), weights.end()),
               *std::max_element(weights.begin(), weights.end())});
        }
      result.curves.push_back(std::move(curve));
      result.judges.push_back(std::move(j));
    }
  // Prompt by prompt: what hard pairs gain over random ones, on the hard pairs and on the others.
  for (const std::size_t first : {std::size_t(0), std::size_t(2)})
    for (const auto& [subject, on] : {std::pair("hard pairs", &pairs.hard), std::pair("random pairs", &pairs.random)}) {
      const numbers &a = result.judges[first].score, &b = result.judges[first + 1].score;
      numbers difference, one(on->size(), 1);
      for (const training_pair& p : *on)
        difference.push_back(double(a[p.right] > a[p.wrong]) - double(b[p.right] > b[p.wrong]));
      add("gain", first == 0 ? "linear" : "two layers", subject, "hard less random", share_of(difference, one, o));
    }
  return result;
}

}  // namespace judging
