#include "results.hpp"

#include <sstream>

#include "atomic_file.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "statistics.hpp"

namespace arena {

namespace ex = guerdon::examples;

namespace {

// A curve over the evaluations of a run: the value at one of them, by stratum.
using curve = std::vector<double> (*)(const run_result& run, std::size_t at);

const evaluation& first(const run_result& run) { return run.evaluations.front(); }
const evaluation& last(const run_result& run) { return run.evaluations.back(); }

bool has(const results& r, const variant* v) {
  return std::find(r.variants.begin(), r.variants.end(), v) != r.variants.end();
}
const variant* find_grpo(const results& r) {
  const variant* grpo = find_variant("grpo");
  return has(r, grpo) ? grpo : nullptr;
}

// Many lines in one picture are none: a picture holds four of a group, and GRPO.
struct panel {
  std::string title;
  std::vector<const variant*> members;
};
std::vector<panel> panels_of(const results& r) {
  constexpr std::size_t most = 4;
  std::vector<panel> panels;
  std::vector<std::string> groups;
  for (const variant* v : r.variants)
    if (std::find(groups.begin(), groups.end(), v->group) == groups.end()) groups.push_back(v->group);
  const variant* grpo = find_grpo(r);
  for (const std::string& group : groups) {
    std::vector<const variant*> members;
    for (const variant* v : r.variants)
      if (v->group == group && v != grpo) members.push_back(v);
    if (members.empty() && (!grpo || r.variants.size() > 1)) continue;  // GRPO alone is a picture only where it is all
    const std::size_t pictures = std::max<std::size_t>(1, (members.size() + most - 1) / most);
    for (std::size_t k = 0; k < pictures; ++k) {
      panel p{group + (pictures > 1 ? " " + std::to_string(k + 1) : ""), {}};
      if (grpo) p.members.push_back(grpo);
      p.members.insert(p.members.end(), members.begin() + static_cast<std::ptrdiff_t>(members.size() * k / pictures),
                       members.begin() + static_cast<std::ptrdiff_t>(members.size() * (k + 1) / pictures));
      panels.push_back(std::move(p));
    }
  }
  return panels;
}

std::vector<const run_result*> runs_of(const results& r, const variant& v) {
  std::vector<const run_result*> found;
  for (const run_result& run : r.runs) {
    if (run.variant == v.key) found.push_back(&run);
  }
  return found;
}

bool interrupted(const results& r) { return r.runs.size() < r.planned; }

// Strata are tasks, the scores of a stratum are seeds.
template <class Value>
ex::strata collect(const std::vector<const run_result*>& runs, Value value) {
  ex::strata scores;
  for (const run_result* run : runs) {
    const std::vector<double> by_stratum = value(*run);
    scores.resize(by_stratum.size());
    for (std::size_t t = 0; t < by_stratum.size(); ++t) scores[t].push_back(by_stratum[t]);
  }
  return scores;
}
ex::strata scores(const std::vector<const run_result*>& runs, const evaluation& (*at)(const run_result&)) {
  return collect(runs, [&](const run_result& run) {
    const auto& accuracy = at(run).accuracy;
    return std::vector<double>(accuracy.begin(), accuracy.end());
  });
}
ex::strata scores(const results& r, const variant& v, const evaluation& (*at)(const run_result&)) {
  return scores(runs_of(r, v), at);
}
// One run of each seed: before training, the variants are the same.
std::vector<const run_result*> one_per_seed(const results& r) {
  std::vector<const run_result*> found;
  for (const std::uint64_t seed : r.seeds)
    found.push_back(
        &*std::find_if(r.runs.begin(), r.runs.end(), [&](const run_result& run) { return run.seed == seed; }));
  return found;
}
// The runs of v whose seed w has, too.
std::vector<const run_result*> shared_runs(const results& r, const variant& v, const variant& w) {
  std::vector<const run_result*> found, others = runs_of(r, w);
  for (const run_result* run : runs_of(r, v))
    if (std::any_of(others.begin(), others.end(), [&](const run_result* other) { return other->seed == run->seed; }))
      found.push_back(run);
  return found;
}
double iqm(std::span<const double> x) { return ex::interquartile_mean(x); }

ex::interval accuracy_before(const results& r) {
  return ex::bootstrap(scores(one_per_seed(r), first), iqm);
}
ex::interval accuracy_of(const results& r, const variant& v) {
  return ex::bootstrap(scores(r, v, last), iqm);
}
ex::interval difference(const results& r, const variant& v, const variant& w) {
  return ex::bootstrap_paired(scores(shared_runs(r, v, w), last), scores(shared_runs(r, w, v), last), iqm);
}
ex::interval improvement(const results& r, const variant& v, const variant& w) {
  return ex::probability_of_improvement(scores(shared_runs(r, v, w), last), scores(shared_runs(r, w, v), last),
                                        ex::bootstrap_options{});
}
double mean_length(const std::vector<const run_result*>& runs, const evaluation& (*at)(const run_result&)) {
  std::vector<double> lengths;
  for (const run_result* run : runs) {
    lengths.insert(lengths.end(), at(*run).length.begin(), at(*run).length.end());
  }
  return ex::mean(lengths);
}
double mean_seconds(const results& r, const variant& v) {
  std::vector<double> seconds;
  for (const run_result* run : runs_of(r, v)) seconds.push_back(run->seconds);
  return ex::mean(seconds);
}
std::string signed_number(double x) {
  const std::string text = ex::format_number(x, 1);
  return x > 0 && text.find_first_not_of("0.") != std::string::npos ? "+" + text : text;
}

// Those of the members that were trained and have values, each in the same colour whoever else was.
ex::line_plot plot(const results& r, const std::string& title, const std::string& y_label,
                   const std::vector<const variant*>& members, curve value) {
  ex::line_plot p;
  p.title = title;
  p.x_label = "step";
  p.y_label = y_label;
  double highest = 0;
  for (std::size_t k = 0; k < members.size(); ++k) {
    const variant* v = members[k];
    if (!has(r, v)) continue;
    ex::series line;
    line.name = v->title;
    line.colour = static_cast<int>(k);
    const auto runs = runs_of(r, *v);
    for (std::size_t at = 0; at < runs.front()->evaluations.size(); ++at) {
      const auto scores = collect(runs, [&](const run_result& run) { return value(run, at); });
      const bool known = std::none_of(scores.begin(), scores.end(), [](const std::vector<double>& stratum) {
        return std::any_of(stratum.begin(), stratum.end(), [](double x) { return std::isnan(x); });
      });
      ex::interval i;  // NaN, a gap
      if (known) i = ex::bootstrap(scores, iqm, {.level = 0.95, .resamples = 400, .seed = 1});
      line.x.push_back(static_cast<double>(runs.front()->evaluations[at].step));
      line.y.push_back(i.point);
      line.low.push_back(i.low);
      line.high.push_back(i.high);
      if (known) highest = std::max(highest, i.high);
    }
    if (!std::all_of(line.y.begin(), line.y.end(), [](double y) { return std::isnan(y); }))
      p.lines.push_back(line);
  }
  if (y_label.starts_with("share")) {  // no tic below 0 or above 1
    p.y_low = 0;
    if (highest > 0.9) p.y_high = 1;
  }
  return p;
}

// The mean of a value of the steps since the evaluation before.
template <class Value>
double mean_since(const run_result& run, std::size_t at, Value value) {
  const index_t last = run.evaluations[at].step, first = at == 0 ? 0 : run.evaluations[at - 1].step;
  double sum = 0;
  int count = 0;
  for (const step_record& r : run.steps) {
    if ((r.step > first && r.step <= last) || (at == 0 && r.step == 1)) {
      sum += value(r);
      ++count;
    }
  }
  return count ? sum / count : ex::not_a_number;
}

}  // namespace

results results_of(const settings& s, const std::vector<const variant*>& variants,
                   const std::vector<std::uint64_t>& seeds, std::vector<run_result> runs) {
  results r{s, {}, {}, std::move(runs), variants.size() * seeds.size()};
  const auto any = [&](auto of) { return std::any_of(r.runs.begin(), r.runs.end(), of); };
  for (const variant* v : variants)
    if (any([&](const run_result& run) { return run.variant == v->key; })) r.variants.push_back(v);
  for (const std::uint64_t seed : seeds)
    if (any([&](const run_result& run) { return run.seed == seed; })) r.seeds.push_back(seed);
  return r;
}

ex::table comparison(const results& r) {
  ex::table t{{"variant", "accuracy %", "95 % interval", "to GRPO, points", "P(better than GRPO)", "length",
               "to GRPO, %", "s per run"},
              {}};
  const auto percent = [](double x) { return ex::format_number(100 * x, 1); };
  const auto range = [&](const ex::interval& i, double scale, int digits, std::size_t runs) -> std::string {
    if (runs == 1) return "-";
    return ex::format_number(scale * i.low, digits) + " to " + ex::format_number(scale * i.high, digits);
  };
  const ex::interval before = accuracy_before(r);
  t.rows.push_back({"warmed-up policy", percent(before.point), range(before, 100, 1, r.seeds.size()), "", "",
                    ex::format_number(mean_length(one_per_seed(r), first), 1), "", ""});
  const variant* baseline = find_grpo(r);
  for (const variant* v : r.variants) {
    const ex::interval accuracy = accuracy_of(r, *v);
    const std::size_t runs = runs_of(r, *v).size();
    std::vector<std::string> row{v->title, percent(accuracy.point), range(accuracy, 100, 1, runs)};
    const double length = mean_length(runs_of(r, *v), last);
    const std::size_t shared = baseline ? shared_runs(r, *v, *baseline).size() : 0;
    const bool compared = baseline && v != baseline && shared > 0;
    if (compared) {
      const ex::interval gain = difference(r, *v, *baseline);
      const ex::interval better = improvement(r, *v, *baseline);
      row.push_back(signed_number(100 * gain.point) + " (" + range(gain, 100, 1, shared) + ")");
      row.push_back(ex::format_number(better.point, 2) + " (" + range(better, 1, 2, shared) + ")");
    } else {
      row.insert(row.end(), {"", ""});
    }
    row.push_back(ex::format_number(length, 1));
    row.push_back(compared ? signed_number(100 * (mean_length(shared_runs(r, *v, *baseline), last) /
                                                      mean_length(shared_runs(r, *baseline, *v), last) - 1)) : "");
    row.push_back(ex::format_number(mean_seconds(r, *v), 1));
    t.rows.push_back(row);
  }
  return t;
}

std::string findings(const results& r) {
  std::ostringstream text;
  if (interrupted(r)) {
    text << "Interrupted: this is what " << r.runs.size() << " of " << r.planned << " runs say";
    for (const variant* v : r.variants)
      text << (v == r.variants.front() ? ", of " : ", ") << v->title << " " << runs_of(r, *v).size();
    text << ". A comparison is over the seeds that both have.\n";
  }
  if (find_grpo(r) && r.variants.size() > 1)
    text << "\"to GRPO, points\" is the interquartile mean of the differences seed by seed, which need not "
            "equal "
            "the difference of the two accuracies.\n";
  if (r.settings.false_positive > 0 || r.settings.false_negative > 0)
    text << "The verifier of the training accepted " << ex::format_number(100 * r.settings.false_positive, 0)
         << " % of the wrong answers and refused " << ex::format_number(100 * r.settings.false_negative, 0)
         << " % of the right ones; accuracies are by the truth.\n";
  const ex::interval before = accuracy_before(r);
  std::string behind;
  double least = 1;
  for (const variant* v : r.variants) {
    const ex::interval after = accuracy_of(r, *v);
    least = std::min(least, after.point - before.point);
    if (after.point - before.point < 0.2 || after.low <= before.high)
      behind += (behind.empty() ? "" : ", ") + v->title;
  }
  if (behind.empty()) {
    text << "Every variant learned: at least " << ex::format_number(100 * least, 1)
         << " points over the warmed-up policy" << (r.seeds.size() > 1 ? ", intervals apart.\n" : ".\n");
  } else {
    text << "Less than 20 points over the warmed-up policy, or intervals not apart: " << behind << ".\n";
  }
  if (const variant* baseline = find_grpo(r)) {
    std::vector<std::pair<double, const variant*>> shorter;
    for (const variant* v : r.variants)
      if (v->group == "length" && !shared_runs(r, *v, *baseline).empty())
        shorter.emplace_back(1 - mean_length(shared_runs(r, *v, *baseline), last) /
                                     mean_length(shared_runs(r, *baseline, *v), last),
                             v);
    if (shorter.size() > 4) {  // the table has them all
      const auto [least, most] = std::minmax_element(shorter.begin(), shorter.end());
      text << "Of " << shorter.size() << " length recipes, these two are the extremes.\n";
      shorter = {*most, *least};
    }
    for (const auto& [part, v] : shorter)
      text << v->title << " answers " << ex::format_number(100 * std::abs(part), 0) << " % "
           << (part >= 0 ? "shorter" : "longer") << " than GRPO, at "
           << signed_number(100 * difference(r, *v, *baseline).point) << " points of accuracy.\n";
  }
  if (r.seeds.size() == 1)
    text << "One seed says nothing about the spread; give --seeds 3 or more for intervals.\n";
  return text.str();
}

void write_csv(const results& r, const std::filesystem::path& folder) {
  ex::atomic_file steps(folder / "steps.csv"), evaluations(folder / "evaluations.csv");
  steps.stream() << "variant,seed,step,accuracy,length,entropy,zero_advantage,clip_fraction,kl,loss,gradient_"
                    "norm,sampled\n";
  evaluations.stream() << "variant,seed,step,task,accuracy,length,entropy,kl_to_warm_up\n";
  steps.stream().precision(9);
  evaluations.stream().precision(9);
  for (const run_result& run : r.runs) {
    for (const step_record& s : run.steps) {
      steps.stream() << run.variant << ',' << run.seed << ',' << s.step << ',' << s.accuracy << ','
                     << s.length << ',' << s.entropy << ',' << s.zero_advantage << ',';
      if (!std::isnan(s.clip_fraction)) steps.stream() << s.clip_fraction;
      steps.stream() << ',' << s.kl << ',' << s.loss << ',' << s.gradient_norm << ',' << s.sampled << '\n';
    }
    for (const evaluation& e : run.evaluations) {
      for (std::size_t t = 0; t < tasks.size(); ++t) {
        evaluations.stream() << run.variant << ',' << run.seed << ',' << e.step << ',' << name(tasks[t])
                             << ',' << e.accuracy[t] << ',' << e.length[t] << ',' << e.entropy << ',' << e.kl
                             << '\n';
      }
    }
  }
  steps.commit();
  evaluations.commit();
}

void write_report(const results& r, const std::filesystem::path& path, double seconds, int threads) {
  std::ostringstream subtitle;
  if (interrupted(r)) subtitle << "interrupted with " << r.runs.size() << " of " << r.planned << " runs: ";
  subtitle << r.variants.size() << " variants, " << r.seeds.size() << " seeds, " << r.settings.steps
           << " steps each, " << ex::format_duration(seconds) << " on " << threads
           << (threads == 1 ? " thread" : " threads");
  ex::page page("The arena: reinforcement learning of one small policy, variant by variant", subtitle.str());

  page.section("Outcome");
  page.add(comparison(r));
  page.paragraph(findings(r));
  page.paragraph(
      "Accuracy: share of held-out problems answered right, one answer sampled at temperature 1 counting as "
      "one "
      "try; interquartile mean over tasks and seeds with 95 % stratified bootstrap intervals. Variants of a "
      "seed "
      "start from the same warmed-up weights and meet the same problems, so differences to GRPO are taken "
      "seed "
      "by seed. P: probability that a run of the variant beats a run of GRPO on the same task. Length in "
      "characters.");
  ex::forest_plot accuracy{.title = "Held-out accuracy after training", .x_label = "share right", .rows = {}};
  const ex::interval before = accuracy_before(r);
  accuracy.rows.push_back({"warmed-up policy", before});
  for (const variant* v : r.variants) accuracy.rows.push_back({v->title, accuracy_of(r, *v)});
  page.add(accuracy);
  if (const variant* baseline = find_grpo(r); baseline && r.variants.size() > 1) {
    ex::forest_plot better{.title = "Probability of improvement over GRPO", .x_label = "P", .rows = {}};
    better.reference = 0.5;
    better.digits = 2;
    better.share = true;
    for (const variant* v : r.variants) {
      if (v != baseline && !shared_runs(r, *v, *baseline).empty())
        better.rows.push_back({v->title, improvement(r, *v, *baseline)});
    }
    page.add(better);
  }

  const std::vector<panel> panels = panels_of(r);
  const variant* gspo = find_variant("gspo");
  // `apart` is left to a picture of its own, where its scale is another.
  const auto curves = [&](const std::string& heading, const std::string& explanation,
                          const std::string& y_label, curve value, const variant* apart = nullptr) {
    page.section(heading);
    page.paragraph(explanation);
    for (const auto& [title, members] : panels) {
      std::vector<const variant*> together = members;  // with a blank for `apart`, which keeps the colours
      std::replace(together.begin(), together.end(), apart, static_cast<const variant*>(nullptr));
      const ex::line_plot picture = plot(r, heading + ": " + title, y_label, together, value);
      // Where none of the others reports it, GRPO alone says nothing new.
      const bool only_grpo =
          find_grpo(r) && together.size() > 1 && picture.lines.size() == 1 && picture.lines[0].colour == 0;
      if (!picture.lines.empty() && !only_grpo) page.add(picture);
      if (together != members && has(r, apart))
        page.add(plot(r, heading + ": " + apart->title, y_label, {apart}, value));
    }
  };
  curves("Accuracy", "On held-out problems; bands are 95 % bootstrap intervals, here and below.",
         "share right", [](const run_result& run, std::size_t at) {
           return std::vector<double>(run.evaluations[at].accuracy.begin(),
                                      run.evaluations[at].accuracy.end());
         });
  curves(
      "Response length",
      "On held-out problems. The warmed-up policy often just guesses, in 7 characters; learning to work the "
      "answer out makes answers longer, dropping the hesitation makes them shorter.",
      "characters", [](const run_result& run, std::size_t at) {
        return std::vector<double>{ex::mean(run.evaluations[at].length)};
      });
  curves(
      "Entropy", "Of the policy in front of each character, in nats, on held-out problems.", "nats",
      [](const run_result& run, std::size_t at) { return std::vector<double>{run.evaluations[at].entropy}; });
  curves(
      "Groups without signal",
      "Share of the groups whose rewards, after shaping, are all equal: their group-relative advantages are "
      "0. DAPO draws others in their place.",
      "share of groups", [](const run_result& run, std::size_t at) {
        return std::vector<double>{
            mean_since(run, at, [](const step_record& s) { return s.zero_advantage; })};
      });
  curves(
      "Clip fraction",
      "Share of characters whose gradient the clip removes. GSPO clips whole answers, at much narrower "
      "bounds, and has a picture of its own; losses that clip nothing report none, and COPO's neither.",
      "share of characters",
      [](const run_result& run, std::size_t at) {
        return std::vector<double>{mean_since(run, at, [](const step_record& s) { return s.clip_fraction; })};
      },
      gspo);
  curves("KL to the warmed-up policy",
         "Estimated by k3 on the policy's own held-out answers, in nats per character.", "nats per character",
         [](const run_result& run, std::size_t at) { return std::vector<double>{run.evaluations[at].kl}; });

  page.section("The recipes");
  page.paragraph(
      "Rows of guerdon/recipes/recipes.hpp, each with the options that are not at their defaults. The policy receives "
      "d loss / d log-probability from the objective, and nothing else.");
  ex::table recipes{{"recipe", "group"}, {}};
  recipes.header.insert(recipes.header.end(), columns_of_row.begin(), columns_of_row.end());
  for (const variant* v : r.variants) {
    std::vector<std::string> row{v->title, v->group};
    const std::vector<std::string> cells = columns(*v);
    row.insert(row.end(), cells.begin(), cells.end());
    recipes.rows.push_back(row);
  }
  page.add(recipes);

  page.section("What the policy writes");
  page.paragraph("The same held-out problems before and after training.");
  for (const variant* v : r.variants) {
    std::string text;
    const run_result& run = *runs_of(r, *v).front();
    for (const transcript& x : run.transcripts)
      text += x.prompt + "  before  " + x.before + std::string(prompt_width, ' ') + "  after   " + x.after;
    page.code(text, v->title + ", seed " + std::to_string(run.seed));
  }

  page.section("Settings");
  ex::table t{{"setting", "value"}, {}};
  const nlohmann::json settings = r.settings;
  for (const auto& [key, value] : settings.items()) t.rows.push_back({key, value.dump()});
  page.add(t);
  page.write(path);
}

}  // namespace arena
