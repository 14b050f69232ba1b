// expect: guerdon reads arrays row-major: give a row-major Eigen array, or its transpose
#include <guerdon/core/view.hpp>

#include <Eigen/Core>

Eigen::ArrayXXf padded_logprobs;  // column-major, as Eigen has it by default
guerdon::view<const float> tokens = padded_logprobs;
