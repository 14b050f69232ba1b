#pragma once

#include <guerdon/description.hpp>
#include <guerdon/returns/masked_gae.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct masked_gae {
  static constexpr summary about{.name = "masked_gae",
                                 .family = "returns",
                                 .title = "Advantages and value targets over token rows with holes (GAE)",
                                 .papers = "arXiv:1506.02438",
                                 .skeleton = skeleton::scan};
  template <class T>
  using inputs = masked_gae_inputs<T>;
  template <class T>
  using outputs = masked_gae_outputs<T>;
  using options = masked_gae_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(rows_input(&inputs<T>::rows),
                      input("token_reward", &inputs<T>::token_reward, "B,T", any_real()),
                      input("values", &inputs<T>::values, "B,T", any_real()),
                      input("mask", &inputs<T>::mask, "B,T", yes_or_no()),
                      optional_input("bootstrap_value", &inputs<T>::bootstrap_value, "B", any_real()),
                      optional_input("lambda_per_row", &inputs<T>::lambda_per_row, "B", unit_interval()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("advantage", &outputs<T>::advantage, "B,T"),
                      output("returns", &outputs<T>::returns, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(
        number("gamma", &options::gamma, closed(0, 1)), number("lambda", &options::lambda, closed(0, 1)),
        choice("mask_mode", &options::mask_mode, "skip", "zero", "ignore"), flag("whiten", &options::whiten));
  }

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::masked_gae<T>(backend, in, out, o);
  }

 private:
  static constexpr domain unit_interval() { return {domain::uniform, 0, 1, false}; }
};

}}}  // namespace guerdon::describe
