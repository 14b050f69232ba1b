// expect: a member of inputs stands in no list: add it to arguments()
#include "bind.hpp"

struct forgetful {
  static constexpr guerdon::op::info about{"forgetful", "tests", "", "", guerdon::op::skeleton::map};
  template <guerdon::real T>
  struct inputs {
    guerdon::view<const T> reward;
    guerdon::segments groups;
  };
  template <guerdon::real T, template <class> class Of = guerdon::view>
  struct outputs {
    Of<T> shaped_reward;
  };
  struct options {};
  template <class I>
  static constexpr auto arguments() {
    return std::tuple(guerdon::op::array("reward", &I::reward, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(guerdon::op::array("shaped_reward", &O::shaped_reward, "N"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
auto table = guerdon::harness::table_of<forgetful>();
