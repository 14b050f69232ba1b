#include "variants.hpp"

#include <guerdon/recipes/recipes.hpp>

#include <algorithm>
#include <sstream>

#include "variant_of.hpp"

namespace arena {

const std::vector<variant>& variants() {
  static const std::vector<variant> all = [] {
    std::vector<variant> joined;
    for (const auto part : {advantage_variants, objective_variants, length_variants, reward_variants}) {
      const std::vector<variant> some = part();
      joined.insert(joined.end(), some.begin(), some.end());
    }
    return joined;
  }();
  return all;
}

const variant* find_variant(const std::string& key) {
  const auto found = std::find_if(variants().begin(), variants().end(), [&](const variant& v) { return v.key == key; });
  return found == variants().end() ? nullptr : &*found;
}

const std::vector<const variant*>& usual_variants() {
  static const std::vector<const variant*> eleven = [] {
    std::vector<const variant*> found;
    for (const char* key :
         {"grpo", "dr_grpo", "rloo", "reinforce_pp_baseline", "dapo", "gspo", "copo", "laser", "laser_d", "par", "kl"})
      found.push_back(find_variant(key));
    return found;
  }();
  return eleven;
}

std::vector<left_out_recipe> left_out_recipes() {
  std::vector<left_out_recipe> left_out;
  guerdon::recipes::for_each_recipe([&](const auto& recipe) {
    const auto missing =
        static_cast<reads>(static_cast<unsigned>(recipe.needs) & ~static_cast<unsigned>(given_by_tasks));
    if (!find_variant(std::string(recipe.name))) left_out.push_back({std::string(recipe.name), names(missing)});
  });
  return left_out;
}

const std::vector<std::string> columns_of_row{"shaping", "advantage", "ratio",       "rule",
                                              "weight",  "KL",        "aggregation", "source"};

std::vector<std::string> columns(const variant& v) {
  std::vector<std::string> cells;
  std::istringstream row(v.row);
  for (std::string cell; std::getline(row, cell, '|');) {
    std::erase(cell, '`');
    cells.push_back(cell);
  }
  return cells;
}

}  // namespace arena
