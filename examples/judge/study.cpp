#include "study.hpp"

#include <guerdon/backend/scalar.hpp>
#include <guerdon/judge/best_of_n_estimate.hpp>
#include <guerdon/judge/bradley_terry_mm.hpp>
#include <guerdon/judge/elo_update.hpp>
#include <guerdon/judge/expected_calibration_error.hpp>
#include <guerdon/judge/head_to_head_winrate.hpp>
#include <guerdon/judge/judge_bench_accuracy.hpp>
#include <guerdon/judge/judge_false_positive_rate.hpp>
#include <guerdon/judge/kendall_tau_b.hpp>
#include <guerdon/judge/length_controlled_winrate.hpp>
#include <guerdon/judge/libra_bench_accuracy.hpp>
#include <guerdon/judge/master_key_detect.hpp>
#include <guerdon/judge/ndcg.hpp>
#include <guerdon/judge/pairwise_ranking_accuracy.hpp>
#include <guerdon/judge/platt_scaling.hpp>
#include <guerdon/judge/rm_bench_accuracy.hpp>
#include <guerdon/judge/temperature_scaling.hpp>
#include <guerdon/reward_model/accuracy_plus.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <span>
#include <utility>

#include "features.hpp"
#include "table.hpp"

namespace judging {

namespace {

const guerdon::scalar_backend cpu;
const std::string rule_name = "rule";

std::size_t z(index_t i) { return static_cast<std::size_t>(i); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

ex::interval point(double value) { return {value, ex::not_a_number, ex::not_a_number}; }

struct game {
  index_t a, b;
  double outcome;  // 1 = a wins
};
/// Games that stand or fall together when tasks are redrawn.
using block = std::vector<game>;

/// What all parts of the study write to and draw from.
class context {
 public:
  context(const records& r, const study_options& o) : r(r), o(o), f(r) {}

  void add(const std::string& section, const std::string& judge, const std::string& subject, const std::string& name,
           const ex::interval& value) {
    all.push_back({section, judge, subject, name, value});
  }
  void step(const std::string& note) const {
    if (o.stop && *o.stop) throw interrupted();
    if (o.progress) o.progress->advance(1, note);
  }
  std::span<const double> of_task(const numbers& x, std::size_t t) const {
    return std::span(x).subspan(z(f.offsets[t]), z(f.offsets[t + 1] - f.offsets[t]));
  }
  /// The mean over tasks with its interval; NaN is left out.
  ex::interval mean_over(const numbers& x) const {
    numbers part(x), whole(x.size(), 1);
    for (std::size_t i = 0; i < x.size(); ++i)
      if (std::isnan(x[i])) part[i] = whole[i] = 0;
    return share_of(part, whole, o);
  }

  const records& r;
  const study_options& o;
  const flat f;
  std::vector<measure> all;
};

// --- who is better -------------------------------------------------------------------------------------------------

/// Games between the candidates of a task by the scores of its answers.
std::vector<block> games_by(const context& c, const numbers& score) {
  std::vector<block> blocks(c.f.tasks());
  for (std::size_t t = 0; t < c.f.tasks(); ++t)
    for (index_t i = c.f.offsets[t]; i < c.f.offsets[t + 1]; ++i)
      for (index_t j = i + 1; j < c.f.offsets[t + 1]; ++j) {
        const std::size_t a = c.f.answers[z(i)]->candidate, b = c.f.answers[z(j)]->candidate;
        if (a == b || std::isnan(score[z(i)]) || std::isnan(score[z(j)])) continue;
        const double d = score[z(i)] - score[z(j)];
        blocks[t].push_back({static_cast<index_t>(a), static_cast<index_t>(b), d > 0 ? 1.0 : d < 0 ? 0.0 : 0.5});
      }
  return blocks;
}

/// A game of everybody against everybody, drawn, keeps all strengths finite.
constexpr double prior_wins = 0.5;

numbers bradley_terry(const std::vector<block>& blocks, const std::vector<std::size_t>& drawn, std::size_t n) {
  numbers wins(n * n), ties(n * n);
  for (const std::size_t t : drawn)
    for (const game& g : blocks[t]) {
      const std::size_t a = z(g.a), b = z(g.b);
      if (g.outcome == 0.5) ++ties[a * n + b], ++ties[b * n + a];
      else ++wins[g.outcome > 0.5 ? a * n + b : b * n + a];
    }
  return guerdon::bradley_terry_mm({static_cast<index_t>(n), wins, ties}, {.prior_wins = prior_wins}).rating;
}

void rate(context& c, const std::string& judge, const std::vector<block>& blocks) {
  const std::size_t n = c.r.candidates.size();
  std::vector<bool> played(n);
  numbers won(n * n), games(n * n);
  std::size_t count = 0;
  for (const block& b : blocks)
    for (const game& g : b) {
      ++count;
      played[z(g.a)] = played[z(g.b)] = true;
      won[z(g.a) * n + z(g.b)] += g.outcome, won[z(g.b) * n + z(g.a)] += 1 - g.outcome;
      ++games[z(g.a) * n + z(g.b)], ++games[z(g.b) * n + z(g.a)];
    }
  if (count == 0) return;
  // Once for all candidates, and then in every redrawing.
  std::vector<std::size_t> drawn(blocks.size());
  for (std::size_t i = 0; i < drawn.size(); ++i) drawn[i] = i;
  const numbers at = bradley_terry(blocks, drawn, n);
  std::vector<numbers> elo(n), strength(n);
  ex::random_source random(c.o.seed);
  for (int k = 0; k < c.o.resamples; ++k) {
    if (k % 16 == 0 && c.o.stop && *c.o.stop) throw interrupted();
    for (std::size_t& i : drawn) i = random.below(blocks.size());
    const numbers rating = bradley_terry(blocks, drawn, n);
    std::vector<game> order;
    for (const std::size_t t : drawn) order.insert(order.end(), blocks[t].begin(), blocks[t].end());
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    std::vector<index_t> a, b;
    numbers outcome;
    for (const game& g : order) a.push_back(g.a), b.push_back(g.b), outcome.push_back(g.outcome);
    const numbers one = guerdon::elo_update({a, b, outcome}, {.num_players = static_cast<index_t>(n)}).rating;
    for (std::size_t i = 0; i < n; ++i) strength[i].push_back(rating[i]), elo[i].push_back(one[i]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (!played[i]) continue;
    const std::string& name = c.r.candidates[i];
    const auto interval = [](double middle, const numbers& x) {
      return ex::interval{middle, ex::quantile(x, 0.025), ex::quantile(x, 0.975)};
    };
    c.add("rating", judge, name, "Bradley-Terry", interval(at[i], strength[i]));
    c.add("rating", judge, name, "Elo", interval(ex::median(elo[i]), elo[i]));
    for (std::size_t j = 0; j < n; ++j)
      if (games[i * n + j] > 0)
        c.add("beats", judge, name, c.r.candidates[j], point(won[i * n + j] / games[i * n + j]));
  }
}

/// Win rates against one candidate, by what the judge prefers, and what is left of them at equal length.
void win_rates(context& c, const judge& j) {
  const auto& names = c.r.candidates;
  const auto found = std::find(names.begin(), names.end(), c.o.baseline);
  const std::size_t baseline = c.o.baseline.empty() ? 0 : static_cast<std::size_t>(found - names.begin());
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (k == baseline) continue;
    numbers alpaca, preference, difference;
    for (std::size_t t = 0; t < c.f.tasks(); ++t)
      for (index_t m = c.f.offsets[t]; m < c.f.offsets[t + 1]; ++m)
        for (index_t b = c.f.offsets[t]; b < c.f.offsets[t + 1]; ++b) {
          if (c.f.answers[z(m)]->candidate != k || c.f.answers[z(b)]->candidate != baseline) continue;
          const double d = j.score[z(m)] - j.score[z(b)];
          if (std::isnan(d)) continue;
          preference.push_back(d > 0 ? 1.0 : d < 0 ? 0.0 : 0.5);
          alpaca.push_back(1 + preference.back());
          difference.push_back(c.f.length[z(b)] - c.f.length[z(m)]);
        }
    if (preference.size() < 2) continue;
    const auto plain = guerdon::head_to_head_winrate({alpaca});
    const auto controlled = guerdon::length_controlled_winrate({preference, difference});
    const auto of = [](double rate, double error) {
      return ex::interval{rate / 100, (rate - 1.96 * error) / 100, (rate + 1.96 * error) / 100};
    };
    c.add("win rate", j.name, names[k], "as it is", of(plain.win_rate, plain.standard_error));
    // Its standard error is that of fitted probabilities, which are all the same here.
    c.add("win rate", j.name, names[k], "at equal length", point(controlled.length_controlled_winrate / 100));
  }
}

// --- how good is the judge -----------------------------------------------------------------------------------------

void accuracies(context& c, const judge& j) {
  const flat& f = c.f;
  const auto pairs =
      guerdon::pairwise_ranking_accuracy<double>(cpu, {j.score, f.right, f.offsets}, {.tie_credit = 0.5});
  numbers whole(pairs.total_pairs.begin(), pairs.total_pairs.end()), part(whole.size());
  for (std::size_t t = 0; t < part.size(); ++t) part[t] = whole[t] > 0 ? pairs.accuracy[t] * whole[t] : 0;
  c.add("accuracy", j.name, "", "pairs", share_of(part, whole, c.o));
  const auto tau = guerdon::kendall_tau_b<double>(cpu, {j.score, f.right, f.offsets});
  c.add("accuracy", j.name, "", "tau", c.mean_over({tau.begin(), tau.end()}));
  numbers gain = guerdon::ndcg({j.score, f.right, f.offsets}, {.empty_value = -1}).ndcg;
  for (double& g : gain)
    if (g < 0) g = ex::not_a_number;  // nothing right, nothing to tell
  c.add("accuracy", j.name, "", "ndcg", c.mean_over(gain));
  // All pairs of a prompt: right means strictly above.
  numbers chosen, rejected;
  std::vector<index_t> samples{0};
  for (std::size_t t = 0; t < f.tasks(); ++t) {
    for (index_t a = f.offsets[t]; a < f.offsets[t + 1]; ++a)
      for (index_t b = f.offsets[t]; b < f.offsets[t + 1]; ++b)
        if (f.right[z(a)] > f.right[z(b)]) chosen.push_back(j.score[z(a)]), rejected.push_back(j.score[z(b)]);
    samples.push_back(static_cast<index_t>(chosen.size()));
  }
  const auto plus = guerdon::accuracy_plus<double>(cpu, {chosen, rejected, samples});
  c.add("accuracy", j.name, "", "pairs, ties wrong", point(plus.accuracy[0]));
  c.add("accuracy", j.name, "", "all pairs of a prompt", point(plus.accuracy_plus[0]));
}

/// Which of the tasks have both a right and a wrong answer: the first of each.
std::vector<std::array<index_t, 3>> first_pairs(const context& c) {
  std::vector<std::array<index_t, 3>> found;
  for (std::size_t t = 0; t < c.f.tasks(); ++t) {
    index_t right = -1, wrong = -1;
    for (index_t i = c.f.offsets[t + 1]; i-- > c.f.offsets[t];) (c.f.right[z(i)] > 0 ? right : wrong) = i;
    if (right >= 0 && wrong >= 0) found.push_back({static_cast<index_t>(t), right, wrong});
  }
  return found;
}

void styles(context& c, const judge& j) {
  if (!j.of_text) return;
  numbers chosen, rejected;
  for (const auto& [t, right, wrong] : first_pairs(c))
    for (int style = 0; style < 3; ++style) {
      chosen.push_back(j.of_text(z(t), in_style(c.f.answers[z(right)]->text, style)));
      rejected.push_back(j.of_text(z(t), in_style(c.f.answers[z(wrong)]->text, style)));
    }
  if (chosen.empty()) return;
  const auto bench = guerdon::rm_bench_accuracy({chosen, rejected});
  for (const auto& [name, value] :
       {std::pair{"easy", bench.easy}, std::pair{"normal", bench.normal}, std::pair{"hard", bench.hard}})
    c.add("styles", j.name, "", name, point(value));
}

/// Of each empty string that fools judges: how often it is scored as high as the best answer of the prompt.
void attacks(context& c, const judge& j) {
  if (!j.of_text || c.f.tasks() == 0) return;
  std::vector<index_t> verdict;
  const auto& keys = guerdon::judge_text::master_keys;
  for (const std::string_view key : keys)
    for (std::size_t t = 0; t < c.f.tasks(); ++t) {
      const auto scores = c.of_task(j.score, t);
      const double best = scores.empty() ? ex::not_a_number : *std::max_element(scores.begin(), scores.end());
      verdict.push_back(std::isnan(best) ? -1 : j.of_text(t, key) >= best ? 1 : 0);
    }
  const auto rate = guerdon::judge_false_positive_rate({static_cast<index_t>(keys.size()), verdict},
                                                       {guerdon::unparsed_verdict::exclude});
  c.add("empty answers", j.name, "", "mean", point(rate.mean_fpr));
  c.add("empty answers", j.name, "", "worst", point(rate.worst_fpr));
}

void agreement(context& c, const std::vector<judge>& judges) {
  for (const judge& a : judges)
    for (const judge& b : judges) {
      const auto tau = guerdon::kendall_tau_b<double>(cpu, {a.score, b.score, c.f.offsets});
      double sum = 0, told = 0;  // NaN: one of the two tells nothing here
      for (const double x : tau)
        if (!std::isnan(x)) sum += x, ++told;
      c.add("agreement", a.name, b.name, "tau", point(sum / told));
    }
}

// --- can its confidence be trusted -----------------------------------------------------------------------------------

/// Confidences against truth: errors, and the bins of the curve.
void measure_calibration(context& c, const std::string& judge, const std::string& how, const numbers& confidence,
                         const std::vector<flag_t>& right) {
  const auto error = guerdon::expected_calibration_error({confidence, right}, {.num_bins = c.o.bins});
  c.add("calibration", judge, how, "ece", point(error.ece));
  c.add("calibration", judge, how, "mce", point(error.mce));
  c.add("calibration", judge, how, "brier", point(error.brier));
  const auto bins = static_cast<double>(c.o.bins);
  for (index_t b = 0; b < c.o.bins; ++b) {
    if (error.bin_count[z(b)] == 0) continue;
    double sum = 0;
    std::int64_t hits = 0, n = 0;
    for (std::size_t i = 0; i < confidence.size(); ++i)
      if (std::max(std::ceil(confidence[i] * bins) - 1, 0.0) == static_cast<double>(b))
        sum += confidence[i], hits += right[i], ++n;
    c.add("curve", judge, how, ex::format_number(sum / static_cast<double>(n), 9), ex::wilson_interval(hits, n));
  }
}

/// Fits on tasks of even number, measures on the others.
void calibrate(context& c, const judge& j) {
  bool shares = true;
  for (const double s : j.score) shares &= std::isnan(s) || (s >= 0 && s <= 1);
  const auto logit = [&](double s) {
    const double p = std::clamp(s, 1e-6, 1 - 1e-6);
    return shares ? std::log(p / (1 - p)) : s;
  };
  numbers fit, columns, held, raw;
  std::vector<index_t> fit_label, wrong;
  std::vector<flag_t> right;
  numbers overconfident(c.f.tasks()), whole(c.f.tasks());
  for (std::size_t t = 0; t < c.f.tasks(); ++t)
    for (index_t i = c.f.offsets[t]; i < c.f.offsets[t + 1]; ++i) {
      const double s = j.score[z(i)];
      if (!std::isfinite(s)) continue;
      const bool is_right = c.f.right[z(i)] > 0;
      if (t % 2 == 0) {
        fit.push_back(logit(s)), columns.insert(columns.end(), {logit(s), 0});
        fit_label.push_back(is_right), wrong.push_back(!is_right);
      } else {
        held.push_back(logit(s)), raw.push_back(shares ? s : sigmoid(s)), right.push_back(is_right);
        overconfident[t] += raw.back() - (is_right ? 1 : 0), ++whole[t];
      }
    }
  if (fit.empty() || held.empty()) return;
  const auto temperature = guerdon::temperature_scaling({wrong, columns});
  const auto line = guerdon::platt_scaling({fit, fit_label});
  numbers tempered, platt;
  for (const double x : held) {
    tempered.push_back(sigmoid(x / temperature.temperature));
    platt.push_back(sigmoid(line.slope * x + line.intercept));
  }
  measure_calibration(c, j.name, "as it is", raw, right);
  measure_calibration(c, j.name, "temperature", tempered, right);
  measure_calibration(c, j.name, "Platt", platt, right);
  c.add("calibration", j.name, "temperature", "T", point(temperature.temperature));
  c.add("calibration", j.name, "Platt", "slope", point(line.slope));
  c.add("calibration", j.name, "Platt", "intercept", point(line.intercept));
  if (shares) c.add("calibration", j.name, "as it is", "confidence less accuracy", share_of(overconfident, whole, c.o));
}

// --- what choosing by it gives ---------------------------------------------------------------------------------------

struct choice_curve {
  std::vector<numbers> gold, proxy;  // by n, by task
};

/// Up to the smallest group; a prompt is a task of its own, so that tasks can be redrawn. Of equal scores the lot decides,
/// not the order of the candidates: each gets the mean truth of them all.
choice_curve best_of_n(const context& c, const judge& j) {
  index_t most = 16;
  for (std::size_t t = 0; t < c.f.tasks(); ++t) most = std::min(most, c.f.offsets[t + 1] - c.f.offsets[t]);
  choice_curve curve;
  if (c.f.tasks() == 0) return curve;
  numbers truth(c.f.right);
  for (std::size_t t = 0; t < c.f.tasks(); ++t)
    for (index_t i = c.f.offsets[t]; i < c.f.offsets[t + 1]; ++i) {
      double right = 0, equal = 0;
      for (index_t k = c.f.offsets[t]; k < c.f.offsets[t + 1]; ++k)
        if (j.score[z(k)] == j.score[z(i)]) right += c.f.right[z(k)], ++equal;
      if (equal > 0) truth[z(i)] = right / equal;  // NaN equals nothing
    }
  for (index_t n = 1; n <= most; ++n) {
    curve.gold.emplace_back();
    curve.proxy.emplace_back();
    for (std::size_t t = 0; t < c.f.tasks(); ++t) {
      const auto best = guerdon::best_of_n_estimate({1, c.of_task(j.score, t), c.of_task(truth, t)}, {.n = n});
      curve.gold.back().push_back(best.gold);
      curve.proxy.back().push_back(best.proxy);
    }
  }
  return curve;
}

// --- which alarm fires -----------------------------------------------------------------------------------------------

void alarm(context& c, const std::string& judge, const std::string& what, const ex::interval& value, bool fires) {
  c.add("alarm", judge, what, fires ? "fires" : "quiet", value);
}

/// Where two answers are equally right, how often the judge prefers the longer one.
ex::interval prefers_longer(const context& c, const judge& j) {
  numbers longer(c.f.tasks()), all(c.f.tasks());
  for (std::size_t t = 0; t < c.f.tasks(); ++t)
    for (index_t a = c.f.offsets[t]; a < c.f.offsets[t + 1]; ++a)
      for (index_t b = c.f.offsets[t]; b < c.f.offsets[t + 1]; ++b)
        if (c.f.right[z(a)] == c.f.right[z(b)] && c.f.length[z(a)] > c.f.length[z(b)]) {
          const double d = j.score[z(a)] - j.score[z(b)];
          if (std::isnan(d) || d == 0) continue;
          longer[t] += d > 0, ++all[t];
        }
  return share_of(longer, all, c.o);
}

/// The difference of two means over tasks, with the interval of redrawn tasks.
ex::interval gain_of(const context& c, const numbers& x, const numbers& y) {
  numbers d(x);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] -= y[i];
  return c.mean_over(d);
}

void judge_alarms(context& c, const judge& j, const choice_curve& curve) {
  if (curve.gold.size() > 1) {
    const numbers& last = curve.gold.back();
    std::size_t best = 0;
    for (std::size_t n = 0; n + 1 < curve.gold.size(); ++n)
      if (ex::mean(curve.gold[n]) > ex::mean(curve.gold[best])) best = n;
    const ex::interval fall = gain_of(c, last, curve.gold[best]), gain = gain_of(c, last, curve.gold[0]);
    alarm(c, j.name, "the truth falls as n grows", fall, fall.high < 0);
    alarm(c, j.name, "choosing by it gains nothing", gain, !(gain.low > 0));
  }
  if (const ex::interval longer = prefers_longer(c, j); !std::isnan(longer.point))
    alarm(c, j.name, "length decides between equals", longer, longer.low > 0.6 || longer.high < 0.4);
  if (const ex::interval worst = value_of(c.all, "empty answers", j.name, "", "worst"); !std::isnan(worst.point))
    alarm(c, j.name, "an empty answer wins", worst, worst.point > 0.05);
  const ex::interval easy = value_of(c.all, "styles", j.name, "", "easy"),
                     hard = value_of(c.all, "styles", j.name, "", "hard");
  if (!std::isnan(easy.point))
    alarm(c, j.name, "style decides", point(easy.point - hard.point), std::abs(easy.point - hard.point) > 0.1);
  if (const ex::interval over = value_of(c.all, "calibration", j.name, "as it is", "confidence less accuracy");
      !std::isnan(over.point))
    alarm(c, j.name, "it is too sure", over, over.low > 0.05);
}

// --- verdicts on pairs, verdicts of right and wrong ----------------------------------------------------------------------

template <class Verdict>
std::vector<std::string> names_in(const std::vector<Verdict>& all) {
  std::vector<std::string> names;
  for (const Verdict& v : all)
    if (std::find(names.begin(), names.end(), v.judge) == names.end()) names.push_back(v.judge);
  return names;
}

void judge_of_pairs(context& c, const std::string& name) {
  std::vector<block> blocks;
  numbers first, second, single;
  std::vector<index_t> label, single_label;
  numbers unread, all, differs, both;
  for (const pair_verdict& p : c.r.pairs) {
    if (p.judge != name) continue;
    all.push_back(1), unread.push_back(std::isnan(p.said));
    if (!std::isnan(p.said))
      blocks.push_back({{static_cast<index_t>(p.a), static_cast<index_t>(p.b), (1 + p.said) / 2}});
    if (p.swapped) {
      both.push_back(1);
      differs.push_back(p.said != *p.swapped && !(std::isnan(p.said) && std::isnan(*p.swapped)));
    }
    if (p.label == 0) continue;
    if (p.swapped) first.push_back(p.said), second.push_back(-*p.swapped), label.push_back(p.label);
    else single.push_back(p.said), single_label.push_back(p.label);
  }
  rate(c, name, blocks);
  if (!label.empty()) {
    const auto bench = guerdon::judge_bench_accuracy({first, second, label});
    c.add("JudgeBench", name, "both orders", "accuracy", point(bench.accuracy));
    c.add("JudgeBench", name, "both orders", "consistent", point(bench.consistent_accuracy));
    c.add("JudgeBench", name, "both orders", "inconsistency", point(bench.inconsistency));
  }
  if (!single.empty())
    c.add("JudgeBench", name, "one order", "accuracy",
          point(guerdon::judge_bench_accuracy({single, single, single_label}, {.single_order = true}).accuracy));
  if (!both.empty()) {
    const ex::interval order = share_of(differs, both, c.o);
    alarm(c, name, "order decides", order, order.low > 0.1);
  }
  const ex::interval missing = share_of(unread, all, c.o);
  alarm(c, name, "verdicts cannot be read", missing, missing.point > 0.05);
}

void judge_of_right(context& c, const std::string& name) {
  std::vector<index_t> said, label, subset;
  std::vector<std::string> subsets;
  std::vector<std::pair<std::string, std::vector<index_t>>> attacked;
  numbers confidence, unread, all, sure, sure_all;
  std::vector<flag_t> right;
  for (const right_verdict& v : c.r.verdicts) {
    if (v.judge != name) continue;
    all.push_back(1), unread.push_back(v.said < 0);
    if (!v.attack.empty()) {
      auto at = std::find_if(attacked.begin(), attacked.end(), [&](const auto& a) { return a.first == v.attack; });
      if (at == attacked.end()) at = attacked.insert(at, {v.attack, {}});
      at->second.push_back(v.said);
      continue;
    }
    const auto known = std::find(subsets.begin(), subsets.end(), v.subset);
    subset.push_back(static_cast<index_t>(known - subsets.begin()));
    if (known == subsets.end()) subsets.push_back(v.subset);
    said.push_back(v.said), label.push_back(v.label);
    if (v.said >= 0 && !std::isnan(v.confidence)) {
      confidence.push_back(v.confidence), right.push_back(v.said == v.label);
      sure.push_back(v.confidence - (v.said == v.label ? 1 : 0)), sure_all.push_back(1);
    }
  }
  if (!said.empty()) {
    const auto bench =
        guerdon::libra_bench_accuracy({said, label, subset}, {.num_subsets = static_cast<index_t>(subsets.size())});
    numbers hit(said.size()), one(said.size(), 1);
    for (std::size_t i = 0; i < hit.size(); ++i) hit[i] = said[i] == label[i];
    c.add("verdicts", name, "", "accuracy", share_of(hit, one, c.o));
    c.add("verdicts", name, "", "balanced", point(bench.balanced_accuracy));
    c.add("verdicts", name, "", "macro", point(bench.macro_accuracy));
    c.add("verdicts", name, "", "right called right", point(bench.true_positive_rate));
    c.add("verdicts", name, "", "wrong called wrong", point(bench.true_negative_rate));
    for (std::size_t s = 0; s < subsets.size(); ++s)
      c.add("subsets", name, subsets[s].empty() ? "(not named)" : subsets[s], "accuracy",
            point(bench.subset_accuracy[s]));
  }
  if (!confidence.empty()) {
    measure_calibration(c, name, "as it is", confidence, right);
    const ex::interval over = share_of(sure, sure_all, c.o);
    c.add("calibration", name, "as it is", "confidence less accuracy", over);
    alarm(c, name, "it is too sure", over, over.low > 0.05);
  }
  double worst = 0;
  for (const auto& [attack, verdicts] : attacked) {
    const double rate = guerdon::judge_false_positive_rate({1, verdicts}).worst_fpr;
    c.add("empty answers", name, attack, "called right", point(rate));
    worst = std::max(worst, rate);
  }
  if (!attacked.empty()) alarm(c, name, "an empty answer wins", point(worst), worst > 0.05);
  const ex::interval missing = share_of(unread, all, c.o);
  alarm(c, name, "verdicts cannot be read", missing, missing.point > 0.05);
}

}  // namespace

flat::flat(const records& r) {
  for (const task& t : r.tasks) {
    for (const answer& a : t.answers) {
      answers.push_back(&a);
      right.push_back(a.right);
      length.push_back(a.length);
    }
    offsets.push_back(static_cast<index_t>(answers.size()));
  }
}

ex::interval share_of(const numbers& part, const numbers& whole, const study_options& o) {
  const std::size_t n = part.size();
  double p = 0, w = 0;
  for (std::size_t i = 0; i < n; ++i) p += part[i], w += whole[i];
  if (w == 0) return {};
  if (n < 2) return point(p / w);
  return ex::detail::percentile_interval(p / w, {.level = 0.95, .resamples = o.resamples, .seed = o.seed},
                                         [&](ex::random_source& random) {
                                           double drawn = 0, of = 0;
                                           for (std::size_t i = 0; i < n; ++i) {
                                             const std::size_t k = random.below(n);
                                             drawn += part[k], of += whole[k];
                                           }
                                           return of > 0 ? drawn / of : p / w;
                                         });
}

std::string in_style(std::string_view text, int style) {
  if (style == 1) return std::string(text);
  std::vector<std::string> lines{""};
  for (const char ch : text) {
    if (ch == '\n') lines.emplace_back();
    else lines.back() += ch;
  }
  while (lines.size() > 1 && lines.back().empty()) lines.pop_back();
  if (style == 0) return lines.back();
  std::string fancy = "## Solution\n\n";
  for (std::size_t i = 0; i + 1 < lines.size(); ++i)
    fancy += "- **Step " + std::to_string(i + 1) + ".** " + lines[i] + '\n';
  return fancy + "\n## Answer\n\n" + lines.back();
}

std::vector<judge> judges_of(const records& r) {
  const flat f(r);
  std::vector<judge> judges;
  bool texts = false;
  for (const answer* a : f.answers) texts |= !a->text.empty();
  if (texts) {
    // How many of the prompt's answers are the same one; what has no answer has no vote.
    judges.push_back({"votes", {}, [&r](std::size_t t, std::string_view text) {
                        const std::string found = final_answer(text);
                        double same = 0;
                        for (const answer& a : r.tasks[t].answers) same += !found.empty() && a.extracted == found;
                        return same / static_cast<double>(r.tasks[t].answers.size());
                      }});
    judges.push_back({"calculations", {}, [](std::size_t, std::string_view text) {
                        const auto steps = calculations_in(text);
                        double right = 0;
                        for (const calculation& c : steps) right += c.right;
                        return steps.empty() ? 0 : right / static_cast<double>(steps.size());
                      }});
    judges.push_back({"brevity", {}, [](std::size_t, std::string_view text) {
                        return -length_of(text);
                      }});
    for (judge& j : judges)
      for (std::size_t t = 0; t < r.tasks.size(); ++t)
        for (const answer& a : r.tasks[t].answers) j.score.push_back(j.of_text(t, a.text));
  }
  std::set<std::string> given;
  for (const answer* a : f.answers)
    for (const auto& [name, score] : a->score) given.insert(name);
  for (const std::string& name : given) {
    judges.push_back({name, {}, {}});
    for (const answer* a : f.answers) {
      const auto score = a->score.find(name);
      judges.back().score.push_back(score == a->score.end() ? ex::not_a_number : score->second);
    }
  }
  return judges;
}

std::int64_t work_of(const records& r, const std::vector<judge>& judges) {
  return static_cast<std::int64_t>((r.tasks.empty() ? 0 : 1 + 2 * judges.size()) + names_in(r.pairs).size() +
                                   names_in(r.verdicts).size());
}

std::vector<measure> study(const records& r, const std::vector<judge>& judges, const study_options& o) {
  context c(r, o);
  double labelled = 0, differ = 0;
  for (const task& t : r.tasks)
    for (const answer& a : t.answers) labelled += a.label.has_value(), differ += a.label && *a.label != a.right;
  if (!r.tasks.empty()) {
    c.add("data", rule_name, "", "prompts", point(static_cast<double>(c.f.tasks())));
    c.add("data", rule_name, "", "answers", point(static_cast<double>(c.f.answers.size())));
    c.add("data", rule_name, "", "right", point(ex::mean(c.f.right)));
    c.add("data", rule_name, "", "labels", point(labelled));
    c.add("data", rule_name, "", "labels that differ", point(differ));
  }
  if (!c.f.answers.empty()) {
    const judge truth{rule_name, c.f.right, {}};
    rate(c, rule_name, games_by(c, truth.score));
    win_rates(c, truth);
    const choice_curve most = best_of_n(c, truth);
    for (std::size_t n = 0; n < most.gold.size(); ++n)
      c.add("best of n", rule_name, std::to_string(n + 1), "truth", c.mean_over(most.gold[n]));
    c.step(rule_name);
    std::vector<judge> everyone{truth};
    everyone.insert(everyone.end(), judges.begin(), judges.end());
    agreement(c, everyone);
    for (const judge& j : judges) {
      rate(c, j.name, games_by(c, j.score));
      win_rates(c, j);
      c.step(j.name);
      accuracies(c, j);
      styles(c, j);
      attacks(c, j);
      calibrate(c, j);
      const choice_curve curve = best_of_n(c, j);
      for (std::size_t n = 0; n < curve.gold.size(); ++n) {
        c.add("best of n", j.name, std::to_string(n + 1), "truth", c.mean_over(curve.gold[n]));
        c.add("best of n", j.name, std::to_string(n + 1), "score", point(c.mean_over(curve.proxy[n]).point));
      }
      judge_alarms(c, j, curve);
      c.step(j.name);
    }
  }
  for (const std::string& name : names_in(r.pairs)) {
    judge_of_pairs(c, name);
    c.step(name);
  }
  for (const std::string& name : names_in(r.verdicts)) {
    judge_of_right(c, name);
    c.step(name);
  }
  return std::move(c.all);
}

std::vector<const measure*> where(const std::vector<measure>& all, const std::string& section, const std::string& judge,
                                  const std::string& subject, const std::string& name) {
  std::vector<const measure*> found;
  const auto fits = [](const std::string& wanted, const std::string& is) { return wanted.empty() || wanted == is; };
  for (const measure& m : all)
    if (m.section == section && fits(judge, m.judge) && fits(subject, m.subject) && fits(name, m.name))
      found.push_back(&m);
  return found;
}

ex::interval value_of(const std::vector<measure>& all, const std::string& section, const std::string& judge,
                      const std::string& subject, const std::string& name) {
  for (const measure& m : all)
    if (m.section == section && m.judge == judge && m.subject == subject && m.name == name) return m.value;
  return {};
}

}  // namespace judging
