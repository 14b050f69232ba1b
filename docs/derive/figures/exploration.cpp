// Figures of the guide on exploration.

#include "figure.hpp"

#include <guerdon/exploration/count_bonus.hpp>
#include <guerdon/exploration/episodic_novelty.hpp>

using namespace guerdon::docs;

namespace {

curve counted(guerdon::count_form form, const char* title) {
  return {title, [=](const std::vector<double>& x) {
            std::vector<guerdon::index_t> count;
            for (const double n : x) count.push_back(static_cast<guerdon::index_t>(n));
            const auto bonus =
                guerdon::count_bonus<double>(backend, {.count = count}, {.form = form, .exponent = 0.25});
            return std::vector<double>(bonus.begin(), bonus.end());
          }};
}

/// Of a state at distance x from the only memory, once many distances of mean square 1 have been seen.
curve novelty(double cluster_distance, const char* title) {
  return {title, [=](const std::vector<double>& x) {
            std::vector<double> reward;
            const std::vector<double> memory{0};
            for (const double at : x) {
              guerdon::episodic_novelty seen{.options = {.k = 1,
                                                         .distance_sum = 1e9,
                                                         .distance_count = 1e9,
                                                         .epsilon = 1e-2,
                                                         .cluster_distance = cluster_distance,
                                                         .constant = 1e-3}};
              reward.push_back(seen.update(std::vector<double>{at}, memory, 1)[0]);
            }
            return reward;
          }};
}

}  // namespace

int main() {
  figure("exploration_bonus", "visits of a state", "bonus", 1, 26,
         {counted(guerdon::count_form::power, "n^{-1/4}"),
          counted(guerdon::count_form::inverse_sqrt, "n^{-1/2}, the default"),
          counted(guerdon::count_form::inverse, "n^{-1}")},
         "set yrange [0:1]");
  figure("exploration_novelty", "distance from the memory, in root mean squares", "novelty (epsilon 0.01)", 0, 3,
         {novelty(8e-3, "cluster distance 0.008"), novelty(0.25, "cluster distance 0.25"),
          novelty(1, "cluster distance 1")});
}
