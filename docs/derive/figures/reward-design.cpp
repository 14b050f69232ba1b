// What docs/guides/reward-design.md shows: the order of formalisms, distances beside regrets, soft robustness.

#include "figure.hpp"

#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/epic_distance.hpp>
#include <guerdon/mdp/formalisms.hpp>
#include <guerdon/mdp/split_mix.hpp>
#include <guerdon/mdp/starc_distance.hpp>
#include <guerdon/mdp/stl_robustness.hpp>
#include <guerdon/mdp/stl_smooth_robustness.hpp>
#include <guerdon/mdp/worst_case_regret.hpp>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

void begin(const char* name, int width, int height) {
  std::printf("reset\nset terminal svg size %d,%d font 'sans-serif,13' background '#ffffff'\nset output '%s.svg'\n",
              width, height, name);
}

/// Classes by their height in the order. Only where they stand in a row is chosen by hand, so that no line meets a name.
void order_of_formalisms() {
  constexpr auto can = mdp::expressivity_table();
  //                                MR LAR  LTL RM   INMR       RRL  ONMR OMORL        FPR GOMORL       PO
  constexpr double x[17] = {0.62, 0.05, 0.22, 0.38, 0.25, 0, 0, 0.62, 0.86, 0.5, 0, 0, 0.3, 0.7, 0, 0, 0.5};
  std::vector<int> height(17);
  for (std::size_t round = 0; round < 17; ++round)
    for (const auto& [upper, lower] : mdp::formalism_covers) height[upper] = std::max(height[upper], height[lower] + 1);
  begin("reward-design_order", 720, 420);
  std::printf("unset border\nunset tics\nunset key\nset xrange [-0.05:1.05]\nset yrange [-0.4:5.4]\n");
  for (std::size_t c = 0; c < 17; ++c) {
    if (mdp::formalism_class[c] != c) continue;
    std::string name;
    for (std::size_t i = 0; i < 17; ++i)
      if (can[c][i] && can[i][c]) name += (name.empty() ? "" : " = ") + std::string(mdp::formalisms[i]);
    std::printf("set label '%s' at %g,%d center front tc '#23211f'\n", name.c_str(), x[c], height[c]);
  }
  for (const auto& [upper, lower] : mdp::formalism_covers)
    std::printf("set arrow from %g,%g to %g,%g nohead lc '#96521a' lw 1.6\n", x[upper], height[upper] - 0.22, x[lower],
                height[lower] + 0.22);
  std::printf("plot -1 notitle\n");
}

void distances_and_regrets() {
  constexpr index_t states = 4, actions = 2;
  constexpr std::size_t worlds = 300;
  split_mix random(1);
  const auto draw = [&] { return 2 * random.uniform() - 1; };
  begin("reward-design_regret", 720, 380);
  std::printf("$d << END\n");
  for (std::size_t k = 1; k <= worlds; ++k) {
    const auto w =
        env_garnet({.num_states = states, .num_actions = actions, .branching = 2, .seed = std::to_string(k)});
    const double mix = static_cast<double>(k % 10) / 5 - 1;  // from opposite to the same
    numbers a(w.transition.size()), b(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      const bool possible = w.transition[i] > 0;
      a[i] = (possible ? 1 : 4) * draw();
      b[i] = possible ? mix * a[i] + (1 - std::abs(mix)) * draw() : a[i];  // what cannot happen is paid alike
    }
    const reward_pair pair{.transition = w.transition, .reward_a = {}, .transition_reward_a = a, .reward_b = {},
                           .transition_reward_b = b, .initial = w.initial, .states = states, .actions = actions};
    const finite_dynamics p{w.transition, states, actions};
    std::printf("%.4f %.4f %.4f\n", starc_distance({p, a, b}, {.form = {.gamma = 0.9}}).distance / 2,
                epic_distance({p, a, b}, {.gamma = 0.9}).distance,
                worst_case_regret({pair}, {.gamma = 0.9}).normalized_regret);
  }
  std::printf(
      "END\nset multiplot layout 1,2\nset border 3 lc '#6d675f'\nset tics nomirror textcolor '#6d675f'\nset grid lc "
      "'#e6e0d6' lt 1 lw 1\nunset key\nset xrange [0:1]\nset yrange [0:1.05]\nset ylabel 'worst regret' tc '#23211f'\n"
      "set xlabel 'STARC, of its range' tc '#23211f'\nplot $d using 1:3 with points pt 7 ps 0.5 lc '#1f5f72'\n"
      "set xlabel 'EPIC' tc '#23211f'\nplot $d using 2:3 with points pt 7 ps 0.5 lc '#96521a'\nunset multiplot\n");
}

docs::curve robustness(const char* title, double sharpness, soft_method method) {
  return {title, [=](const numbers& x) {
            const std::vector<std::string> names{"x"};
            numbers y;
            for (const double at : x) {
              const numbers signal{at, 0.2, 0};
              const char* const formula = "F x > 0";
              y.push_back(sharpness > 0
                              ? stl_smooth_robustness({names, signal},
                                                      {.formula = formula, .sharpness = sharpness, .method = method})
                                    .robustness[0]
                              : stl_robustness({names, signal}, {.formula = formula}).robustness[0]);
            }
            return y;
          }};
}

}  // namespace

int main() {
  order_of_formalisms();
  distances_and_regrets();
  docs::figure("reward-design_soft", "first of three samples, the others 0.2 and 0", "robustness of F x > 0", -1, 1,
               {robustness("exact", 0, soft_method::lse), robustness("log-sum-exp, sharpness 3", 3, soft_method::lse),
                robustness("weighted, sharpness 3", 3, soft_method::weighted),
                robustness("log-sum-exp, sharpness 15", 15, soft_method::lse)});
}
