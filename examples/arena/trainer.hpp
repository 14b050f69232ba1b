#pragma once
// The two phases of a run: a supervised warm-up, shared by all variants of a seed, and group-sampled
// reinforcement learning under one variant. One thread, one seed, no clock: same settings, same bits.

#include <functional>
#include <optional>

#include "settings.hpp"
#include "variants.hpp"

namespace arena {

// One step of reinforcement learning.
struct step_record {
  index_t step = 0;
  double accuracy = 0, length = 0, entropy = 0;  // of the sampled answers
  double zero_advantage = 0;                     // share of the groups whose (shaped) rewards are all equal
  double clip_fraction = 0, kl = 0, loss = 0,
         gradient_norm = 0;  // means over the updates; kl to the sampling policy; no clip fraction is NaN
  index_t sampled = 0;       // answers drawn, refills included
};

// The policy on the held-out problems.
struct evaluation {
  index_t step = 0;
  std::array<double, tasks.size()> accuracy{}, length{};
  double entropy = 0, kl = 0;  // nats per character; kl to the warmed-up policy
};

struct transcript {
  std::string prompt, before, after;
};

struct run_result {
  std::string variant;
  std::uint64_t seed = 0;
  double seconds = 0;
  std::vector<step_record> steps;
  std::vector<evaluation> evaluations;  // the first before, the last after training
  std::vector<transcript> transcripts;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(step_record, step, accuracy, length, entropy, zero_advantage,
                                   clip_fraction, kl, loss, gradient_norm, sampled)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(evaluation, step, accuracy, length, entropy, kl)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(transcript, prompt, before, after)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(run_result, variant, seed, seconds, steps, evaluations, transcripts)

// Called after every step; false stops the run, which then gives nothing.
using step_callback = std::function<bool(index_t step)>;

// The policy that all variants of a seed start from: cross-entropy on demonstrations.
std::optional<weights<float>> warm_up(const settings& s, std::uint64_t seed, const step_callback& go_on = {});

// Reinforcement learning under one variant, from those weights.
std::optional<run_result> train(const settings& s, const variant& v, std::uint64_t seed,
                                const weights<float>& warmed_up, const step_callback& go_on = {});

// Whether a run read from a file holds all that train() records.
bool is_whole(const settings& s, const run_result& run);

}  // namespace arena
