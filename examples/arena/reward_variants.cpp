#include "variant_of.hpp"

namespace arena {

std::vector<variant> length_variants() {
  namespace all = guerdon::recipes;
  return variants_of<all::laser, all::laser_d, all::laser_de, all::truncation, all::kimi_length, all::kimi, all::cosine,
                     all::alp, all::dast, all::efficient_reasoner, all::efficient_grpo, all::grpo_lead,
                     all::shorter_better, all::l1_exact, all::l1_max, all::linear_length, all::group_max, all::harmo,
                     all::harmo_short, all::overlong, all::stop_properly, all::crf>();
}

std::vector<variant> reward_variants() {
  namespace all = guerdon::recipes;
  return variants_of<all::par, all::par_rloo, all::centred_rloo, all::bounded_rloo, all::backward,
                     all::backward_itself, all::forward, all::ttrl, all::co_reward>();
}

}  // namespace arena
