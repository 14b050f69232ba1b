#pragma once
// The uniform numbers that random environments and trajectories are made of.
//
// $$u = \lfloor z / 2^{11} \rfloor\, 2^{-53} \in [0, 1)$$
//
// with z the next 64 bits of SplitMix64, whose state starts as the seed.
//
// Source: Steele, Lea and Flood (2014); this project's own choice of generator.
//
// Details that differ:
// - The seed is a text, so that its 64 bits survive JSON.
//
// Cost: count. No gradient.

#include <guerdon/mdp/finite_mdp.hpp>
#include <guerdon/mdp/split_mix.hpp>

namespace guerdon {

namespace op {
struct uniform_stream : host_kind {
  static constexpr info about{"uniform_stream", "mdp", "Uniform numbers from a seed (SplitMix64)", "", skeleton::host,
                              1e-5, true};
  struct inputs {};
  struct outputs {
    std::vector<double> uniform;  ///< [N] in [0, 1)
  };
  struct options {
    std::string_view seed = {};  ///< required: a decimal number below 2^64
    index_t count = required;    ///< N >= 0
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("uniform", &O::uniform, "N")); }
  static constexpr auto parameters() {
    return std::tuple(text("seed", &options::seed, words().together("whole number")),
                      option("count", &options::count, counts(20)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::uniform_stream::outputs uniform_stream(const op::uniform_stream::options& o) {
  const auto rule = check<op::uniform_stream>(op::uniform_stream::inputs{}, o);
  const auto seed = read_seed(o.seed);
  rule(seed.has_value(), "seed", "must be a decimal number of 64 bits");
  rule(mdp::fits(o.count, 1), "count", "is more than 2^27");
  op::uniform_stream::outputs out{std::vector<double>(static_cast<std::size_t>(o.count))};
  split_mix random(*seed);
  for (double& u : out.uniform) u = random.uniform();
  return out;
}
/// The form of every host operation; there is nothing to put in.
inline op::uniform_stream::outputs uniform_stream(const op::uniform_stream::inputs&,
                                                  const op::uniform_stream::options& o) {
  return uniform_stream(o);
}

}}  // namespace guerdon
