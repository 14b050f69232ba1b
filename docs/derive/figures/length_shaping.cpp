// Length rewards as curves over the length of one answer, and what they make of a learner that can choose its length.

#include "figure.hpp"

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/length/adaptive_length_penalty.hpp>
#include <guerdon/length/cosine_length_reward.hpp>
#include <guerdon/length/crf_reward.hpp>
#include <guerdon/length/dast_length_reward.hpp>
#include <guerdon/length/efficient_reasoner_reward.hpp>
#include <guerdon/length/generalized_length_penalty.hpp>
#include <guerdon/length/group_max_length_penalty.hpp>
#include <guerdon/length/grpo_lead_length_reward.hpp>
#include <guerdon/length/kimi_length_reward.hpp>
#include <guerdon/length/l1_exact_reward.hpp>
#include <guerdon/length/l1_max_reward.hpp>
#include <guerdon/length/laser_d_reward.hpp>
#include <guerdon/length/laser_de_reward.hpp>
#include <guerdon/length/laser_reward.hpp>
#include <guerdon/length/linear_length_penalty.hpp>
#include <guerdon/length/shorter_better_reward.hpp>
#include <guerdon/length/soft_overlong_punishment.hpp>
#include <guerdon/length/stop_properly_penalty.hpp>
#include <guerdon/length/truncation_reward.hpp>

#include <random>

namespace {

using namespace guerdon;
using namespace guerdon::docs;
using numbers = std::vector<double>;

const scalar_backend cpu;

/// The answers to some prompts, `size` each.
struct answers {
  std::vector<flag_t> correct;
  std::vector<index_t> length;
  index_t size;

  segments groups() const { return segments::uniform(static_cast<index_t>(length.size()) / size, size); }
  numbers base() const { return {correct.begin(), correct.end()}; }
};
struct rule {
  const char* name;
  numbers (*of)(const answers&);
};

const numbers targets{900, 600, 400};  // of hard, medium and easy prompts
constexpr index_t longest = 1200;

numbers plus(numbers x, const numbers& y) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += y[i];
  return x;
}
std::vector<index_t> budgets(const answers& a) { return std::vector<index_t>(a.length.size(), 600); }

/// What is fixed in tokens: one answer has its reward by itself.
const std::vector<rule> by_tokens{
    {"truncation_reward", [](const answers& a) {
       return truncation_reward<double>(cpu, {a.base(), a.length}, {.target_length = 600, .rho = -0.5});
     }},
    {"laser_reward", [](const answers& a) {
       return laser_reward<double>(cpu, {a.base(), a.correct, a.length}, {.target_length = 600}).shaped_reward;
     }},
    {"soft_overlong_punishment", [](const answers& a) {
       return plus(a.base(), soft_overlong_punishment<double>(cpu, {a.length},
                                                              {.max_length = 1000, .cache_length = 400}));
     }},
    {"cosine_length_reward", [](const answers& a) {
       return cosine_length_reward<double>(cpu, {a.correct, a.length}, {.max_length = 1000});
     }},
    {"linear_length_penalty", [](const answers& a) {
       return linear_length_penalty<double>(cpu, {a.base(), a.length}, {.threshold = 300, .rate = 0.001});
     }},
    {"l1_exact_reward", [](const answers& a) {
       return l1_exact_reward<double>(cpu, {a.base(), a.length, budgets(a)}, {.alpha = 0.001});
     }},
    {"l1_max_reward", [](const answers& a) {
       return l1_max_reward<double>(cpu, {a.correct, a.length, budgets(a)}, {.alpha = 0.001});
     }},
    {"stop_properly_penalty", [](const answers& a) {
       std::vector<flag_t> truncated;
       for (const index_t l : a.length) truncated.push_back(l >= 1000);
       return stop_properly_penalty<double>(cpu, {a.base(), truncated}, {.coef = 0.3});
     }},
    {"crf_reward", [](const answers& a) {
       // In place of a model's score of conciseness: what is left of 1200 tokens.
       numbers concise, easy(static_cast<std::size_t>(a.groups().count()), 0.5);
       for (const index_t l : a.length) concise.push_back(1 - double(l) / longest);
       return crf_reward<double>(cpu, {a.base(), concise, easy, a.groups()}, {});
     }}};

/// What is held against the other answers to the prompt.
const std::vector<rule> by_group{
    {"kimi_length_reward", [](const answers& a) {
       return kimi_length_reward<double>(cpu, {a.base(), a.correct, a.length, a.groups()}, {}).shaped_reward;
     }},
    {"efficient_reasoner_reward", [](const answers& a) {
       return efficient_reasoner_reward<double>(cpu, {a.correct, a.length, a.groups()}, {.alpha = 0.4});
     }},
    {"grpo_lead_length_reward", [](const answers& a) {
       return grpo_lead_length_reward<double>(cpu, {a.base(), a.length, a.groups()},
                                              {.alpha = 0.2, .min_mean_shortest = -1});
     }},
    {"shorter_better_reward", [](const answers& a) {
       return shorter_better_reward<double>(cpu, {a.correct, a.length, a.groups()}, {}).shaped_reward;
     }},
    {"adaptive_length_penalty", [](const answers& a) {
       return adaptive_length_penalty<double>(cpu, {a.correct, a.length, a.groups()}, {.beta = 1e-3})
           .shaped_reward;
     }},
    {"group_max_length_penalty", [](const answers& a) {
       const numbers tokens(a.length.begin(), a.length.end()), weight{0.5};
       return group_max_length_penalty<double>(cpu, {a.base(), tokens, weight, a.groups()}, {}).shaped_reward;
     }},
    {"dast_length_reward", [](const answers& a) {
       return dast_length_reward<double>(cpu, {a.base(), a.length, a.groups()}, {.full_reward = 1});
     }},
    {"laser_d_reward", [](const answers& a) {
       return laser_d_reward<double>(cpu, {a.base(), a.correct, a.length, a.groups(), targets}, {}).shaped_reward;
     }},
    {"laser_de_reward", [](const answers& a) {
       return laser_de_reward<double>(cpu, {a.base(), a.correct, a.length, a.groups(), targets}, {}).shaped_reward;
     }},
    {"generalized_length_penalty, short", [](const answers& a) {
       return plus(a.base(), generalized_length_penalty<double>(cpu, {a.length, a.correct, a.groups()}, {})
                                 .penalty);
     }},
    {"generalized_length_penalty, long", [](const answers& a) {
       return plus(a.base(), generalized_length_penalty<double>(
                                 cpu, {a.length, a.correct, a.groups()},
                                 {.direction = length_direction::long_answers, .max_length = 1200}).penalty);
     }}};

/// One answer of any length among seven others.
double shaped(const rule& r, bool right, double length) {
  const answers a{{right, 1, 1, 1, 1, 0, 0, 0},
                  {static_cast<index_t>(length), 300, 500, 700, 900, 400, 800, 1000}, 8};
  return r.of(a)[0];
}

std::vector<panel> curves_of(const std::vector<rule>& rules) {
  std::vector<panel> panels;
  const numbers x = between(0, longest, 121);
  for (const rule& r : rules) {
    panel p{r.name, {}};
    for (const bool right : {true, false}) {
      line l{right ? "a right answer" : "a wrong answer", x, {}};
      for (const double length : x) l.y.push_back(shaped(r, right, length));
      p.lines.push_back(l);
    }
    panels.push_back(p);
  }
  return panels;
}

/// A learner that chooses among 24 lengths, of which an answer of L tokens is right with probability
/// 0.95 (1 - e^(-L/250)), under GRPO with the reward of a rule; 32 prompts of 8 answers a step.
struct course {
  numbers length, accuracy;
};
course learn(const rule& r, int steps) {
  constexpr std::size_t choices = 24, prompts = 32, size = 8;
  numbers logit(choices), probability(choices);
  for (std::size_t k = 0; k < choices; ++k) {  // at first about 700 tokens
    const double off = (50.0 * double(k + 1) - 700) / 200;
    logit[k] = -off * off / 2;
  }
  std::mt19937_64 random(1);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  const auto tokens = [](std::size_t k) { return static_cast<index_t>(50 * (k + 1)); };
  const auto succeeds = [&](std::size_t k) { return 0.95 * (1 - std::exp(-double(tokens(k)) / 250)); };
  course c;
  for (int step = 0; step <= steps; ++step) {
    double sum = 0, length = 0, accuracy = 0;
    for (std::size_t k = 0; k < choices; ++k) sum += probability[k] = std::exp(logit[k]);
    for (std::size_t k = 0; k < choices; ++k) {
      probability[k] /= sum;
      length += probability[k] * double(tokens(k));
      accuracy += probability[k] * succeeds(k);
    }
    c.length.push_back(length);
    c.accuracy.push_back(accuracy);
    answers a{{}, {}, size};
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < prompts * size; ++i) {
      std::size_t k = 0;
      for (double u = uniform(); k + 1 < choices && u >= probability[k]; ++k) u -= probability[k];
      chosen.push_back(k);
      a.length.push_back(tokens(k));
      a.correct.push_back(uniform() < succeeds(k));
    }
    const numbers advantage = grpo_advantage<double>(cpu, {r.of(a), a.groups()}, {});
    numbers of_choice(choices);
    double of_all = 0;
    for (std::size_t i = 0; i < chosen.size(); ++i) of_choice[chosen[i]] += advantage[i], of_all += advantage[i];
    for (std::size_t k = 0; k < choices; ++k)
      logit[k] += 0.5 * (of_choice[k] - of_all * probability[k]) / double(chosen.size());
  }
  return c;
}

}  // namespace

int main() {
  const char* look = "set xrange [0:1200]\nset xtics 0,400\nset arrow from 0,0 to 1200,0 nohead lc '#b9b2a6' lw 1\n";
  small_multiples("length_shaping_tokens", 3, curves_of(by_tokens), look);
  small_multiples("length_shaping_group", 3, curves_of(by_group), look);

  std::vector<rule> rules{{"right or wrong alone", [](const answers& a) { return a.base(); }}};
  rules.insert(rules.end(), by_tokens.begin(), by_tokens.end());
  rules.insert(rules.end(), by_group.begin(), by_group.end());
  constexpr int steps = 400;
  std::vector<panel> panels;
  numbers x;
  for (int t = 0; t <= steps; ++t) x.push_back(t);
  for (const rule& r : rules) {
    course c = learn(r, steps);
    for (double& l : c.length) l /= longest;
    panels.push_back({r.name, {{"mean length / 1200", x, c.length}, {"share of right answers", x, c.accuracy}}});
  }
  small_multiples("length_shaping_learner", 4, panels, "set xrange [0:400]\nset xtics 0,200\nset yrange [0:1]\n", 130);
}
