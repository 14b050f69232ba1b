// Composed objectives: what they are made of gives the bits of the calls that it replaces.

#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>
#ifdef GUERDON_HAS_EIGEN
#include <guerdon/backend/eigen.hpp>
#endif
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/kl_estimate.hpp>
#include <guerdon/objective/ratios.hpp>
#include <guerdon/objective/rollout_correction_weight.hpp>

#include <doctest/doctest.h>

using guerdon::flag_t;
using guerdon::index_t;

namespace {

const std::vector<index_t> offsets{0, 3, 3, 8};
const std::vector<float> logprob{-1, -2, -0.5f, -3, -1.5f, -0.25f, -1, -2.5f},
    old_logprob{-1.5f, -1, -0.75f, -1, -1.5f, -2, -1.25f, -2};
const std::vector<float> rollout_logprob{-1, -1.5f, -1, -3, -1, -2, -1.75f, -2}, advantage{1, 2, -1};
const std::vector<flag_t> mask{1, 1, 0, 1, 1, 1, 0, 1}, keep{1, 0, 1, 1, 1, 0, 1, 1};

template <class Backend>
void check_compositions(const Backend& backend) {
  const auto term = guerdon::token_ratio{} | guerdon::clipped{};
  const guerdon::op::policy_objective::inputs<float> in{
      .rows = offsets, .logprob = logprob, .old_logprob = old_logprob, .advantage = advantage, .mask = mask};
  const auto same = [](const auto& a, const auto& b) {
    CHECK(a.loss == b.loss);
    CHECK(a.grad_logprob == b.grad_logprob);
  };

  // A weight in the objective is is_weight, and may be found in the same pass.
  const auto weight = guerdon::rollout_correction_weight<float>(
      backend, {.rows = offsets, .logprob = old_logprob, .rollout_logprob = rollout_logprob, .mask = mask});
  auto weighted = in;
  weighted.is_weight = weight.weight;
  const auto apart = guerdon::policy_objective<float>(backend, weighted, term);

  // k3 alone is what the estimator with all its options gives.
  auto referred = in;
  referred.ref_logprob = rollout_logprob;
  const auto alone = guerdon::policy_objective<float>(backend, referred, term + 0.04 * guerdon::k3_penalty{});
  const auto with_options = guerdon::policy_objective<float>(backend, referred, term + 0.04 * guerdon::kl_penalty{});
  CHECK(alone.loss[0] == doctest::Approx(with_options.loss[0]));
  for (std::size_t i = 0; i < logprob.size(); ++i)
    CHECK(alone.grad_logprob[i] == doctest::Approx(with_options.grad_logprob[i]));

  same(guerdon::policy_objective<float>(backend, in, guerdon::token_weight<float>{weight.weight} * term), apart);
  same(guerdon::policy_objective<float>(backend, in, guerdon::truncated_importance<float>{rollout_logprob} * term),
       apart);

  // where and except share the tokens out; a masked token is in neither. The divisor stays.
  const auto kept = guerdon::policy_objective<float>(backend, in, guerdon::where(keep, term));
  const auto dropped = guerdon::policy_objective<float>(backend, in, guerdon::except(keep, term));
  same(guerdon::policy_objective<float>(backend, in, guerdon::where(keep, term) + guerdon::except(keep, term)),
       guerdon::policy_objective<float>(backend, in, term));
  for (std::size_t i = 0; i < mask.size(); ++i) {
    CHECK((kept.grad_logprob[i] == 0 || keep[i] == 1));
    CHECK((dropped.grad_logprob[i] == 0 || keep[i] == 0));
  }
  same(guerdon::policy_objective<float>(backend, in, 2 * guerdon::where(keep, term)),
       guerdon::policy_objective<float>(backend, in, guerdon::where(keep, 2 * term)));
}

}  // namespace

TEST_CASE("compositions of an objective give the bits of the calls that they replace") {
  check_compositions(guerdon::scalar_backend{});
  check_compositions(guerdon::emulated_backend{});
#ifdef GUERDON_HAS_EIGEN
  check_compositions(guerdon::eigen_backend{});
#endif
}
