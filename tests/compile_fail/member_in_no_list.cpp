// expect: a member of options stands in no list: add it to parameters()
#include "bind.hpp"

struct forgetful {
  static constexpr guerdon::op::info about{"forgetful", "tests", "", "", guerdon::op::skeleton::map};
  template <guerdon::real T>
  struct inputs {
    guerdon::view<const T> reward;
  };
  template <guerdon::real T, template <class> class Of = guerdon::view>
  struct outputs {
    Of<T> shaped_reward;
  };
  struct options {
    double scale = 1;
    double shift = 0;
  };
  template <class I>
  static constexpr auto arguments() {
    return std::tuple(guerdon::op::array("reward", &I::reward, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(guerdon::op::array("shaped_reward", &O::shaped_reward, "N"));
  }
  static constexpr auto parameters() { return std::tuple(guerdon::op::option("scale", &options::scale)); }
};
auto table = guerdon::harness::table_of<forgetful>();
