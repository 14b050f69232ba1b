#pragma once
// One call on every backend in every element type, against the oracle: the scalar backend in double.
//
// What is a fair error? With u = unit roundoff of the type, relative to which the documented tolerance of float
// (`about.tolerance`, 1e-5) is 84 float epsilons:
//   |got - want| <= tolerance * (1 + |want|)                        the documented error; the same 84 epsilons in double
//                 + 32 epsilon * largest |input|                    only for inputs with a huge offset, where differences
//                                                                   of inputs have lost that much already
//                 + 4 * largest change of the oracle's own answer   when every real input and fractional option moves by
//                   one epsilon (eight random moves)                half an epsilon, but never for huge offsets:
// the answer to data no type could tell apart. The last term lets a token change sides at a clipping threshold, and
// lets recurrences with gamma near 1 carry their rounding; it is looked at only where the first two do not suffice.
// NaN and infinities must stand exactly where the oracle has them.

#include "generator.hpp"

#include <functional>

namespace guerdon::harness {

/// All ways to run the operation in this element type. `segments`: how many the call has; fibers are slow.
std::vector<target> targets(const operation& op, element_id element, index_t segments);
std::string name(const target& t);

/// The answer, or the refusal's message.
struct answer {
  std::optional<arguments> outputs;
  std::string refusal;
};
answer ask(const operation& op, const target& t, const call& c);

/// The first disagreement about this call in any type on any backend, as one line; empty where there is none.
std::string disagreement(const operation& op, const call& c, content_mode content, dice& d);

/// Bits that an output holds before it is written.
bool never_written(const value& v, std::size_t i, kind k);

struct random_result {
  std::vector<std::string> failures;
  int calls = 0, answered = 0;
};
/// `repetitions` calls of every shape and content mode, each from its own seed. `only_seed`: that one call.
random_result random_calls(const operation& op, int repetitions, std::optional<std::uint64_t> only_seed = {});

/// How much work random tests do: 1, or less where the sanitizers watch.
double effort();

}  // namespace guerdon::harness
