// expect: container_of_another_element_type
#include <guerdon/core/view.hpp>

#include <vector>

std::vector<double> rewards;
guerdon::view<const float> read_as_floats = rewards;
