// The launches of an objective, as the page of each says them.

#include "counting_backend.hpp"

#include <guerdon/backend/scalar.hpp>
#include <guerdon/objective/cispo_loss.hpp>
#include <guerdon/objective/clip_cov_loss.hpp>
#include <guerdon/objective/copo_loss.hpp>
#include <guerdon/objective/dppo_loss.hpp>
#include <guerdon/objective/dro_loss.hpp>
#include <guerdon/objective/erc_loss.hpp>
#include <guerdon/objective/gmpo_loss.hpp>
#include <guerdon/objective/gppo_loss.hpp>
#include <guerdon/objective/gspo_loss.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/objective/preclip_policy_loss.hpp>
#include <guerdon/objective/reinforce_loss.hpp>
#include <guerdon/objective/sapo_loss.hpp>
#include <guerdon/objective/sft_loss.hpp>
#include <guerdon/objective/topr_loss.hpp>
#include <guerdon/objective/value_loss.hpp>
#include <guerdon/objective/vespo_loss.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <sstream>

using namespace guerdon;

namespace {

/// "2 launches, 1 where the divisor is known" of a header.
std::pair<int, int> launches_on_page(std::string_view name) {
  std::ifstream header(GUERDON_SOURCE_DIR "/include/guerdon/objective/" + std::string(name) + ".hpp");
  std::ostringstream text;
  text << header.rdbuf();
  std::smatch found;
  const std::string said = std::regex_replace(text.str(), std::regex("\n// "), " ");
  if (!std::regex_search(said, found, std::regex("([0-9]+) launches, ([0-9]+) where the divisor is known")))
    return {-1, -1};
  return {std::stoi(found[1]), std::stoi(found[2])};
}

const std::vector<index_t> offsets{0, 3, 3, 6};
const std::vector<float> logprob{-1, -2, -0.5f, -1.5f, -1, -2}, old_logprob{-1.25f, -1.75f, -0.5f, -2, -1, -1};
const std::vector<float> advantage{1, -1, 0.5f}, token_advantage{1, -1, 0.5f, 2, -1, 1};
const std::vector<flag_t> mask{1, 0, 1, 1, 1, 0};

/// loss(backend, rows, mask) makes the call.
template <class Op, class Loss>
void check_launches(Loss loss) {
  const counting_backend<scalar_backend> backend;
  const std::string name(Op::about.name);
  const auto [counted, known] = launches_on_page(name);
  loss(backend, segments(offsets), view<const flag_t>(mask));
  CHECK_MESSAGE(backend.launches() == counted, name);
  loss(backend, segments::uniform(3, 2), view<const flag_t>());
  CHECK_MESSAGE(backend.launches() == known, name, " where the divisor is known");
}

policy_inputs<float> tokens(const segments& rows, view<const flag_t> m) {
  return {.rows = rows, .logprob = logprob, .old_logprob = old_logprob, .advantage = advantage, .mask = m};
}

}  // namespace

TEST_CASE("an objective takes the launches that its page says") {
  const auto plain = [](auto loss) {
    return [loss](const auto& b, const segments& rows, view<const flag_t> m) { loss(b, tokens(rows, m)); };
  };
  check_launches<op::ppo_clip_loss>(plain([](const auto& b, const auto& in) { ppo_clip_loss(b, in); }));
  check_launches<op::gspo_loss>(plain([](const auto& b, const auto& in) { gspo_loss(b, in); }));
  check_launches<op::cispo_loss>(plain([](const auto& b, const auto& in) { cispo_loss(b, in); }));
  check_launches<op::dppo_loss>(plain([](const auto& b, const auto& in) { dppo_loss(b, in); }));
  check_launches<op::dro_loss>(plain([](const auto& b, const auto& in) { dro_loss(b, in); }));
  check_launches<op::gppo_loss>(plain([](const auto& b, const auto& in) { gppo_loss(b, in); }));
  check_launches<op::sapo_loss>(plain([](const auto& b, const auto& in) { sapo_loss(b, in); }));
  check_launches<op::clip_cov_loss>(plain([](const auto& b, const auto& in) { clip_cov_loss(b, in); }));
  check_launches<op::copo_loss>([](const auto& b, const segments& rows, auto m) {
    copo_loss(b, {.rows = rows, .logprob = logprob, .old_logprob = old_logprob, .local_advantage = advantage,
                  .global_advantage = advantage, .local_weight = advantage, .mask = m});
  });
  check_launches<op::erc_loss>([](const auto& b, const segments& rows, auto m) {
    erc_loss(b, {.rows = rows, .logprob = logprob, .old_logprob = old_logprob, .entropy = old_logprob,
                 .old_entropy = logprob, .advantage = advantage, .mask = m});
  });
  check_launches<op::gmpo_loss>([](const auto& b, const segments& rows, auto m) {
    gmpo_loss(b, {.rows = rows, .logprob = logprob, .old_logprob = old_logprob, .advantage = advantage, .mask = m});
  });
  check_launches<op::preclip_policy_loss>([](const auto& b, const segments& rows, auto m) {
    preclip_policy_loss(
        b, {.rows = rows, .logprob = logprob, .old_logprob = old_logprob, .advantage = token_advantage, .mask = m});
  });
  check_launches<op::reinforce_loss>([](const auto& b, const segments& rows, auto m) {
    reinforce_loss(b, {.rows = rows, .logprob = logprob, .advantage = advantage, .mask = m});
  });
  check_launches<op::sft_loss>([](const auto& b, const segments& rows, auto m) {
    sft_loss(b, {.rows = rows, .logprob = logprob, .mask = m});
  });
  check_launches<op::topr_loss>([](const auto& b, const segments& rows, auto m) {
    topr_loss(b, {.rows = rows, .logprob = logprob, .old_logprob = old_logprob, .score = advantage,
                  .advantage = advantage, .mask = m});
  });
  check_launches<op::vespo_loss>([](const auto& b, const segments& rows, auto m) {
    vespo_loss(b, {.rows = rows, .logprob = logprob, .old_logprob = old_logprob, .advantage = advantage, .mask = m});
  });
  check_launches<op::value_loss>([](const auto& b, const segments& rows, auto m) {
    value_loss(b, {.rows = rows, .values = logprob, .old_values = old_logprob, .returns = logprob, .mask = m});
  });
}

TEST_CASE("a global count makes the divisor known") {
  const counting_backend<scalar_backend> backend;
  ppo_clip_loss(backend, tokens(offsets, mask), {.aggregation = {.global_num_tokens = 5}});
  CHECK(backend.launches() == 1);
  for (const auto mode : {aggregation_mode::seq_mean_token_mean, aggregation_mode::seq_mean_token_sum}) {
    ppo_clip_loss(backend, tokens(offsets, mask), {.aggregation = {.mode = mode, .global_batch_size = 2}});
    CHECK(backend.launches() == 1);
    ppo_clip_loss(backend, tokens(offsets, mask), {.aggregation = {.mode = mode}});
    CHECK(backend.launches() == 2);
  }
}

TEST_CASE("a divisor that is known gives the loss that counting gives") {
  const scalar_backend cpu;
  const std::vector<index_t> lengths{2, 2, 2};  // the same rows, with padding that is not known to be none
  for (int k = 0; k < 6; ++k) {
    const aggregation_options o{.mode = static_cast<aggregation_mode>(k), .loss_scale_factor = 4};
    if (o.mode == aggregation_mode::prompt_mean) continue;
    const auto known = ppo_clip_loss(cpu, tokens(segments::uniform(3, 2), {}), {.aggregation = o});
    const auto counted = ppo_clip_loss(cpu, tokens(segments::padded(2, lengths), {}), {.aggregation = o});
    CHECK(known.loss == counted.loss);
    CHECK(known.grad_logprob == counted.grad_logprob);
    CHECK(known.clip_fraction == counted.clip_fraction);
  }
}
