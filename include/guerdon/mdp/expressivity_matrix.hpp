#pragma once
// Which of seventeen formalisms for objectives can express all objectives of which others.
//
// $$\text{can express} = \text{reflexive and transitive closure of the covers}$$
//
// PO > FPR; PO > OMO; FPR > FOMR; OMO > FOMR; FOMR > FTR; FOMR > RRL; FOMR > ONMR; FTR > RM; FTR > LTL; FTR > LAR;
// RM > MR; RRL > MR; ONMR > MR; and INMR = IMORL = FTR, OMORL = FOMR = FTLR, GOMORL = OMO = TLO.
//
// Source: Subramani et al. (2023), arXiv:2310.11840; the relations it does not state are derived.
//
// Details that differ:
// - What the names mean stands in formalisms.hpp. Regularised RL, outer nonlinear rewards, reward machines, LTL and
//   limit averages each express something that none of the other four can: no tractable formalism dominates.
//
// Cost: none. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/mdp/formalisms.hpp>

namespace guerdon {

namespace op {
struct expressivity_matrix : host_kind {
  static constexpr info about{"expressivity_matrix", "mdp", "Which formalisms express which", "arXiv:2310.11840",
                              skeleton::host, 1e-5, true};
  struct inputs {};
  struct outputs {
    std::vector<std::string> formalisms;  ///< [F] the seventeen names
    std::vector<flag_t> can_express;      ///< [F,F] the row expresses the column
    std::vector<index_t> class_index;     ///< [F] of the first equivalent name
    index_t num_classes = 0;
    index_t num_covers = 0;
    index_t num_pairs = 0;              ///< ones of can_express
    std::vector<std::string> minimal;   ///< [M] classes that express no other
    std::vector<std::string> maximal;   ///< [X] classes that no other expresses
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() { return std::tuple(); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("formalisms", &O::formalisms, "F"), array("can_express", &O::can_express, "F,F"),
                      array("class_index", &O::class_index, "F"), array("num_classes", &O::num_classes, "1"),
                      array("num_covers", &O::num_covers, "1"), array("num_pairs", &O::num_pairs, "1"),
                      array("minimal", &O::minimal, "M"), array("maximal", &O::maximal, "X"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::expressivity_matrix::outputs expressivity_matrix(const op::expressivity_matrix::inputs& = {},
                                                            const op::expressivity_matrix::options& = {}) {
  constexpr mdp::expressivity can = mdp::expressivity_table();
  op::expressivity_matrix::outputs out;
  out.num_covers = static_cast<index_t>(std::size(mdp::formalism_covers));
  for (std::size_t i = 0; i < can.size(); ++i) {
    out.formalisms.emplace_back(mdp::formalisms[i]);
    out.class_index.push_back(static_cast<index_t>(mdp::formalism_class[i]));
    bool lowest = true, highest = true;
    for (std::size_t j = 0; j < can.size(); ++j) {
      out.can_express.push_back(can[i][j]);
      out.num_pairs += can[i][j];
      lowest = lowest && (!can[i][j] || can[j][i]), highest = highest && (!can[j][i] || can[i][j]);
    }
    if (mdp::formalism_class[i] != i) continue;
    ++out.num_classes;
    if (lowest) out.minimal.emplace_back(mdp::formalisms[i]);
    if (highest) out.maximal.emplace_back(mdp::formalisms[i]);
  }
  return out;
}

}}  // namespace guerdon
