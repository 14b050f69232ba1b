// Curricula on a simulated learner: a skill that grows by what is practised, tasks that are harder or easier than it.

#include "figure.hpp"

#include <guerdon/curriculum/adarft_target_difficulty.hpp>
#include <guerdon/curriculum/closest_difficulty_select.hpp>
#include <guerdon/curriculum/e2h_task_probabilities.hpp>
#include <guerdon/curriculum/learnability_sampling.hpp>
#include <guerdon/curriculum/learnability_score.hpp>
#include <guerdon/curriculum/procurl_probabilities.hpp>
#include <guerdon/curriculum/success_rate_update.hpp>
#include <guerdon/curriculum/target_success_weights.hpp>
#include <guerdon/curriculum/zero_variance_group_filter.hpp>

#include <algorithm>
#include <random>

namespace {

using namespace guerdon;
using namespace guerdon::docs;
using numbers = std::vector<double>;

const scalar_backend cpu;

constexpr std::size_t tasks = 400, batch = 32, answers = 8;
constexpr int steps = 300;
constexpr index_t levels = 10;

/// Task i has difficulty i / tasks * 10. The learner solves it with probability sigmoid(skill - difficulty), and a
/// group of answers teaches it what their variance is worth: nothing where all are right or all are wrong.
struct learner {
  double skill = 0;
  std::mt19937_64 random{11};
  numbers difficulty;
  success_rate_update seen{.success_rate = numbers(tasks), .observations = std::vector<index_t>(tasks),
                           .options = {.alpha = 0.5}};
  std::vector<index_t> successes = std::vector<index_t>(tasks), attempts = std::vector<index_t>(tasks);

  learner() {
    for (std::size_t i = 0; i < tasks; ++i) difficulty.push_back(10 * double(i) / tasks);
  }
  double uniform() { return static_cast<double>(random() >> 11) * 0x1p-53; }
  double solves(std::size_t i) const { return 1 / (1 + std::exp(difficulty[i] - skill)); }
  std::vector<index_t> drawn(const numbers& probability) {
    std::vector<index_t> chosen;
    for (std::size_t k = 0; k < batch; ++k) {
      std::size_t i = 0;
      for (double u = uniform(); i + 1 < tasks && u >= probability[i]; ++i) u -= probability[i];
      chosen.push_back(static_cast<index_t>(i));
    }
    return chosen;
  }
  /// Trains on a batch; the mean reward of each of its tasks.
  numbers train(const std::vector<index_t>& chosen) {
    numbers reward, rate;
    for (const index_t i : chosen) {
      double right = 0;
      for (std::size_t k = 0; k < answers; ++k) {
        reward.push_back(uniform() < solves(std::size_t(i)));
        right += reward.back();
      }
      rate.push_back(right / double(answers));
      successes[std::size_t(i)] += index_t(right), attempts[std::size_t(i)] += index_t(answers);
    }
    const auto kept = zero_variance_group_filter<double>(
        cpu, {reward, segments::uniform(index_t(chosen.size()), index_t(answers))}, {});
    for (const index_t g : kept.kept_groups) {
      const double p = rate[std::size_t(g)];
      skill += 0.01 * 4 * p * (1 - p);
    }
    seen.update(chosen, rate);
    return rate;
  }
};

struct sampler {
  const char* name;
  std::vector<index_t> (*choose)(learner&, int step, adarft_target_difficulty&);
};

/// Rates of success so far; half where a task was never tried.
numbers rates(const learner& l) {
  numbers p = l.seen.success_rate;
  for (std::size_t i = 0; i < tasks; ++i)
    if (l.seen.observations[i] == 0) p[i] = 0.5;
  return p;
}

const std::vector<sampler> samplers{
    {"uniform", [](learner& l, int, adarft_target_difficulty&) { return l.drawn(numbers(tasks, 1.0 / tasks)); }},
    {"e2h gaussian", [](learner& l, int step, adarft_target_difficulty&) {
       const numbers level = e2h_task_probabilities({.schedule = e2h_schedule::gaussian, .step = step,
                                                     .total_steps = steps, .num_levels = levels}).probability;
       numbers p;
       for (std::size_t i = 0; i < tasks; ++i) p.push_back(level[i * std::size_t(levels) / tasks] * levels / tasks);
       return l.drawn(p);
     }},
    {"adarft", [](learner& l, int, adarft_target_difficulty& target) {
       return closest_difficulty_select<double>(cpu, {l.difficulty},
                                                {.target_difficulty = target.options.current_target, .count = batch});
     }},
    {"learnability", [](learner& l, int, adarft_target_difficulty&) {
       const numbers score = learnability_score<double>(cpu, {l.successes, l.attempts}, {});
       return l.drawn(learnability_sampling<double>(cpu, {score}, {.buffer_size = 40, .buffer_fraction = 0.8})
                          .probability);
     }},
    {"procurl", [](learner& l, int, adarft_target_difficulty&) {
       return l.drawn(procurl_probabilities<double>(cpu, {rates(l), numbers(tasks, 1.0)}, {.beta = 30}));
     }},
    {"target success", [](learner& l, int, adarft_target_difficulty&) {
       return l.drawn(target_success_weights<double>(cpu, {rates(l)}, {.target = 0.5, .sigma = 0.1}));
     }}};

struct course {
  numbers step, skill, low, middle, high;
};
course train(const sampler& s) {
  learner l;
  adarft_target_difficulty target{.options = {.current_target = 0, .step_size = 0.5, .min_difficulty = 0,
                                              .max_difficulty = 10}};
  course c;
  for (int t = 0; t < steps; ++t) {
    const std::vector<index_t> chosen = s.choose(l, t, target);
    numbers drawn;
    for (const index_t i : chosen) drawn.push_back(l.difficulty[std::size_t(i)]);
    std::sort(drawn.begin(), drawn.end());
    c.step.push_back(t);
    c.skill.push_back(l.skill);
    c.low.push_back(drawn[batch / 10]), c.middle.push_back(drawn[batch / 2]);
    c.high.push_back(drawn[batch - batch / 10]);
    target.update(l.train(chosen));
  }
  return c;
}

}  // namespace

int main() {
  std::vector<line> skills;
  std::vector<panel> panels;
  for (const sampler& s : samplers) {
    const course c = train(s);
    skills.push_back({s.name, c.step, c.skill});
    panels.push_back({s.name, {{"skill", c.step, c.skill, "lines lw 2.4"},
                               {"median task drawn", c.step, c.middle, "lines lw 1.2"},
                               {"a tenth is easier", c.step, c.low, "lines lw 0.8"},
                               {"a tenth is harder", c.step, c.high, "lines lw 0.8"}}});
  }
  picture("curriculum_skill", 720, 380);
  labels("step of 32 tasks, 8 answers each", "skill: difficulty solved half the time");
  plot(skills);
  small_multiples("curriculum_drawn", 3, panels, "set xrange [0:300]\nset xtics 0,100\nset yrange [-0.5:10]\n");
}
