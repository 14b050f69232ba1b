// expect: an objective is made of terms, such as token_ratio{} | clipped{}
#include <guerdon/backend/scalar.hpp>
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

void loss(const guerdon::op::policy_objective::inputs<float>& in) {
  guerdon::policy_objective(guerdon::scalar_backend(), in, guerdon::token_ratio{});
}
