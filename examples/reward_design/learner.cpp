#include "learner.hpp"

#include <guerdon/mdp/adaptive_reward_design.hpp>
#include <guerdon/mdp/exploration_bonus.hpp>
#include <guerdon/mdp/mdp_occupancy.hpp>
#include <guerdon/mdp/rm_counterfactual.hpp>
#include <guerdon/mdp/self_shaping_update.hpp>

#include "statistics.hpp"

namespace reward_design {

using namespace guerdon;
using guerdon::examples::random_source;

namespace {

std::size_t at(index_t i) { return static_cast<std::size_t>(i); }

class learner {
 public:
  learner(const world& w, design d, const numbers& first, std::uint64_t seed, const settings& o)
      : w_(w), design_(d), o_(o), random_(seed), reward_(first), q_(at(w.states * w.actions)), count_(at(w.states)),
        shaping_(q_.size()), baseline_(at(w.states)), begin_{0} {
    for (std::size_t sa = 0; sa < q_.size(); ++sa) {
      double sum = 0;
      for (index_t t = 0; t < w.states; ++t)
        if (const double p = w.transition[sa * at(w.states) + at(t)]; p > 0) successors_.push_back({t, sum += p});
      begin_.push_back(successors_.size());
    }
  }

  run_result run() {
    run_result r{o_.episodes, {}, {}};
    std::vector<index_t> judged;
    double regret = 1;
    int close = 0;
    for (int episode = 0; episode < o_.episodes; ++episode) {
      if (design_ == design::adaptive && episode % o_.redesign_every == 0) redesign();
      play();
      const std::vector<index_t> policy = greedy();
      if (policy != judged) regret = 1 - exact_return(w_, policy) / w_.best_return;
      judged = policy;
      r.regret.push_back(regret);
      close = regret <= o_.close_enough ? close + 1 : 0;
      if (close == o_.in_a_row && r.episodes_to_optimum == o_.episodes)
        r.episodes_to_optimum = episode + 2 - o_.in_a_row;
    }
    r.last_reward = reward_;
    if (design_ == design::exploration) {  // what is paid for every step, and for where it leads
      const numbers bonus = bonus_of_all();
      for (std::size_t k = 0; k < reward_.size(); ++k)
        r.last_reward[k] += shaping_[k / at(w_.states)] + bonus[k % at(w_.states)];
    }
    return r;
  }

 private:
  struct successor {
    index_t state;
    double up_to;
  };

  index_t draw_successor(index_t pair) {
    const double u = random_.uniform();
    std::size_t k = begin_[at(pair)];
    while (k + 1 < begin_[at(pair) + 1] && !(successors_[k].up_to > u)) ++k;
    return successors_[k].state;
  }
  double best(index_t s) const {
    return *std::max_element(q_.begin() + s * w_.actions, q_.begin() + (s + 1) * w_.actions);
  }
  /// Epsilon-greedy, the best actions alike.
  numbers behaviour(index_t s) const {
    const double most = best(s);
    numbers p(at(w_.actions), o_.epsilon / static_cast<double>(w_.actions));
    index_t tied = 0;
    for (index_t a = 0; a < w_.actions; ++a) tied += q_[at(s * w_.actions + a)] == most;
    for (index_t a = 0; a < w_.actions; ++a)
      if (q_[at(s * w_.actions + a)] == most) p[at(a)] += (1 - o_.epsilon) / static_cast<double>(tied);
    return p;
  }
  index_t draw(const numbers& p) {
    double left = random_.uniform();
    index_t a = 0;
    while (a + 1 < w_.actions && !(left < p[at(a)])) left -= p[at(a++)];
    return a;
  }
  std::vector<index_t> greedy() const {
    std::vector<index_t> policy;
    for (index_t s = 0; s < w_.states; ++s)
      policy.push_back(
          static_cast<index_t>(std::max_element(q_.begin() + s * w_.actions, q_.begin() + (s + 1) * w_.actions) -
                               q_.begin()) -
          s * w_.actions);
    return policy;
  }
  void learn_from(index_t s, index_t a, double reward, index_t next) {
    const double target = reward + (next == w_.end() ? 0 : w_.gamma * best(next));
    double& q = q_[at(s * w_.actions + a)];
    q += o_.learning_rate * (target - q);
  }
  numbers bonus_of_all() const {
    std::vector<index_t> all;
    for (index_t s = 0; s < w_.states; ++s) all.push_back(s);
    return exploration_bonus({count_, all}, {.scale = o_.bonus, .max_bonus = o_.bonus, .terminal_state = w_.end()})
        .bonus;
  }

  void play() {
    std::vector<index_t> states, actions;
    numbers paid, behaviours;
    index_t s = 0;
    for (double u = random_.uniform(); s + 1 < w_.states && !(u < w_.initial[at(s)]); ++s) u -= w_.initial[at(s)];
    for (int step = 0; step < w_.steps && s != w_.end(); ++step) {
      const numbers p = behaviour(s);
      const index_t a = draw(p), next = draw_successor(s * w_.actions + a);
      double reward = reward_[w_.at(s, a, next)];
      states.push_back(s), actions.push_back(a);
      if (design_ == design::exploration) {
        paid.push_back(w_.reward[w_.at(s, a, next)]);
        behaviours.insert(behaviours.end(), p.begin(), p.end());
        const std::vector<index_t> to{next};
        reward +=
            shaping_[at(s * w_.actions + a)] +
            exploration_bonus({count_, to}, {.scale = o_.bonus, .max_bonus = o_.bonus, .terminal_state = w_.end()})
                .bonus[0];
        ++count_[at(s)];
      }
      learn_from(s, a, reward, next);
      s = next;
    }
    if (design_ == design::exploration) shape_by_returns(states, actions, paid, behaviours);
    if (design_ != design::counterfactual) return;
    if (s != w_.end()) states.push_back(s);
    learn_from_what_would_have_been(states, actions);
  }

  /// The same steps in the other states of the machine. A step that ended the task is left out: where in the environment
  /// it led is not known.
  void learn_from_what_would_have_been(const std::vector<index_t>& states, const std::vector<index_t>& actions) {
    if (states.size() < 2) return;
    const index_t memory = w_.machine.states;
    std::vector<std::string> labels;
    for (std::size_t t = 1; t < states.size(); ++t) labels.push_back(w_.labels[at(states[t] / memory)]);
    const auto would = rm_counterfactual(
        {{w_.machine.from, w_.machine.to, w_.machine.formula, w_.machine.reward}, labels},
        {.rules = {.num_states = memory, .unmatched = unmatched_rule::error}});
    for (std::size_t t = 0; t < labels.size(); ++t)
      for (index_t u = 0; u < memory; ++u) {
        const std::size_t k = t * at(memory) + at(u);
        if (would.valid[k] == 0 || u == states[t] % memory) continue;
        const index_t next = would.done[k] != 0 ? w_.end() : states[t + 1] / memory * memory + would.next_state[k];
        learn_from(states[t] / memory * memory + u, actions[t], would.reward[k], next);
      }
  }

  void shape_by_returns(const std::vector<index_t>& states, const std::vector<index_t>& actions, const numbers& paid,
                        const numbers& behaviours) {
    const std::vector<index_t> episode{0, static_cast<index_t>(states.size())};
    auto out = self_shaping_update(
        {{.states = states, .actions = actions, .rewards = paid, .episode_offsets = episode, .shaping = shaping_,
          .num_states = w_.states, .num_actions = w_.actions},
         behaviours, baseline_},
        {.gamma = w_.gamma, .learning_rate = 0.05, .critic_learning_rate = 0.05, .clip = o_.bonus});
    shaping_ = std::move(out.shaping), baseline_ = std::move(out.baseline);
  }

  /// The teacher's own policy explores too, as the authors have it, and the end counts for nothing.
  void redesign() {
    numbers teacher(q_.size()), student;
    for (index_t s = 0; s < w_.states; ++s) {
      for (index_t a = 0; a < w_.actions; ++a)
        teacher[at(s * w_.actions + a)] = 0.4 / static_cast<double>(w_.actions) + (a == w_.policy[at(s)] ? 0.6 : 0);
      const numbers p = behaviour(s);
      student.insert(student.end(), p.begin(), p.end());
    }
    const auto visits = [&](const numbers& policy) {
      numbers d = mdp_occupancy({{w_.transition, w_.states, w_.actions}, policy, w_.initial}, {.gamma = w_.gamma})
                      .state_occupancy;
      d.back() = 0;
      double sum = 0;
      for (const double x : d) sum += x;
      for (double& x : d) x /= sum;
      return d;
    };
    const numbers of_teacher = visits(teacher), of_student = visits(student);
    const auto out = adaptive_reward_design(
        {.mdp = {w_.transition, w_.states, w_.actions}, .policy = w_.policy, .optimal_mask = w_.optimal, .gap = w_.gap,
         .learner = {w_.advantage, of_teacher, student, of_student}},
        {.gamma = w_.gamma, .reward_max = o_.reward_max});
    reward_ = for_every_successor(w_, out.reward);
  }

  const world& w_;
  design design_;
  const settings& o_;
  random_source random_;
  numbers reward_, q_, count_, shaping_, baseline_;
  std::vector<successor> successors_;
  std::vector<std::size_t> begin_;
};

}  // namespace

run_result learn(const world& w, design d, const numbers& first, std::uint64_t seed, const settings& o) {
  return learner(w, d, first, seed, o).run();
}

}  // namespace reward_design
