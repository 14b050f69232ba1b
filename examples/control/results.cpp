#include "results.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "atomic_file.hpp"
#include "control_texts.hpp"
#include "progress.hpp"
#include "report.hpp"

namespace control {

namespace ex = guerdon::examples;

namespace {

/// What the others are measured against.
const recipe& baseline() { return recipes().front(); }

bool has(const results& r, const recipe& who) {
  return std::find(r.recipes.begin(), r.recipes.end(), &who) != r.recipes.end();
}

template <class Of>
std::vector<double> by_seed(const std::vector<const run_result*>& runs, Of of) {
  std::vector<double> x;
  for (const run_result* run : runs) x.push_back(of(*run));
  return x;
}
double final_share(const run_result& run) { return run.evaluations.back().share; }
double mean_share(const run_result& run) {
  double sum = 0;
  for (std::size_t k = 1; k < run.evaluations.size(); ++k) sum += run.evaluations[k].share;
  return sum / static_cast<double>(run.evaluations.size() - 1);
}
double final_error(const run_result& run) { return run.evaluations.back().value_error; }

std::string with_interval(const ex::interval& i, int digits, std::size_t seeds) {
  std::string text = ex::format_number(i.point, digits);
  if (seeds > 1) text += " (" + ex::format_number(i.low, digits) + " to " + ex::format_number(i.high, digits) + ")";
  return text;
}

/// The agents of one picture, each with the baseline.
struct panel {
  const char* title;
  std::vector<const char*> keys;
};
const std::vector<panel> panels{
    {"one step", {"q_learning", "expected_sarsa", "double_q", "categorical", "quantile"}},
    {"many steps", {"q_learning", "n_step", "lambda_return", "peng"}},
    {"many steps, corrected", {"q_learning", "watkins", "harutyunyan", "tree_backup", "retrace"}},
    {"actors", {"q_learning", "gae", "upgo", "vtrace"}},
};

template <class Of>
ex::line_plot curves(const results& r, const world& w, sight seen, const panel& p, const std::string& y_label, Of of) {
  ex::line_plot plot;
  plot.title = w.title + ", " + name(seen) + ": " + p.title;
  plot.x_label = "steps in the world";
  plot.y_label = y_label;
  for (std::size_t colour = 0; colour < p.keys.size(); ++colour) {
    for (const recipe* who : r.recipes) {
      const auto runs = runs_of(r, w, seen, *who);
      if (who->key != p.keys[colour] || runs.empty()) continue;
      ex::series line;
      line.name = who->title;
      line.colour = static_cast<int>(colour);
      for (std::size_t k = 0; k < runs.front()->evaluations.size(); ++k) {
        const ex::interval i = middle(by_seed(runs, [&](const run_result& run) { return of(run.evaluations[k]); }));
        line.x.push_back(static_cast<double>(runs.front()->evaluations[k].steps));
        line.y.push_back(i.point);
        line.low.push_back(i.low);
        line.high.push_back(i.high);
      }
      plot.lines.push_back(line);
    }
  }
  return plot;
}

/// The code of a recipe as it stands in recipes.cpp: from its own line to the end of the function.
std::string quoted(const std::string& key) {
  const std::string text = recipes_text;
  for (const std::string& head : {"numbers " + key + "(", "actor_signal " + key + "("}) {
    const std::size_t begin = text.find("\n" + head);
    if (begin != std::string::npos) {
      const std::size_t line_end = text.find('\n', begin + 1), end = text.find("\n}\n", begin);
      const bool one_line = text[line_end - 1] == '}';
      return text.substr(begin + 1, (one_line ? line_end : end + 2) - begin);
    }
  }
  return "";
}

}  // namespace

std::vector<const run_result*> runs_of(const results& r, const world& w, sight seen, const recipe& who) {
  std::vector<const run_result*> found;
  for (const run_result& run : r.runs)
    if (run.world == w.key && run.sight == name(seen) && run.recipe == who.key) found.push_back(&run);
  return found;
}

ex::interval middle(const std::vector<double>& of_seeds) {
  return ex::bootstrap(of_seeds, [](std::span<const double> x) { return ex::interquartile_mean(x); },
                       {.level = 0.95, .resamples = 400, .seed = 1});
}

ex::table comparison(const results& r, const world& w, sight seen) {
  ex::table t{{"agent", "optimum at the end, %", "on the way, %", "to Q-learning, points", "error of values"}, {}};
  std::ostringstream caption;
  caption << w.title << ", " << name(seen) << ": the optimum is worth " << ex::format_number(w.optimal_return, 3)
          << ", the uniform policy " << ex::format_number(w.random_return, 3);
  t.caption = caption.str();
  const bool compared = has(r, baseline());
  for (const recipe* who : r.recipes) {
    const auto runs = runs_of(r, w, seen, *who);
    if (runs.empty()) continue;
    std::vector<double> end = by_seed(runs, final_share), way = by_seed(runs, mean_share);
    for (double& x : end) x *= 100;
    for (double& x : way) x *= 100;
    std::vector<std::string> row{who->title, with_interval(middle(end), 1, end.size()),
                                 with_interval(middle(way), 1, way.size())};
    if (compared && who != &baseline()) {
      // Run k of both has the same seed.
      std::vector<double> difference = way, other = by_seed(runs_of(r, w, seen, baseline()), mean_share);
      for (std::size_t k = 0; k < difference.size(); ++k) difference[k] -= 100 * other[k];
      row.push_back(with_interval(middle(difference), 1, difference.size()));
    } else {
      row.push_back("");
    }
    row.push_back(ex::format_number(middle(by_seed(runs, final_error)).point, 3));
    t.rows.push_back(row);
  }
  return t;
}

void write_csv(const results& r, const std::filesystem::path& path) {
  ex::atomic_file file(path);
  file.stream().precision(12);
  file.stream() << "world,sight,agent,seed,steps,expected_return,share_of_optimum,value_error\n";
  for (const run_result& run : r.runs)
    for (const evaluation& e : run.evaluations)
      file.stream() << run.world << ',' << run.sight << ',' << run.recipe << ',' << run.seed << ',' << e.steps << ','
                    << e.expected << ',' << e.share << ',' << e.value_error << '\n';
  file.commit();
}

void write_report(const results& r, const std::filesystem::path& path, double seconds, int threads) {
  std::ostringstream subtitle;
  if (r.seeds.size() < r.planned_seeds)
    subtitle << "interrupted with " << r.seeds.size() << " of " << r.planned_seeds << " seeds finished: ";
  subtitle << r.recipes.size() << " agents, " << r.worlds.size() << " worlds, " << r.seeds.size() << " seeds, "
           << r.s.updates * r.s.steps * r.s.columns << " steps each, " << ex::format_duration(seconds) << " on "
           << threads << (threads == 1 ? " thread" : " threads");
  ex::page page("Control: returns against the exact optimum", subtitle.str());
  page.paragraph(
      "Every policy is evaluated exactly, by solving for its values, never by sampling: 0 % is the uniform policy, "
      "100 % the optimum. Points are interquartile means over seeds, bands and brackets 95 % bootstrap intervals. "
      "Agents of a seed meet the same random numbers, so differences to Q-learning are taken seed by seed, of the mean "
      "over "
      "training (\"on the way\"). The error of values is the root mean square distance from the optimal values; an "
      "actor's critic learns its policy's values instead.");
  for (const world* w : r.worlds) {
    page.section(w->title);
    for (const sight seen : {sight::tabular, sight::tiles}) {
      const ex::table t = comparison(r, *w, seen);
      if (t.rows.empty()) continue;
      page.add(t);
      for (const panel& p : panels) {
        const ex::line_plot plot =
            curves(r, *w, seen, p, "share of the optimum", [](const evaluation& e) { return e.share; });
        if (plot.lines.size() > (has(r, baseline()) && r.recipes.size() > 1 ? 1U : 0U)) page.add(plot);
      }
      if (seen == sight::tabular)
        for (const panel& p : {panels[0], panels[2]}) {
          ex::line_plot plot = curves(r, *w, seen, p, "distance from the optimal values",
                                      [](const evaluation& e) { return e.value_error; });
          plot.title += ", values";
          if (!plot.lines.empty()) page.add(plot);
        }
    }
  }
  page.section("The agents");
  page.paragraph("Quoted from examples/control/recipes.cpp. Distributions learn in training.cpp.");
  for (const recipe* who : r.recipes)
    if (const std::string text = quoted(who->key); !text.empty()) page.code(text, who->title);
  page.section("Settings");
  page.code(settings_text, "examples/control/settings.hpp");
  page.write(path);
}

}  // namespace control
