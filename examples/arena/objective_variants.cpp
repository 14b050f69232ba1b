#include "variant_of.hpp"

namespace arena {

std::vector<variant> objective_variants() {
  namespace all = guerdon::recipes;
  return variants_of<all::dapo, all::gspo, all::cispo, all::gmpo, all::sapo, all::gppo, all::ce_gppo, all::dppo,
                     all::topr, all::clip_cov, all::kl_cov, all::kl, all::tis, all::icepop>();
}

}  // namespace arena
