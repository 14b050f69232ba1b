// Rankings, ratings, calibration and search against what can be counted out, searched exhaustively or solved by hand.

#include <guerdon/backend/scalar.hpp>
#include <guerdon/judge/best_of_n_estimate.hpp>
#include <guerdon/judge/bradley_terry_mm.hpp>
#include <guerdon/judge/elo_update.hpp>
#include <guerdon/judge/expected_calibration_error.hpp>
#include <guerdon/judge/kendall_tau_b.hpp>
#include <guerdon/judge/length_controlled_winrate.hpp>
#include <guerdon/judge/mcts_plan.hpp>
#include <guerdon/judge/ndcg.hpp>
#include <guerdon/judge/pairwise_ranking_accuracy.hpp>
#include <guerdon/judge/platt_scaling.hpp>
#include <guerdon/judge/preference_matrix_scores.hpp>
#include <guerdon/judge/temperature_scaling.hpp>
#include <guerdon/judge/tie_break_accuracy.hpp>
#include <guerdon/judge/weighted_majority_vote.hpp>
#include <guerdon/judge/weighted_pair_agreement.hpp>
#include <guerdon/reward_model/bt_loss_regularized.hpp>
#include <guerdon/reward_model/contrastive_rm_loss.hpp>
#include <guerdon/reward_model/oni_ranking_loss.hpp>
#include <guerdon/reward_model/page_preference_loss.hpp>
#include <guerdon/reward_model/pairwise_ranking_loss.hpp>
#include <guerdon/reward_model/plackett_luce_loss.hpp>
#include <guerdon/reward_model/reward_head_bt_step.hpp>
#include <guerdon/reward_model/trajectory_bt_loss.hpp>
#include <guerdon/reward_model/verify_rm_loss.hpp>
#include <guerdon/objective/implicit_prm_dpo_loss.hpp>
#include <guerdon/preference/bradley_terry_loss.hpp>
#include <guerdon/preference/dpo_loss.hpp>
#include <guerdon/preference/kwise_bradley_terry_loss.hpp>
#include <guerdon/preference/odin_loss.hpp>
#include <guerdon/preference/regularized_preference_loss.hpp>
#include <guerdon/preference/simpo_loss.hpp>
#include <guerdon/process/implicit_prm_ce_loss.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

namespace guerdon {
namespace {

using doubles = std::vector<double>;
const scalar_backend cpu;

/// splitmix64.
struct random_numbers {
  std::uint64_t state;
  double operator()() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }
  index_t below(index_t n) { return static_cast<index_t>((*this)() * static_cast<double>(n)); }
};

std::vector<index_t> one_group(std::size_t n) { return {0, static_cast<index_t>(n)}; }

/// f(order) for every order of 0..n-1; how many there are.
template <class F>
double over_permutations(std::size_t n, F f) {
  std::vector<index_t> order(n);
  std::iota(order.begin(), order.end(), index_t(0));
  double count = 0;
  do {
    f(order);
    ++count;
  } while (std::next_permutation(order.begin(), order.end()));
  return count;
}

double logistic_loss(double z) { return z > 0 ? std::log1p(std::exp(-z)) : -z + std::log1p(std::exp(z)); }

}  // namespace

TEST_CASE("the likelihoods of all rankings of five add up to 1") {
  const doubles score{0.3, -1.2, 2, 0.3, 0.9};
  for (const index_t top : {index_t(0), index_t(2)}) {
    double total = 0, distinct = 0;
    over_permutations(score.size(), [&](const std::vector<index_t>& order) {
      // With top_k places the loss is that of the ordered places; orders of the rest share it.
      total += std::exp(-plackett_luce_loss<double>(cpu, {score, order, one_group(5)}, {.top_k = top}).loss[0]);
      ++distinct;
    });
    CHECK(distinct == 120);
    CHECK(total == doctest::Approx(top == 0 ? 1 : 6));
  }
}

TEST_CASE("Kendall's tau, ndcg and the lot of ties are what all orders give, with ties and without") {
  random_numbers random{7};
  for (int round = 0; round < 40; ++round) {
    doubles x(5), y(5);
    for (double& v : x) v = static_cast<double>(random.below(round % 2 ? 3 : 100));
    for (double& v : y) v = static_cast<double>(random.below(round % 3 ? 3 : 100));
    double concordant = 0, discordant = 0, x_untied = 0, y_untied = 0;
    for (std::size_t i = 0; i < 5; ++i)
      for (std::size_t j = i + 1; j < 5; ++j) {
        const double product = (x[i] - x[j]) * (y[i] - y[j]);
        concordant += product > 0, discordant += product < 0, x_untied += x[i] != x[j], y_untied += y[i] != y[j];
      }
    const double tau = kendall_tau_b<double>(cpu, {x, y, one_group(5)})[0];
    if (x_untied == 0 || y_untied == 0) CHECK(std::isnan(tau));
    else CHECK(tau == doctest::Approx((concordant - discordant) / std::sqrt(x_untied * y_untied)));

    // Of all orders that x allows: the mean discounted gain, and how often the best by y comes first.
    double allowed = 0, gain = 0, best_gain = 0, first = 0;
    const auto best = std::max_element(y.begin(), y.end()) - y.begin();
    over_permutations(5, [&](const std::vector<index_t>& order) {
      double dcg = 0;
      bool sorted = true;
      for (std::size_t t = 0; t < 5; ++t) {
        const auto at = static_cast<std::size_t>(order[t]);
        dcg += y[at] / std::log2(static_cast<double>(t) + 2);
        sorted &= t == 0 || x[static_cast<std::size_t>(order[t - 1])] >= x[at];
      }
      best_gain = std::max(best_gain, dcg);
      if (sorted) ++allowed, gain += dcg, first += order[0] == best;
    });
    if (best_gain > 0) CHECK(ndcg({x, y, one_group(5)}).ndcg[0] == doctest::Approx(gain / allowed / best_gain));
    const std::vector<index_t> labelled{best};
    CHECK(tie_break_accuracy<double>(cpu, {x, labelled, one_group(5)}).mean_accuracy[0] ==
          doctest::Approx(first / allowed));
  }
}

TEST_CASE("agreement of scores is what counting pairs gives, for all scores of four in three values, ties and all") {
  doubles pred, gt;  // 81 * 81 groups
  for (int x = 0; x < 81; ++x)
    for (int y = 0; y < 81; ++y)
      for (int digit = 1; digit < 81; digit *= 3) pred.push_back(x / digit % 3), gt.push_back(y / digit % 3);
  const index_t groups = 81 * 81;
  const auto accuracy =
      pairwise_ranking_accuracy<double>(cpu, {pred, gt, segments::uniform(groups, 4)}, {.tie_credit = 0.5});
  const auto agreement =
      weighted_pair_agreement<double>(cpu, {pred, gt, segments::uniform(groups, 4)}, {.tie_penalty = 0.5});
  double all = 0, all_right = 0;
  index_t wrong = 0;
  for (std::size_t g = 0; g < static_cast<std::size_t>(groups); ++g) {
    double pairs = 0, right = 0, weight = 0, cost = 0;
    for (std::size_t i = 4 * g; i < 4 * g + 4; ++i)
      for (std::size_t j = i + 1; j < 4 * g + 4; ++j) {
        const double p = pred[i] - pred[j], t = gt[i] - gt[j], w = 1 + std::abs(t);
        if (t != 0) ++pairs, right += p * t > 0 ? 1 : p == 0 ? 0.5 : 0;
        weight += w, cost += t == 0 ? 0 : p * t < 0 ? w : p == 0 ? w / 2 : 0;
      }
    all += pairs, all_right += right;
    const double mine = accuracy.accuracy[g];
    wrong += pairs > 0 ? std::abs(mine - right / pairs) > 1e-12 : !std::isnan(mine);
    wrong += std::abs(agreement[g] - (1 - cost / weight)) > 1e-12;
  }
  CHECK(wrong == 0);
  CHECK(accuracy.micro_accuracy[0] == doctest::Approx(all_right / all));
}

TEST_CASE("votes and ranks are what counting gives, and another order of the same changes nothing but who is first") {
  for (int votes = 0; votes < 256; ++votes) {
    std::vector<index_t> answer;
    for (int digit = 1; digit < 256; digit *= 4) answer.push_back(votes / digit % 4 - 1);
    index_t most = 0, cast = 0, winner = -1;
    for (const index_t a : answer) {
      const auto n = static_cast<index_t>(std::count(answer.begin(), answer.end(), a));
      if (a >= 0 && n > most) most = n, winner = a;
      cast += a >= 0;
    }
    const auto vote = weighted_majority_vote({answer, one_group(4)});
    CHECK(vote.winner[0] == winner);
    CHECK(vote.share[0] == doctest::Approx(cast > 0 ? static_cast<double>(most) / static_cast<double>(cast) : 0));
  }
  random_numbers random{29};
  for (int round = 0; round < 10; ++round) {
    const std::size_t n = 4;
    doubles preference(n * n);
    for (double& p : preference) p = static_cast<double>(random.below(4)) / 4;  // few values, so that scores tie
    for (const auto method : {preference_score::mean, preference_score::copeland}) {
      const auto at = preference_matrix_scores({4, preference}, {.method = method});
      for (std::size_t i = 0; i < n; ++i) {
        double score = 0;
        index_t before = 0;
        for (std::size_t j = 0; j < n; ++j) {
          const double p = preference[i * n + j];
          if (j != i) score += method == preference_score::mean ? p / 3 : p > 0.5 ? 1 : p < 0.5 ? -1 : 0;
          before += at.score[j] > at.score[i] || (at.score[j] == at.score[i] && j < i);
        }
        CHECK(at.score[i] == doctest::Approx(score));
        CHECK(at.rank[i] == before);
      }
      over_permutations(n, [&](const std::vector<index_t>& order) {
        doubles moved(n * n);
        for (std::size_t i = 0; i < n; ++i)
          for (std::size_t j = 0; j < n; ++j)
            moved[i * n + j] = preference[static_cast<std::size_t>(order[i]) * n + static_cast<std::size_t>(order[j])];
        const auto there = preference_matrix_scores({4, moved}, {.method = method});
        for (std::size_t i = 0; i < n; ++i)
          CHECK(there.score[i] == doctest::Approx(at.score[static_cast<std::size_t>(order[i])]));
      });
    }
  }
}

TEST_CASE("best of n is the mean over all subsets of n") {
  random_numbers random{11};
  for (int round = 0; round < 20; ++round) {
    doubles proxy(6), gold(6);
    for (std::size_t i = 0; i < 6; ++i) proxy[i] = random(), gold[i] = random();
    for (index_t n = 1; n <= 6; ++n) {
      double chosen_proxy = 0, chosen_gold = 0, subsets = 0;
      for (unsigned set = 0; set < 64; ++set) {
        if (__builtin_popcount(set) != n) continue;
        std::size_t best = 6;
        for (std::size_t i = 0; i < 6; ++i)
          if ((set >> i & 1u) && (best == 6 || proxy[i] > proxy[best])) best = i;
        chosen_proxy += proxy[best], chosen_gold += gold[best], ++subsets;
      }
      const auto estimate = best_of_n_estimate({1, proxy, gold}, {.n = n});
      CHECK(estimate.proxy == doctest::Approx(chosen_proxy / subsets));
      CHECK(estimate.gold == doctest::Approx(chosen_gold / subsets));
    }
  }
}

TEST_CASE("Bradley-Terry strengths: the closed form of two, and a gradient of zero of many") {
  for (const double lost : {1.0, 2.5, 40.0}) {
    const doubles wins{0, 3, lost, 0};
    const auto of_two = bradley_terry_mm({2, wins});
    CHECK(of_two.strength[0] - of_two.strength[1] == doctest::Approx(std::log(3 / lost)));
    CHECK(of_two.rating[0] - of_two.rating[1] == doctest::Approx(400 * std::log10(3 / lost)));
    CHECK(of_two.converged);
  }
  random_numbers random{3};
  const std::size_t n = 6;
  doubles wins(n * n), ties(n * n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      if (i != j) wins[i * n + j] = 1 + static_cast<double>(random.below(9));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 1; j < n; ++j) ties[i * n + j] = ties[j * n + i] = static_cast<double>(random.below(4));
  const auto fit = bradley_terry_mm({6, wins, ties});
  CHECK(fit.converged);
  const auto stopped = bradley_terry_mm({6, wins, ties}, {.max_iterations = fit.iterations - 1});
  CHECK_FALSE(stopped.converged);
  CHECK(stopped.iterations == fit.iterations - 1);
  for (std::size_t k = 0; k < n; ++k) CHECK(std::abs(stopped.strength[k] - fit.strength[k]) < 1e-9);
  const auto loss = [&](const doubles& s) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        if (i != j) sum += (wins[i * n + j] + ties[i * n + j] / 2) * logistic_loss(s[i] - s[j]);
    return sum;
  };
  for (std::size_t k = 0; k < n; ++k) {
    double slope = 0, won = 0;  // of the log-likelihood: wins less expected wins
    for (std::size_t j = 0; j < n; ++j)
      if (j != k) {
        const double games = wins[k * n + j] + wins[j * n + k] + ties[k * n + j];
        won += wins[k * n + j] + ties[k * n + j] / 2;
        slope += wins[k * n + j] + ties[k * n + j] / 2 - games / (1 + std::exp(fit.strength[j] - fit.strength[k]));
      }
    CHECK(std::abs(slope) < 1e-10 * won);  // a step changes ln q by slope / won, less than the tolerance
    for (const double step : {-0.01, 0.01}) {
      doubles moved = fit.strength;
      moved[k] += step;
      CHECK(loss(moved) > loss(fit.strength));
    }
  }
}

TEST_CASE("Elo rests where its expectation is the outcome, and from many games comes to the Bradley-Terry gap") {
  // Three wins in four, in the same order again and again: with a small k the mean of a round rests at log-odds of 3.
  std::vector<index_t> a, b;
  doubles outcome;
  for (int round = 0; round < 20000; ++round)
    for (const double o : {1.0, 1.0, 0.0, 1.0}) a.push_back(0), b.push_back(1), outcome.push_back(o);
  const auto elo = elo_update({a, b, outcome}, {.num_players = 3, .k_factor = 0.05}).rating;
  CHECK(elo[0] - elo[1] == doctest::Approx(400 * std::log10(3.0)).epsilon(1e-3));
  CHECK(elo[0] + elo[1] == doctest::Approx(2000));
  CHECK(elo[2] == 1000);
  const doubles wins{0, 3, 1, 0};
  const auto fit = bradley_terry_mm({2, wins});
  CHECK(elo[0] == doctest::Approx(fit.rating[0]).epsilon(1e-3));
  // One game: the expectation is a half, so the winner takes half of k.
  const std::vector<index_t> first{0}, second{1};
  CHECK(elo_update({first, second, doubles{1}}, {.num_players = 2, .k_factor = 32}).rating == doubles{1016, 984});
}

TEST_CASE("bins are closed above: an edge belongs to the bin below it, whatever the number of bins") {
  for (index_t bins = 1; bins <= 16; bins *= 2) {  // powers of two, so that every edge is exact
    doubles edge;
    std::vector<flag_t> correct;
    for (index_t k = 0; k <= bins; ++k) {
      edge.push_back(static_cast<double>(k) / static_cast<double>(bins));
      correct.push_back(1);
    }
    const auto out = expected_calibration_error({edge, correct}, {.num_bins = bins});
    std::vector<index_t> count(static_cast<std::size_t>(bins), 1);
    count[0] = 2;  // 0 as well
    CHECK(out.bin_count == count);
    double gap = 0;  // all right: what is missing from 1
    for (const double c : edge) gap += (1 - c) / static_cast<double>(edge.size());
    CHECK(out.ece == doctest::Approx(gap));
  }
  const doubles two{0.25, 0.75};  // one bin hides what two show
  const std::vector<flag_t> swapped{1, 0};
  CHECK(expected_calibration_error({two, swapped}, {.num_bins = 1}).ece == 0);
  CHECK(expected_calibration_error({two, swapped}, {.num_bins = 2}).ece == 0.75);
}

TEST_CASE("temperature and Platt scaling are at the minimum of their loss, and invert what was done to the scores") {
  random_numbers random{5};
  doubles score, columns;
  std::vector<index_t> label, wrong;
  for (int i = 0; i < 4000; ++i) {
    const double z = 6 * random() - 3;
    const bool right = random() < 1 / (1 + std::exp(-z));
    score.push_back(3 * z + 2), columns.insert(columns.end(), {3 * z, 0});
    label.push_back(right), wrong.push_back(!right);
  }
  const auto temperature = temperature_scaling({wrong, columns});
  CHECK(temperature.temperature == doctest::Approx(3).epsilon(0.1));
  const auto nll = [&](double t) {
    double sum = 0;
    for (std::size_t i = 0; i < score.size(); ++i) sum += logistic_loss((label[i] ? 1 : -1) * columns[2 * i] / t);
    return sum / static_cast<double>(score.size());
  };
  CHECK(temperature.nll_after == doctest::Approx(nll(temperature.temperature)));
  for (const double factor : {0.98, 1.02}) CHECK(nll(factor * temperature.temperature) > temperature.nll_after);

  const auto platt = platt_scaling({score, label}, {.smooth_targets = false});
  CHECK(platt.slope == doctest::Approx(1.0 / 3).epsilon(0.1));
  CHECK(platt.intercept == doctest::Approx(-2.0 / 3).epsilon(0.3));
  double by_intercept = 0, by_slope = 0;  // at the minimum both derivatives vanish
  for (std::size_t i = 0; i < score.size(); ++i) {
    const double off = platt.probability[i] - static_cast<double>(label[i]);
    by_intercept += off, by_slope += off * score[i];
  }
  CHECK(std::abs(by_intercept) < 1e-6);
  CHECK(std::abs(by_slope) < 1e-6);
  CHECK(platt.converged);
  CHECK(platt.iterations < 10);
  CHECK_FALSE(platt_scaling({score, label}, {.max_iterations = 2}).converged);
}

TEST_CASE("a fit without a finite maximum ends where its iterations do, and says so; smoothed targets make it finite") {
  const doubles score{-1, -0.5, 0.5, 1};
  const std::vector<index_t> apart{0, 0, 1, 1};
  double slope = 0;
  for (const index_t most : {10, 100, 300}) {
    const auto fit = platt_scaling({score, apart}, {.smooth_targets = false, .max_iterations = most});
    CHECK_FALSE(fit.converged);
    CHECK(fit.iterations == most);
    CHECK(fit.slope > slope);  // and would for ever, but for the range of a double
    slope = fit.slope;
  }
  CHECK(platt_scaling({score, apart}).converged);
  const doubles equal{7, 7, 7, 7};
  const auto at_once = platt_scaling({equal, apart});
  CHECK(at_once.converged);
  CHECK(at_once.iterations == 0);
}

TEST_CASE("a temperature is found to the last bit: the loss does not fall on both sides of it") {
  random_numbers random{41};
  for (int round = 0; round < 20; ++round) {
    doubles logit;
    std::vector<index_t> label;
    for (int i = 0; i < 50; ++i) {
      const double z = 4 * random() - 2;
      logit.insert(logit.end(), {z, 0});
      label.push_back(random() * 1.2 - 0.1 < 1 / (1 + std::exp(-z)) ? 0 : 1);
    }
    const double b = 1 / temperature_scaling({label, logit}).temperature;
    const auto slope = [&](double inverse) {  // sum over samples of the expected logit less the right one
      double sum = 0;
      for (std::size_t i = 0; i < label.size(); ++i) {
        const double z = logit[2 * i];
        sum += z / (1 + std::exp(-inverse * z)) - (label[i] == 0 ? z : 0);
      }
      return sum;
    };
    CHECK(slope(b * (1 - 1e-12)) < 0);
    CHECK(slope(b * (1 + 1e-12)) > 0);
  }
}

TEST_CASE("the win rate at equal length is at the minimum, and nothing where length says nothing") {
  random_numbers random{17};
  doubles y, d;
  for (int i = 0; i < 60; ++i) d.push_back(400 * random() - 200), y.push_back(random());
  for (const double l2 : {0.001, 0.1}) {
    const auto fit = length_controlled_winrate({y, d}, {.l2 = l2});
    double mean = 0, squares = 0, by_length = l2 * fit.coefficient[0], by_bias = l2 * fit.coefficient[1];
    for (const double x : d) mean += x / 60;
    for (const double x : d) squares += (x - mean) * (x - mean);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double x = std::tanh(d[i] / std::sqrt(squares / 59));
      const double off = 1 / (1 + std::exp(-(fit.coefficient[0] * x + fit.coefficient[1]))) - y[i];
      by_length += off * x / 60, by_bias += off / 60;
    }
    CHECK(std::abs(by_length) < 1e-12);
    CHECK(std::abs(by_bias) < 1e-12);
  }
}

TEST_CASE("a tree search with rollouts enough finds what exhaustive search finds") {
  random_numbers random{23};
  for (int round = 0; round < 12; ++round) {
    // A complete tree of depth 3 with two or three actions; rewards on the steps, nothing known of the leaves.
    const index_t actions = 2 + round % 2;
    std::vector<index_t> next;
    std::vector<flag_t> terminal;
    index_t inner = 0, states = 1;
    for (index_t level = 1, width = 1; level <= 3; ++level) inner += width, width *= actions, states += width;
    doubles step, leaf(static_cast<std::size_t>(states));
    for (index_t s = 0; s < states; ++s) {
      terminal.push_back(s >= inner);
      for (index_t a = 0; a < actions; ++a) {
        next.push_back(s < inner ? s * actions + 1 + a : -1);
        step.push_back(random());
      }
    }
    const double gamma = 0.9;
    const std::function<double(index_t)> best = [&](index_t s) {
      double most = 0;
      for (index_t a = 0; a < actions && s < inner; ++a) {
        const auto cell = static_cast<std::size_t>(s * actions + a);
        most = std::max(most, step[cell] + gamma * best(next[cell]));
      }
      return most;
    };
    const auto plan = mcts_plan({states, next, leaf, terminal, step},
                                {.rollouts = 400, .gamma = gamma, .final_value = tree_value::best});
    double most = 0;
    index_t wanted = 0;
    for (index_t a = 0; a < actions; ++a) {
      const auto cell = static_cast<std::size_t>(a);
      const double value = step[cell] + gamma * best(next[cell]);
      CHECK(plan.root_value[cell] == doctest::Approx(value));
      if (value > most) most = value, wanted = a;
    }
    CHECK(plan.best_action == wanted);
    CHECK(std::accumulate(plan.root_count.begin(), plan.root_count.end(), index_t(0)) == 400);
  }
}

TEST_CASE("every loss of a pair is the same softplus of its margin, far out as well") {
  for (const double z : {-2000.0, -3.5, -1e-9, 0.0, 0.7, 40.0, 2000.0}) {
    const doubles better{z / 2 + 1}, worse{1 - z / 2}, one{1}, label{1}, zero{0};
    const doubles logit{z};
    const std::vector<index_t> second{1};
    const double loss = logistic_loss(z), slope = z > 0 ? -std::exp(-z) / (1 + std::exp(-z)) : -1 / (1 + std::exp(z));
    const auto same = [&](double value, double gradient) {
      CHECK(value == doctest::Approx(loss).epsilon(1e-12));
      CHECK(gradient == doctest::Approx(slope).epsilon(1e-12));
    };
    const auto bt = bradley_terry_loss<double>(cpu, {better, worse});
    same(bt.loss[0], bt.grad_chosen_reward[0]);
    const auto cooper = contrastive_rm_loss<double>(cpu, {better, worse}, {.eps = 0});
    same(cooper.loss[0], cooper.grad_positive[0]);
    const auto trajectory = trajectory_bt_loss<double>(cpu, {worse, better, second}, {.center_coef = 0});
    same(trajectory.loss[0], trajectory.grad_reward_1[0]);
    const auto regularized = bt_loss_regularized<double>(cpu, {better, worse});
    same(regularized.loss[0], regularized.grad_chosen[0]);
    const auto page = page_preference_loss<double>(cpu, {better, worse, one});
    same(page.loss[0], page.grad_preferred[0]);
    const auto polar = pairwise_ranking_loss<double>(cpu, {better, worse});
    same(polar.loss[0], polar.grad_chosen[0]);
    const auto verifier = verify_rm_loss<double>(cpu, {logit, label});
    same(verifier.loss[0], verifier.grad_logit[0]);
    const auto two_headed = odin_loss<double>(cpu, {1, better, worse, zero, zero, one, one, one, one},
                                              {.length_weight = 0, .orthogonal_weight = 0});
    same(two_headed.ranking_loss[0], two_headed.grad_chosen_quality[0]);
    const auto policy = dpo_loss<double>(cpu, {better, worse, zero, zero}, {.beta = 1});
    same(policy.loss[0], policy.grad_chosen_logprob[0]);
    const auto by_length = dpo_loss<double>(cpu, {better, worse, zero, zero, second, second},
                                            {.loss_type = dpo_loss_type::sigmoid_norm, .beta = 1});
    same(by_length.loss[0], by_length.grad_chosen_logprob[0]);
    const std::vector<flag_t> all{1};
    const auto outcome =
        implicit_prm_ce_loss<double>(cpu, {segments::uniform(1, 1), logit, zero, all, label}, {.beta = 1});
    same(outcome.loss[0], outcome.grad_logprob[0]);
    // Two answers of one prompt, the first right: both rows have the margin z, and half of the mean each.
    const doubles of_two{better[0], worse[0]}, no_reference{0, 0}, first_right{1, 0};
    const auto implicit = implicit_prm_dpo_loss<double>(
        cpu, {segments::uniform(2, 1), of_two, no_reference, first_right, segments::uniform(1, 2)}, {.beta = 1});
    same(implicit.loss[0], 2 * implicit.grad_logprob[0]);
    const auto penalised = regularized_preference_loss<double>(cpu, {better, worse}, {.reg = 0});
    same(penalised.loss[0], penalised.grad_chosen[0]);
    const auto simple = simpo_loss<double>(cpu, {better, worse}, {.beta = 1, .gamma = 0});
    same(simple.loss[0], simple.grad_chosen_mean_logprob[0]);
    const auto of_all_pairs = kwise_bradley_terry_loss<double>(cpu, {of_two, first_right, segments::uniform(1, 2)});
    same(of_all_pairs.loss[0], of_all_pairs.grad_reward[0]);
    const std::vector<index_t> first{0}, in_order{0, 1};
    const auto messages = oni_ranking_loss<double>(cpu, {.reward = of_two, .label = first});
    same(messages.loss[0], messages.grad_reward[0]);
    const auto ranking = plackett_luce_loss<double>(cpu, {of_two, in_order, segments::uniform(1, 2)});
    same(ranking.loss[0], ranking.grad[0]);
    // silu(z) - silu(-z) = z, and so it is what the last weight is multiplied by.
    const doubles opposite{-z};
    const auto head = reward_head_bt_step<double>(cpu, {logit, opposite, one, zero, one, zero});
    same(head.loss[0], slope);
    CHECK(head.grad_w2[0] == doctest::Approx(slope * z).epsilon(1e-12));
  }
}

}  // namespace guerdon
