// The launches of a policy loss, as the page of each says them.

#include "counting_backend.hpp"

#include <guerdon/backend/scalar.hpp>
#include <guerdon/objective/cispo_loss.hpp>
#include <guerdon/objective/dppo_loss.hpp>
#include <guerdon/objective/dro_loss.hpp>
#include <guerdon/objective/gmpo_loss.hpp>
#include <guerdon/objective/gppo_loss.hpp>
#include <guerdon/objective/gspo_loss.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/objective/preclip_policy_loss.hpp>
#include <guerdon/objective/reinforce_loss.hpp>
#include <guerdon/objective/sapo_loss.hpp>
#include <guerdon/objective/topr_loss.hpp>
#include <guerdon/objective/vespo_loss.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <sstream>

using namespace guerdon;

namespace {

/// "4 launches, 3 without a mask" of a header.
std::pair<int, int> launches_on_page(std::string_view name) {
  std::ifstream header(GUERDON_SOURCE_DIR "/include/guerdon/objective/" + std::string(name) + ".hpp");
  std::ostringstream text;
  text << header.rdbuf();
  std::smatch found;
  const std::string said = std::regex_replace(text.str(), std::regex("\n// "), " ");
  if (!std::regex_search(said, found, std::regex("([0-9]+) launches, ([0-9]+) without a mask"))) return {-1, -1};
  return {std::stoi(found[1]), std::stoi(found[2])};
}

const std::vector<index_t> rows{0, 3, 3, 5};
const std::vector<float> logprob{-1, -2, -0.5f, -1.5f, -1}, old_logprob{-1.25f, -1.75f, -0.5f, -2, -1};
const std::vector<float> advantage{1, -1, 0.5f}, token_advantage{1, -1, 0.5f, 2, -1};
const std::vector<flag_t> mask{1, 0, 1, 1, 1};

/// loss(backend, mask) makes the call.
template <class Op, class Loss>
void check_launches(Loss loss) {
  const counting_backend<scalar_backend> backend;
  const auto [masked, unmasked] = launches_on_page(Op::about.name);
  loss(backend, view<const flag_t>(mask));
  CHECK_MESSAGE(backend.launches() == masked, std::string(Op::about.name));
  loss(backend, view<const flag_t>());
  CHECK_MESSAGE(backend.launches() == unmasked, std::string(Op::about.name), " without a mask");
}

}  // namespace

TEST_CASE("a policy loss takes the launches that its page says") {
  const auto tokens = [](view<const flag_t> m) {
    return policy_inputs<float>{
        .rows = rows, .logprob = logprob, .old_logprob = old_logprob, .advantage = advantage, .mask = m};
  };
  check_launches<op::ppo_clip_loss>([&](const auto& b, auto m) { ppo_clip_loss(b, tokens(m)); });
  check_launches<op::gspo_loss>([&](const auto& b, auto m) { gspo_loss(b, tokens(m)); });
  check_launches<op::cispo_loss>([&](const auto& b, auto m) { cispo_loss(b, tokens(m)); });
  check_launches<op::dppo_loss>([&](const auto& b, auto m) { dppo_loss(b, tokens(m)); });
  check_launches<op::dro_loss>([&](const auto& b, auto m) { dro_loss(b, tokens(m)); });
  check_launches<op::gppo_loss>([&](const auto& b, auto m) { gppo_loss(b, tokens(m)); });
  check_launches<op::sapo_loss>([&](const auto& b, auto m) { sapo_loss(b, tokens(m)); });
  check_launches<op::gmpo_loss>([&](const auto& b, auto m) {
    gmpo_loss(b, {.rows = rows, .logprob = logprob, .old_logprob = old_logprob, .advantage = advantage, .mask = m});
  });
  check_launches<op::preclip_policy_loss>([&](const auto& b, auto m) {
    preclip_policy_loss(
        b, {.rows = rows, .logprob = logprob, .old_logprob = old_logprob, .advantage = token_advantage, .mask = m});
  });
  check_launches<op::reinforce_loss>([&](const auto& b, auto m) {
    reinforce_loss(b, {.rows = rows, .logprob = logprob, .advantage = advantage, .mask = m});
  });
  check_launches<op::topr_loss>([&](const auto& b, auto m) {
    topr_loss(b, {.rows = rows, .logprob = logprob, .old_logprob = old_logprob, .score = advantage,
                  .advantage = advantage, .mask = m});
  });
  check_launches<op::vespo_loss>([&](const auto& b, auto m) {
    vespo_loss(b, {.rows = rows, .logprob = logprob, .old_logprob = old_logprob, .advantage = advantage, .mask = m});
  });
}
