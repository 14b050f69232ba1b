#include "study.hpp"

#include <thread>

namespace exploration {
namespace {

namespace ex = guerdon::examples;

using job = std::function<run_row(std::uint64_t seed)>;

/// One job per method and setting, which runs it for a seed.
std::vector<job> all_jobs() {
  std::vector<job> jobs;
  for (const world& w : all_worlds())
    for (const method& m : all_methods())
      jobs.push_back([=](std::uint64_t seed) {
        run_result r = train(w, m, seed, true);
        run_row row{"exploration", w.name, m.name, seed, r.episodes_to_success, r.solved};
        row.course["bonus"] = std::move(r.mean_bonus), row.course["states"] = std::move(r.states_seen);
        return row;
      });
  for (const redistribution r : all_redistributions())
    jobs.push_back([=](std::uint64_t seed) {
      const credit_result c = learn_errands(r, seed);
      return run_row{"credit", "errands", name_of(r), seed, c.episodes_to_success, c.solved};
    });
  for (const lane_reward r : {lane_reward::progress, lane_reward::additive_penalties, lane_reward::carl})
    jobs.push_back([=](std::uint64_t seed) {
      const lane_result l = learn_to_drive(r, seed);
      return run_row{
          "driving",
          "lane",
          name_of(r),
          seed,
          l.episodes_to_success,
          l.solved,
          {},
          {{"arrived", l.arrived}, {"collided", l.collided}, {"too fast", l.overspeed}, {"off lane", l.off_lane}}};
    });
  for (const bool misleading : {true, false})
    for (const trust t : {trust::task_alone, trust::plain_sum, trust::learnt})
      jobs.push_back([=](std::uint64_t seed) {
        trust_result r = learn_to_trust(misleading, t, seed);
        run_row row{"trust", misleading ? "misleading bonus" : "helpful bonus", name_of(t), seed, r.episodes_to_success,
                    r.solved};
        row.measures = {{"bonus weight", r.bonus_weight.back()}, {"arrived", r.arrived.back()}};
        row.course["weight"] = std::move(r.bonus_weight), row.course["arrived"] = std::move(r.arrived);
        return row;
      });
  return jobs;
}

std::string with_interval(const ex::interval& i) {
  return ex::format_number(i.point, 0) + " [" + ex::format_number(i.low, 0) + ", " + ex::format_number(i.high, 0) + "]";
}

/// The mean over seeds of a course, with the band that holds the middle of the seeds.
ex::series mean_course(const std::vector<run_row>& rows, const std::string& setting, const std::string& method,
                       const std::string& what, int colour) {
  ex::series line{.name = method, .x = {}, .y = {}, .colour = colour};
  std::vector<std::vector<double>> at;
  for (const run_row& r : rows) {
    if (r.setting != setting || r.method != method || !r.course.contains(what)) continue;
    const auto& course = r.course.at(what);
    at.resize(std::max(at.size(), course.size()));
    for (std::size_t k = 0; k < course.size(); ++k) at[k].push_back(course[k]);
  }
  for (std::size_t k = 0; k < at.size(); ++k) {
    if (at.size() > 200 && k % 4 != 0) continue;
    line.x.push_back(double(k + 1)), line.y.push_back(ex::mean(at[k]));
    line.low.push_back(ex::quantile(at[k], 0.25)), line.high.push_back(ex::quantile(at[k], 0.75));
  }
  return line;
}

}  // namespace

index_t runs_of(const study_options& o) { return index_t(all_jobs().size()) * o.seeds; }

std::vector<run_row> run_study(const study_options& o, ex::progress& bar, const std::atomic<bool>& interrupted) {
  const std::vector<job> jobs = all_jobs();
  const std::size_t seeds = std::size_t(o.seeds), total = jobs.size() * seeds;
  std::vector<run_row> rows(total);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t k; !interrupted && (k = next++) < total;) {
      rows[k] = jobs[k / seeds](o.first_seed + k % seeds);
      bar.advance(1, rows[k].setting + ", " + rows[k].method);
    }
  };
  std::vector<std::thread> crew;
  for (unsigned t = 1; t < o.threads; ++t) crew.emplace_back(work);
  work();
  for (std::thread& t : crew) t.join();
  std::erase_if(rows, [](const run_row& r) { return r.study.empty(); });
  return rows;
}

std::vector<summary_row> summarize(const std::vector<run_row>& rows) {
  std::vector<summary_row> result;
  std::map<std::string, std::vector<double>> first;  // episodes of a setting's first method
  for (std::size_t begin = 0, end; begin < rows.size(); begin = end) {
    const run_row& head = rows[begin];
    std::vector<double> episodes;
    summary_row s{head.study, head.setting, head.method, {}, {}, 0, 0};
    for (end = begin; end < rows.size() && rows[end].setting == head.setting && rows[end].method == head.method;
         ++end) {
      episodes.push_back(double(rows[end].episodes));
      s.solved += rows[end].solved, ++s.runs;
    }
    const auto median = [](std::span<const double> x) { return ex::median(x); };
    s.episodes = ex::bootstrap(episodes, median);
    const auto& base = first.try_emplace(head.setting, episodes).first->second;
    if (base.size() == episodes.size()) s.saved = ex::bootstrap_paired({base}, {episodes}, median);
    result.push_back(s);
  }
  return result;
}

ex::table summary_table(const std::vector<summary_row>& rows, const std::string& study) {
  ex::table t{{"setting", "method", "episodes to success", "fewer than the first", "solved"}, {}};
  for (const summary_row& s : rows)
    if (s.study == study)
      t.rows.push_back({s.setting, s.method, with_interval(s.episodes), with_interval(s.saved),
                        std::to_string(s.solved) + "/" + std::to_string(s.runs)});
  return t;
}

ex::page report(const std::vector<run_row>& rows, const study_options& o) {
  ex::page p("Exploration, credit and trust",
             std::to_string(o.seeds) + " seeds from " + std::to_string(o.first_seed) + ", the same for every method");
  p.paragraph(
      "Episodes to success: a run has succeeded at the end of the first ten episodes of which eight do (of the "
      "round of which 80 % do, where policies learn by rounds). A run that never does counts with its budget. "
      "Medians over seeds with 95 % bootstrap intervals; differences over pairs of one seed.");
  const std::vector<summary_row> summary = summarize(rows);
  const auto forest = [&](const std::string& setting) {
    ex::forest_plot plot{
        .title = "Episodes to success: " + setting, .x_label = "episodes (median, 95 %)", .rows = {}, .digits = 0};
    for (const summary_row& s : summary)
      if (s.setting == setting) plot.rows.push_back({s.method, s.episodes});
    p.add(plot);
  };
  p.section("Exploration");
  p.paragraph(
      "Four worlds in which chance alone rarely finds the reward. One tabular learner with one step size, one "
      "discount and one share of random actions; only the bonus differs.");
  p.add(summary_table(summary, "exploration"));
  for (const world& w : all_worlds()) {
    forest(w.name);
    ex::line_plot bonus{
        .title = "How the bonus decays: " + w.name, .x_label = "episode", .y_label = "bonus per step", .lines = {}};
    ex::line_plot seen{.title = "States seen: " + w.name, .x_label = "episode", .y_label = "states", .lines = {}};
    int colour = 0;
    for (const method& m : all_methods()) {
      // Novelty within an episode has a scale of its own, some ten times the others'.
      if (m.coefficient >= 0.05) bonus.lines.push_back(mean_course(rows, w.name, m.name, "bonus", colour));
      seen.lines.push_back(mean_course(rows, w.name, m.name, "states", colour++));
    }
    for (ex::series& line : seen.lines) line.low.clear(), line.high.clear();
    p.add(bonus);
    p.add(seen);
  }
  p.section("Credit");
  p.paragraph(
      "Twenty errands an episode, and only their sum is told. The same learner gets it at the last step, spread "
      "evenly, as IRCR's guidance, by LaRe's linear decoder fitted to the last sixty episodes, or - which no "
      "method can beat - step by step.");
  p.add(summary_table(summary, "credit"));
  forest("errands");
  p.section("Driving");
  p.paragraph(
      "A clean drive arrives, never above the limit, mostly in its own lane, and without touching the car "
      "ahead. Rates are those of fifty drives after training.");
  p.add(summary_table(summary, "driving"));
  ex::table rates{{"paid by", "arrived", "collided", "steps too fast", "steps off lane"}, {}};
  for (const summary_row& s : summary) {
    if (s.study != "driving") continue;
    std::map<std::string, std::vector<double>> of;
    for (const run_row& r : rows)
      if (r.study == s.study && r.method == s.method)
        for (const auto& [name, value] : r.measures) of[name].push_back(value);
    rates.rows.push_back(
        {s.method, ex::format_number(ex::mean(of["arrived"]), 2), ex::format_number(ex::mean(of["collided"]), 2),
         ex::format_number(ex::mean(of["too fast"]), 2), ex::format_number(ex::mean(of["off lane"]), 2)});
  }
  p.add(rates);
  forest("lane");
  p.section("Trust");
  p.paragraph(
      "A corridor whose right end is the task, and a designer's bonus that pays on the wrong side or on the "
      "right one. BARFI starts from the plain sum and moves the weights by the gradient of the task's return.");
  p.add(summary_table(summary, "trust"));
  for (const char* setting : {"misleading bonus", "helpful bonus"}) {
    ex::line_plot weight{
        .title = std::string("Weight of the ") + setting, .x_label = "round", .y_label = "weight", .lines = {}};
    ex::line_plot arrived{
        .title = std::string("Arrivals under a ") + setting, .x_label = "round", .y_label = "share", .lines = {},
        .y_low = 0, .y_high = 1};
    int colour = 0;
    for (const trust t : {trust::task_alone, trust::plain_sum, trust::learnt}) {
      if (t == trust::learnt) weight.lines.push_back(mean_course(rows, setting, name_of(t), "weight", colour));
      arrived.lines.push_back(mean_course(rows, setting, name_of(t), "arrived", colour++));
    }
    p.add(weight);
    p.add(arrived);
  }
  return p;
}

std::string csv(const std::vector<run_row>& rows) {
  std::string text = "study,setting,method,seed,episodes_to_success,solved\n";
  for (const run_row& r : rows)
    text += r.study + ',' + r.setting + ',' + r.method + ',' + std::to_string(r.seed) + ',' +
            std::to_string(r.episodes) + ',' + (r.solved ? "1" : "0") + '\n';
  return text;
}

}  // namespace exploration
