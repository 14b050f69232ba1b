#pragma once

#include <guerdon/curriculum/schedule_value.hpp>
#include <guerdon/description.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct schedule_value {
  static constexpr summary about{
      .name = "schedule_value",
      .family = "curriculum",
      .title = "Annealed coefficient: warm-up, then one of eight ways from start to end",
      .papers = "arXiv:1608.03983; arXiv:2505.17018",
      .skeleton = skeleton::map};
  template <class T>
  using inputs = schedule_value_inputs<T>;
  template <class T>
  using outputs = schedule_value_outputs<T>;
  using options = schedule_value_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("step", &inputs<T>::step, "N", integers(0, 40)),
                      optional_input("milestones", &inputs<T>::milestones, "M", integers(0, 40)));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("value", &outputs<T>::value, "N"));
  }
  static constexpr auto parameters() {
    constexpr range any_step = at_least(0, 30);
    constexpr range positive_draw{.draw_low = 0.1, .draw_high = 2};  // geometric asks for one sign
    return std::tuple(choice("kind", &options::kind, "constant", "linear", "polynomial", "cosine",
                             "exponential", "geometric", "step", "wsd"),
                      number("start", &options::start, positive_draw),
                      number("end", &options::end, positive_draw),
                      integer("total_steps", &options::total_steps, any_step),
                      integer("warmup_steps", &options::warmup_steps, any_step),
                      number("warmup_start", &options::warmup_start, any_value()),
                      number("time_constant", &options::time_constant, greater_than(0, 1, 50)),
                      number("power", &options::power, range{.draw_low = 0, .draw_high = 3}),
                      number("cycles", &options::cycles, range{.draw_low = 0, .draw_high = 3}),
                      number("stable_ratio", &options::stable_ratio, closed(0, 1)),
                      number("factor", &options::factor, range{.draw_low = 0, .draw_high = 1}));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::schedule_value<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
