#pragma once
// How two formalisms for objectives stand to each other.
//
// $$\text{above} \iff \text{the first can express all objectives of the second, and not the other way round}$$
//
// Source: Subramani et al. (2023), arXiv:2310.11840; the relations it does not state are derived.
//
// Details that differ:
// - The table and what the names mean: expressivity_matrix.
//
// Cost: none. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/mdp/formalisms.hpp>

namespace guerdon {

namespace op {
struct expressivity_relation : host_kind {
  static constexpr info about{"expressivity_relation", "mdp", "How two formalisms stand to each other",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {};
  struct outputs {
    std::string relation;  ///< equal, above, below or incomparable
  };
  struct options {
    std::string_view first = {};   ///< required: "MR", "FTR", ...
    std::string_view second = {};  ///< required: likewise
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("relation", &O::relation, "1")); }
  static constexpr auto parameters() {
    return std::tuple(text("first", &options::first, words().together("formalism")),
                      text("second", &options::second, words().together("formalism")));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::expressivity_relation::outputs expressivity_relation(const op::expressivity_relation::options& o) {
  const auto rule = check<op::expressivity_relation>(op::expressivity_relation::inputs{}, o);
  const auto number = [&](std::string_view name, const char* option) {
    std::size_t i = 0;
    while (i < mdp::formalisms.size() && mdp::formalisms[i] != name) ++i;
    rule(i < mdp::formalisms.size(), option, "is no formalism: see expressivity_matrix for the seventeen names");
    return i;
  };
  constexpr mdp::expressivity can = mdp::expressivity_table();
  const std::size_t i = number(o.first, "first"), j = number(o.second, "second");
  return {can[i][j] ? can[j][i] ? "equal" : "above" : can[j][i] ? "below" : "incomparable"};
}
/// The form of every host operation; there is nothing to put in.
inline op::expressivity_relation::outputs expressivity_relation(const op::expressivity_relation::inputs&,
                                                                const op::expressivity_relation::options& o) {
  return expressivity_relation(o);
}

}}  // namespace guerdon
