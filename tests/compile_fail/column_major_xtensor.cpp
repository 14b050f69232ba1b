// expect: guerdon reads arrays row-major: give an xtensor container with layout_type::row_major
#include <guerdon/core/view.hpp>

#include <xtensor/xarray.hpp>

xt::xarray<float, xt::layout_type::column_major> padded_logprobs;
guerdon::view<const float> tokens = padded_logprobs;
