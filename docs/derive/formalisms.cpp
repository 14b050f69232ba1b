// guerdon_formalisms: the tables of docs/guides/reward-design.md, of the seventeen formalisms and of what tells them
// apart. The order is the library's own, the values are computed by its operations.

#include "counterexamples.hpp"
#include "header_text.hpp"

#include <guerdon/mdp/expressivity_matrix.hpp>
#include <guerdon/mdp/expressivity_relation.hpp>

#include <cstdio>
#include <iostream>

namespace {

using namespace guerdon;
using namespace guerdon::docs;

constexpr std::array<const char*, 17> objectives = {
    "$E \\sum_t \\gamma^t R$: a Markov reward",
    "$\\lim \\frac1T E \\sum_t R$: its long-run average",
    "$P(\\text{trajectory} \\models \\varphi)$: a temporal formula",
    "$E \\sum_t \\gamma^t R_{u_t}$: a reward machine with states $u$",
    "$E f(G)$, where $G = \\sum_t \\gamma^t R$",
    "$E f(G_1, \\dots, G_k)$",
    "$E f(\\text{trajectory})$",
    "$E \\sum_t \\gamma^t (R - \\alpha F[\\pi(\\cdot \\mid s_t)])$: regularised",
    "$f(J)$, where $J = E \\sum_t \\gamma^t R$",
    "$f(J_1, \\dots, J_k)$",
    "$f$ of the visits",
    "$f$ of the chances of all trajectories",
    "$f(\\pi)$",
    "any order of $(J_1, \\dots, J_k)$",
    "any order of visits",
    "any order of the chances of all trajectories",
    "any order of policies"};

std::string table_of_formalisms() {
  const auto table = expressivity_matrix();
  const auto name = [](std::size_t i) { return std::string(mdp::formalisms[i]); };
  std::string text = "| | the objective | as much as | directly above | beside |\n|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < 17; ++i) {
    const std::size_t c = static_cast<std::size_t>(table.class_index[i]);
    std::vector<std::string> same, below, beside;
    for (std::size_t j = 0; j < 17; ++j) {
      const auto relation =
          expressivity_relation({}, {.first = mdp::formalisms[i], .second = mdp::formalisms[j]}).relation;
      if (j != i && relation == "equal") same.push_back(name(j));
      if (relation == "incomparable" && table.class_index[j] == static_cast<index_t>(j)) beside.push_back(name(j));
    }
    for (const auto& [upper, lower] : mdp::formalism_covers)
      if (upper == c) below.push_back(name(lower));
    text += "| **" + name(i) + "** | " + objectives[i] + " | " + join(same, ", ") + " | " + join(below, ", ") + " | " +
            join(beside, ", ") + " |\n";
  }
  return text;
}

std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", x + 0.0);  // no -0
  return text;
}

std::string table_of_counterexamples() {
  std::string text =
      "| says it > does not | states, actions | what is asked for | of the policies | it is worth | because |\n"
      "|---|---|---|---|---|---|\n";
  for (const auto& c : counterexamples::all()) {
    if (!c.refuted) throw std::runtime_error(std::string("not shown: ") + c.asks);
    std::vector<std::string> edges, values;
    for (const auto& [upper, lower] : c.edges) edges.push_back(std::string(upper) + " > " + lower);
    for (const double v : c.values) values.push_back(number(v));
    text += "| " + join(edges, "; ") + " | " + std::to_string(c.states) + ", " + std::to_string(c.actions) + " | " +
            c.asks + " (" + c.by + ") | " + join(c.policies, "; ") + " | " + join(values, "; ") + " | " + c.why +
            " |\n";
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc == 3 ? argv[1] : "";
  if (mode != "--write" && mode != "--check") {
    std::cerr << "usage: guerdon_formalisms --write FILE | --check FILE\n";
    return 2;
  }
  const std::string there = read_file(argv[2]);
  const std::string now = with_table(with_table(there, "the formalisms", table_of_formalisms()), "the counterexamples",
                                     table_of_counterexamples());
  if (mode == "--check") {
    if (there == now) return 0;
    std::cerr << argv[2] << " is not what the operations say: build the target `reference`.\n";
    return 1;
  }
  std::ofstream file(argv[2]);
  file << now;
  return file.flush() ? 0 : 1;
}
