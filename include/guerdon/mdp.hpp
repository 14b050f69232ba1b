#pragma once
// Exact decision processes, automata and programs. Derived: build the target `reference`.

#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/ltlf_evaluate.hpp>
#include <guerdon/mdp/mdp_policy_evaluation.hpp>
