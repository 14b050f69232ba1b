#pragma once
// Reward programs as data: components drawn from the vocabulary of Text2Reward, what they pay, and how they are changed.

#include "worlds.hpp"

#include <guerdon/program/program_search.hpp>

namespace eureka {

enum class form {
  reaching,  ///< reaching(d, a)
  cooled,    ///< cooled(d, a)
  ranged,    ///< 1 - in_unit_range(d, a, b); a below b
  progress,  ///< progress(d, d_before, a)
  hurry      ///< -1, the price of a step
};
enum class gate { none, open, closed };  ///< by the flag of the world

struct component {
  form what = form::reaching;
  index_t distance = 0;  ///< which of the world's
  gate behind = gate::none;
  double weight = 1, a = 5, b = 1;
};

/// The sum of its components, each behind its gate; `success` alone once the task is done.
struct program {
  double success = 5;
  std::vector<component> components;
};

/// As it would be written in C++ with guerdon/program/compose.hpp.
std::string text_of(const component& c, const world& w);
std::string text_of(const program& p, const world& w);

/// What a program pays for every transition, and its components beside it. std::invalid_argument of the vocabulary
/// where a component is none.
struct payment {
  std::vector<double> reward;     ///< [S A]
  std::vector<double> component;  ///< [C,S A], 0 behind a closed gate and once the task is done
};
payment paid(const program& p, const world& w);

/// What a person would write first: the bonus for closeness of Text2Reward's programs, in stages where there are some.
program written_by_hand(const world& w);

/// The proposer: in place of a language model a generator that reads the reflection. It drops what never moved, rescales
/// what drowns the rest, rewrites half of its programs where nothing ever succeeded, and otherwise changes, adds or drops
/// one or two components.
std::vector<program> propose(const guerdon::trained_program<program>& context, index_t count, const world& w,
                             random_source& random);

/// What a record tells of its program, in words and numbers of two decimals: the courses of its components and of the
/// task, and the tips.
std::string reflection(const guerdon::trained_program<program>& t, const world& w);

}  // namespace eureka
