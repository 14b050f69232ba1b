#pragma once

#include <guerdon/description.hpp>
#include <guerdon/length/soft_overlong_punishment.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct soft_overlong_punishment {
  static constexpr summary about{.name = "soft_overlong_punishment",
                                 .family = "length",
                                 .title = "Ramp that charges answers near the context limit (DAPO)",
                                 .papers = "arXiv:2503.14476",
                                 .skeleton = skeleton::map};
  template <class T>
  using inputs = soft_overlong_punishment_inputs<T>;
  template <class T>
  using outputs = soft_overlong_punishment_outputs<T>;
  using options = soft_overlong_punishment_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("length", &inputs<T>::length, "B", integers(0, 120)));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("penalty", &outputs<T>::penalty, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(integer("max_length", &options::max_length, greater_than(0, 60, 100)),
                      integer("cache_length", &options::cache_length, at_least(0, 60)),
                      number("factor", &options::factor, at_least(0, 2)), flag("cap", &options::cap));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::soft_overlong_punishment<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
