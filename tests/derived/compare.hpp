#pragma once
// One call on every backend in every element type, against the oracle: the scalar backend in double.
//
// What is a fair error? Let epsilon be the arithmetic's (float for narrow storage), n the longest array.
//   |got-want| <= tolerance * (1 + |want|)  the documented error, about.tolerance: 1e-5, or 84 epsilon of float;
//                                          in double max(84, n) epsilon, the worst case of a sum of n
//     + 4 epsilon * largest |output|       what recurrences and sums carry along from their largest value
//     + 32 epsilon * largest |input|       for inputs with a huge offset only, whose differences have lost that
//                                          much already; times 128 in double, where the mean is no better than
//                                          the data and is divided by a spread of a hundredth
// and where that does not suffice, and there is no huge offset,
//     + 4 * largest change                 of the oracle's own answer when every real input and fractional
//                                          option moves by up to half an epsilon, eight times at random: the
//                                          answer to data that no type could tell apart. That lets a token
//                                          change sides at a clipping threshold.
// Narrow storage adds two of its own epsilons: one rounding for the result, one for what a program parks in
// its output. NaN and infinities must stand exactly where the oracle has them.

#include "generator.hpp"

#include <functional>

namespace guerdon::harness {

/// All ways to run the operation in this element type. `segments`: how many the call has; fibers are slow. Of
/// the emulator's four widths and orders, a call gets those of its turn (all four for -1).
std::vector<target> targets(const operation& op, element_id element, index_t segments, int turn = -1);
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
