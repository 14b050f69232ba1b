#include "variant_of.hpp"

namespace arena {

std::vector<variant> advantage_variants() {
  namespace all = guerdon::recipes;
  return variants_of<all::grpo, all::dr_grpo, all::rloo, all::reinforce_pp, all::reinforce_pp_baseline, all::remax,
                     all::opo, all::gpg, all::maxrl, all::passk, all::copo>();
}

}  // namespace arena
