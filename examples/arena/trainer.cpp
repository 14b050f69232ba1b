#include "trainer.hpp"

#include <guerdon/length/soft_overlong_punishment.hpp>
#include <guerdon/objective/kl_estimate.hpp>
#include <guerdon/shaping/noise_channel.hpp>

#include <chrono>
#include <limits>
#include <numeric>

#include "optimiser.hpp"

namespace arena {
namespace {

// The streams of random numbers of a seed. Variants share them: they start from the same weights and meet the
// same training problems and the same held-out problems.
enum class purpose : std::uint64_t {
  initial_weights,
  demonstrations,
  training,
  sampling,
  held_out,
  evaluation,
  reference,
  rephrased,
  noise
};
random_stream stream(std::uint64_t seed, purpose p) {
  return random_stream(seed, static_cast<std::uint64_t>(p));
}

double mean(const std::vector<float>& x) {
  return x.empty() ? 0 : std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

}  // namespace

// --- Warm-up --------------------------------------------------------------------------------------------

// A learning rate that rises for a moment and falls to 0 in the second half.
std::optional<weights<float>> warm_up(const settings& s, std::uint64_t seed, const step_callback& go_on) {
  weights<float> policy({static_cast<index_t>(alphabet.size()), prompt_width, s.hidden}),
      gradient(policy.shape);
  policy.initialise(stream(seed, purpose::initial_weights));
  random_stream random = stream(seed, purpose::demonstrations);
  adam optimiser(policy.flat.size());
  policy_pass<float> pass;
  for (index_t step = 0; step < s.warm_up_steps; ++step) {
    const auto problems = make_problems(s.warm_up_batch, false, random);
    conversation text{.prompt_width = prompt_width,
                      .prompt = prompt_tokens(problems),
                      .prompt_of = {},
                      .offsets = {0},
                      .response = {}};
    for (index_t i = 0; i < s.warm_up_batch; ++i) {
      append_tokens(demonstrate(problems[static_cast<std::size_t>(i)], random), text.response);
      text.prompt_of.push_back(i);
      text.offsets.push_back(static_cast<index_t>(text.response.size()));
    }
    const auto characters = static_cast<std::size_t>(text.characters());
    const std::vector<float> grad_logprob(characters, -1.0F / static_cast<float>(characters));
    gradient.flat.setZero();
    pass.forward(policy, text);
    pass.backward(policy, text, grad_logprob, gradient);

    const double done = static_cast<double>(step) / static_cast<double>(s.warm_up_steps);
    const double schedule = std::min({1.0, static_cast<double>(step + 1) / 50, 2 * (1 - done)});
    optimiser.step(policy.flat, gradient.flat,
                   {.rate = static_cast<float>(s.warm_up_rate * schedule),
                    .clip_norm = static_cast<float>(s.warm_up_clip)});
    if (go_on && !go_on(step)) return std::nullopt;
  }
  return policy;
}

// --- Evaluation -----------------------------------------------------------------------------------------

namespace {

// Held-out problems, answered at temperature 1. The first problems are the same however many are asked for.
evaluation evaluate(const eigen_backend& cpu, const settings& s, std::uint64_t seed, const weights<float>& policy,
                    const weights<float>& warmed_up, index_t problem_count) {
  random_stream problem_stream = stream(seed, purpose::held_out), random = stream(seed, purpose::evaluation);
  const auto problems = make_problems(problem_count, true, problem_stream);
  rollouts r;
  r.group = s.evaluation_samples;
  matrix<float> logits;
  r.text = sample(policy, prompt_tokens(problems), r.group, stop_token, max_response, random, &logits);
  judge(problems, r);

  evaluation result;
  std::array<double, tasks.size()> count{};
  for (index_t i = 0; i < r.text.responses(); ++i) {
    const auto t = static_cast<std::size_t>(problems[static_cast<std::size_t>(r.text.prompt_of[i])].kind);
    result.accuracy[t] += r.correct[static_cast<std::size_t>(i)];
    result.length[t] += static_cast<double>(r.text.length(i));
    ++count[t];
  }
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    result.accuracy[t] /= count[t];
    result.length[t] /= count[t];
  }
  policy_pass<float> pass;
  const auto logprob = logprobs(cpu, logits, r.text);
  const auto reference = logprobs(cpu, pass.forward(warmed_up, r.text), r.text);
  result.entropy = mean(entropies(cpu, logits));
  result.kl = mean(guerdon::kl_estimate(cpu, {.logprob = logprob, .ref_logprob = reference}).kl);
  return result;
}

// Whether the policy is evaluated after that step; 0 is before the first.
bool is_evaluated(const settings& s, index_t step) {
  const index_t every = std::max<index_t>(1, s.steps / std::max<index_t>(1, s.evaluations));
  return step == s.steps || step % every == 0;
}

constexpr index_t transcript_count = 4;

// The first answer of both policies to the first held-out problems.
std::vector<transcript> transcribe(std::uint64_t seed, const weights<float>& warmed_up,
                                   const weights<float>& policy) {
  random_stream problem_stream = stream(seed, purpose::held_out);
  const auto problems = make_problems(transcript_count, true, problem_stream);
  const auto answers = [&](const weights<float>& w) {
    random_stream random = stream(seed, purpose::evaluation);
    return sample(w, prompt_tokens(problems), 1, stop_token, max_response, random);
  };
  const conversation before = answers(warmed_up), after = answers(policy);
  const auto text = [](const conversation& c, index_t i) {
    return to_text(c.response, c.offsets[i], c.offsets[i + 1]);
  };
  std::vector<transcript> result;
  for (index_t i = 0; i < transcript_count; ++i) {
    result.push_back({problems[static_cast<std::size_t>(i)].prompt, text(before, i), text(after, i)});
  }
  return result;
}

// --- Reinforcement learning -----------------------------------------------------------------------------

constexpr index_t answers_of_reference = 4;

// The weights as an engine holds them that computes in bfloat16: eight bits of mantissa, rounded to nearest.
weights<float> in_low_precision(weights<float> w) {
  for (float& x : w.flat) x = guerdon::bfloat16(x);
  return w;
}

class trainer {
 public:
  trainer(const settings& s, const variant& v, std::uint64_t seed, const weights<float>& warmed_up)
      : settings_(s),
        variant_(v),
        seed_(seed),
        warmed_up_(warmed_up),
        policy_(warmed_up),
        gradient_(warmed_up.shape),
        optimiser_(warmed_up.flat.size()),
        problems_(stream(seed, purpose::training)),
        sampling_(stream(seed, purpose::sampling)),
        reference_sampling_(stream(seed, purpose::reference)),
        rephrased_sampling_(stream(seed, purpose::rephrased)),
        noise_(stream(seed, purpose::noise)) {}

  std::optional<run_result> run(const step_callback& go_on) {
    const auto start = std::chrono::steady_clock::now();
    run_result result;
    result.variant = variant_.key;
    result.seed = seed_;
    const settings& s = settings_;
    result.evaluations.push_back(evaluate(cpu_, s, seed_, policy_, warmed_up_, s.final_problems));
    for (index_t step = 1; step <= s.steps; ++step) {
      result.steps.push_back(take_step(step));
      if (is_evaluated(s, step)) {
        const index_t problems = step == s.steps ? s.final_problems : s.evaluation_problems;
        result.evaluations.push_back(evaluate(cpu_, s, seed_, policy_, warmed_up_, problems));
        result.evaluations.back().step = step;
      }
      if (go_on && !go_on(step)) return std::nullopt;
    }
    result.transcripts = transcribe(seed_, warmed_up_, policy_);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
  }

 private:
  step_record take_step(index_t step) {
    step_record record;
    record.step = step;
    const rollouts batch = collect(record);
    const index_t groups = batch.text.prompts(), parts = std::min(settings_.minibatches, groups);
    for (index_t part = 0; part < parts; ++part) {
      rollouts minibatch;
      for (index_t g = groups * part / parts; g < groups * (part + 1) / parts; ++g)
        append_group(minibatch, batch, g);
      update(minibatch, record, 1.0 / static_cast<double>(parts));
    }
    return record;
  }

  // Answers to training problems, with their advantages. Where the recipe drops groups (dynamic sampling), more
  // are drawn in their place, `refills` times at most.
  rollouts collect(step_record& record) {
    rollouts batch;
    index_t groups = 0;
    for (index_t round = 0;
         round < settings_.refills && batch.text.responses() < settings_.prompts * settings_.group; ++round) {
      const index_t missing = settings_.prompts - batch.text.responses() / settings_.group;
      rollouts fresh = draw(missing, record);
      for (index_t g = 0; g < missing; ++g) {
        if (fresh.keep_group.empty() || fresh.keep_group[static_cast<std::size_t>(g)])
          append_group(batch, fresh, g);
      }
      groups += missing;
    }
    const auto n = static_cast<double>(record.sampled);
    record.accuracy /= n;
    record.length /= n;
    record.entropy /= n;
    record.zero_advantage /= static_cast<double>(groups);
    return batch;
  }

  rollouts draw(index_t prompts, step_record& record) {
    const auto uses = [&](reads what) { return covers(variant_.needs, what); };
    const auto problems = make_problems(prompts, false, problems_);
    rollouts r;
    r.group = settings_.group;
    if (uses(reads::rollout_policy)) {  // the engine samples in low precision, the trainer sees it in its own
      const weights<float> engine = in_low_precision(policy_);
      r.text = sample(engine, prompt_tokens(problems), r.group, stop_token, max_response, sampling_, &logits_);
      r.rollout_logprob = logprobs(cpu_, logits_, r.text);
      r.old_logprob = logprobs(cpu_, pass_.forward(policy_, r.text), r.text);
    } else {
      r.text = sample(policy_, prompt_tokens(problems), r.group, stop_token, max_response, sampling_, &logits_);
      r.old_logprob = logprobs(cpu_, logits_, r.text);
    }
    answer_numbers known;
    judge(problems, r, known);
    const auto n = static_cast<double>(r.text.responses());
    record.sampled += r.text.responses();
    record.accuracy += n * mean(r.reward);
    record.length += static_cast<double>(r.text.characters());
    record.entropy += n * mean(entropies(cpu_, logits_));

    blur(r);
    if (uses(reads::reference_policy))
      r.reference_logprob = logprobs(cpu_, reference_pass_.forward(warmed_up_, r.text), r.text);
    if (uses(reads::reference_answers)) {
      rollouts reference;
      reference.group = r.references = answers_of_reference;
      reference.text = sample(warmed_up_, prompt_tokens(problems), reference.group, stop_token, max_response,
                              reference_sampling_);
      judge(problems, reference);
      blur(reference);
      r.reference_reward = graded(reference);
      r.reward = graded(r);
    }
    if (uses(reads::greedy_answer)) {
      rollouts greedy;
      greedy.text =
          sample(policy_, prompt_tokens(problems), 1, stop_token, max_response, reference_sampling_, {}, true);
      judge(problems, greedy);
      blur(greedy);
      for (const index_t prompt : r.text.prompt_of)
        r.greedy_reward.push_back(greedy.reward[static_cast<std::size_t>(prompt)]);
    }
    if (uses(reads::rephrased_answers)) {
      std::vector<problem> others;
      for (const problem& p : problems) others.push_back(rephrase(p));
      rollouts rephrased;
      rephrased.text = sample(policy_, prompt_tokens(others), r.group, stop_token, max_response, rephrased_sampling_);
      judge(others, rephrased, known);
      r.rephrased_outcome = rephrased.outcome;
    }

    variant_.advantage(cpu_, settings_, r);
    for (index_t g = 0; g < prompts; ++g) {
      const auto first = r.reward.begin() + g * r.group;
      record.zero_advantage += std::equal(first + 1, first + r.group, first);
    }
    return r;
  }

  // Right or wrong alone, squeezed by a sigmoid, is still two values, and a group normalises those to what they were.
  // So where rewards are held against a reference's, length costs something before that.
  std::vector<float> graded(const rollouts& r) const {
    std::vector<float> reward = r.reward;
    const auto penalty = guerdon::soft_overlong_punishment(
        cpu_, {.length = r.length}, {.max_length = max_response, .cache_length = max_response});
    for (std::size_t i = 0; i < penalty.size(); ++i) reward[i] += penalty[i];
    return reward;
  }

  // The verdicts as a verifier gives them that errs.
  void blur(rollouts& r) {
    if (settings_.false_positive == 0 && settings_.false_negative == 0) return;
    std::vector<float> uniform(r.reward.size());
    for (float& u : uniform) u = noise_.uniform();
    r.reward = guerdon::noise_channel(cpu_, {.reward = r.reward, .uniform = uniform},
                                      {.rho0 = settings_.false_positive, .rho1 = settings_.false_negative});
    for (std::size_t i = 0; i < uniform.size(); ++i) r.correct[i] = r.reward[i] > 0;
  }

  // One step of the optimiser. The policy gets d loss / d log-probability from the recipe, and nothing else.
  void update(const rollouts& minibatch, step_record& record, double share) {
    const auto logprob = logprobs(cpu_, pass_.forward(policy_, minibatch.text), minibatch.text);
    const objective_result objective = variant_.objective(cpu_, settings_, minibatch, logprob);
    gradient_.flat.setZero();
    pass_.backward(policy_, minibatch.text, objective.grad_logprob, gradient_);
    optimiser_.step(
        policy_.flat, gradient_.flat,
        {.rate = static_cast<float>(settings_.rate), .clip_norm = static_cast<float>(settings_.clip)});

    record.loss += share * objective.loss[0];
    record.clip_fraction +=
        share * (objective.clip_fraction.empty() ? std::numeric_limits<double>::quiet_NaN()
                                                 : mean(objective.clip_fraction));
    record.kl +=
        share *
        mean(guerdon::kl_estimate(cpu_, {.logprob = minibatch.old_logprob, .ref_logprob = logprob}).kl);
    record.gradient_norm += share * static_cast<double>(gradient_.flat.norm());
  }

  const eigen_backend cpu_{1};
  const settings settings_;
  const variant& variant_;
  const std::uint64_t seed_;
  const weights<float>& warmed_up_;
  weights<float> policy_, gradient_;
  adam optimiser_;
  policy_pass<float> pass_, reference_pass_;
  random_stream problems_, sampling_, reference_sampling_, rephrased_sampling_, noise_;
  matrix<float> logits_;
};

}  // namespace

std::optional<run_result> train(const settings& s, const variant& v, std::uint64_t seed,
                                const weights<float>& warmed_up, const step_callback& go_on) {
  return trainer(s, v, seed, warmed_up).run(go_on);
}

bool is_whole(const settings& s, const run_result& run) {
  std::size_t steps = 0, evaluations = 0;
  const auto next_is = [](const auto& records, std::size_t& at, index_t step) {
    return at < records.size() && records[at++].step == step;
  };
  for (index_t step = 0; step <= s.steps; ++step) {
    if (step > 0 && !next_is(run.steps, steps, step)) return false;
    if (is_evaluated(s, step) && !next_is(run.evaluations, evaluations, step)) return false;
  }
  return steps == run.steps.size() && evaluations == run.evaluations.size() &&
         run.transcripts.size() == static_cast<std::size_t>(transcript_count);
}

}  // namespace arena
