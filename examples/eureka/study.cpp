#include "study.hpp"

#include <algorithm>

namespace eureka {
namespace {

namespace ex = guerdon::examples;

/// Thrown out of a round, which leaves the search as it was.
struct stopped {};

std::vector<std::uint64_t> seeds_from(std::uint64_t first, index_t count) {
  std::vector<std::uint64_t> seeds;
  for (index_t k = 0; k < count; ++k) seeds.push_back(first + std::uint64_t(k));
  return seeds;
}

world_result search(const world& w, const study_options& o, ex::progress& bar, const std::atomic<bool>& interrupted) {
  const auto train = [&](const program& p, const std::vector<std::uint64_t>& seeds) {
    if (interrupted) throw stopped();
    trained_runs r = train_all(w, p, seeds, o.threads, o.training);
    bar.advance(1, w.name);
    return r;
  };
  const std::uint64_t first = o.seed * 1'000'000;
  const auto shown = seeds_from(first, o.runs), fresh = seeds_from(first + 500'000, o.evaluations);
  world_result r;
  r.where = w;
  r.start.program = written_by_hand(w);
  r.start.record = train(r.start.program, shown).record;

  guerdon::program_search<program> search{.context = r.start};
  random_source random = stream(o.seed, 1);
  for (index_t t = 0; t < o.rounds; ++t) {
    auto round = search.round(
        o.candidates, [&](const auto& context, index_t count) { return propose(context, count, w, random); },
        [&](const program& p) { return train(p, shown).record; });
    r.rounds.push_back({std::move(round.candidates), round.selected, search.rule.overall_score});
  }
  r.best = search.rule.overall_score > r.start.record.score ? search.best : r.start;
  r.start_again = train(r.start.program, fresh), r.best_again = train(r.best.program, fresh);
  r.better = ex::bootstrap_paired({r.best_again.score}, {r.start_again.score},
                                  [](std::span<const double> x) { return ex::mean(x); });
  return r;
}

std::string share(double x) { return ex::format_number(x, 2); }
std::string with_interval(const ex::interval& i) {
  return share(i.point) + " [" + share(i.low) + ", " + share(i.high) + "]";
}

ex::table rounds_table(const world_result& r) {
  ex::table t{{"round", "ran", "best of the round", "best so far"}, {}};
  for (std::size_t k = 0; k < r.rounds.size(); ++k)
    t.rows.push_back({std::to_string(k + 1), ex::format_number(100 * r.rounds[k].selected.execute_rate, 0) + " %",
                      share(r.rounds[k].selected.best_score), share(r.rounds[k].overall)});
  return t;
}

/// The task's course under fresh seeds: the mean, and the band that holds the middle of the seeds.
ex::series course(const std::string& name, const trained_runs& runs, index_t episodes) {
  ex::series line{.name = name, .x = {}, .y = {}};
  const std::size_t count = runs.score.size(), epochs = runs.success.size() / count;
  for (std::size_t t = 0; t < epochs; ++t) {
    std::vector<double> at;
    for (std::size_t k = 0; k < count; ++k) at.push_back(runs.success[k * epochs + t]);
    line.x.push_back(double(t + 1) * double(episodes)), line.y.push_back(ex::mean(at));
    line.low.push_back(ex::quantile(at, 0.25)), line.high.push_back(ex::quantile(at, 0.75));
  }
  return line;
}

ex::line_plot components_plot(const std::string& title, const guerdon::trained_program<program>& t, const world& w,
                              index_t episodes) {
  ex::line_plot plot{.title = title, .x_label = "episode", .y_label = "mean per step", .lines = {}};
  const std::size_t rows = t.program.components.size(), epochs = t.record.trace.size() / (rows + 1);
  for (std::size_t c = 0; c < rows; ++c) {
    ex::series line{.name = text_of(t.program.components[c], w), .x = {}, .y = {}};
    for (std::size_t k = 0; k < epochs; ++k)
      line.x.push_back(double(k + 1) * double(episodes)), line.y.push_back(t.record.trace[c * epochs + k]);
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

}  // namespace

index_t trainings_of(const study_options& o) {
  return index_t(all_worlds().size()) * (o.rounds * o.candidates + 3);
}

std::vector<world_result> run_study(const study_options& o, ex::progress& bar, const std::atomic<bool>& interrupted) {
  std::vector<world_result> all;
  try {
    for (const world& w : all_worlds()) all.push_back(search(w, o, bar, interrupted));
  } catch (const stopped&) {
  }
  return all;
}

std::string story(const world_result& r) {
  const world& w = r.where;
  std::string text = "== " + w.name + ": " + w.task + "\n\nWritten by hand, score " + share(r.start.record.score) +
                     "\n" + text_of(r.start.program, w) + "\n" + reflection(r.start, w);
  for (std::size_t t = 0; t < r.rounds.size(); ++t) {
    const auto& [candidates, selected, overall] = r.rounds[t];
    text += "\nRound " + std::to_string(t + 1) + ": " + ex::format_number(100 * selected.execute_rate, 0) +
            " % of the programs ran";
    if (selected.best_index < 0) {
      text += "\n";
      continue;
    }
    const auto& best = candidates[std::size_t(selected.best_index)];
    text += ", best score " + share(selected.best_score) + ", so far " + share(overall) + "\n" +
            text_of(best.program, w) + "\n" + reflection(best, w);
  }
  return text;
}

ex::table final_table(const std::vector<world_result>& all) {
  ex::table t{{"world", "written by hand", "best of the search", "better by"}, {}};
  const auto cell = [](const trained_runs& r) {
    return share(r.record.score) + " (" + share(ex::standard_deviation(r.score)) + ")";
  };
  for (const world_result& r : all)
    t.rows.push_back({r.where.name, cell(r.start_again), cell(r.best_again), with_interval(r.better)});
  return t;
}

ex::page report(const std::vector<world_result>& all, const study_options& o) {
  ex::page p("A search among reward programs",
             std::to_string(o.rounds) + " rounds of " + std::to_string(o.candidates) + " programs, seed " +
                 std::to_string(o.seed));
  p.paragraph(
      "A generator proposes programs of Text2Reward's vocabulary, a small agent is trained with each, and the best of "
      "a round, with what its training showed, is what the next round starts from. The score is the share of starts "
      "from which the task is done, at the best of " +
      std::to_string(o.training.epochs) + " evaluations of a run, averaged over " + std::to_string(o.runs) + " runs.");
  p.section("Written by hand, and found");
  p.paragraph("Both programs trained again with " + std::to_string(o.evaluations) +
              " seeds that the search has not seen: mean score (standard deviation over seeds), and the difference "
              "with its 95 % bootstrap interval over pairs of one seed.");
  p.add(final_table(all));
  for (const world_result& r : all)
    p.add(ex::line_plot{.title = "The task under fresh seeds: " + r.where.name,
                        .x_label = "episode",
                        .y_label = "share of starts from which it is done",
                        .lines = {course("written by hand", r.start_again, o.training.episodes),
                                  course("best of the search", r.best_again, o.training.episodes)},
                        .y_low = 0,
                        .y_high = 1});
  for (const world_result& r : all) {
    p.section(r.where.name);
    p.paragraph("The task: " + r.where.task + ".");
    p.code(text_of(r.start.program, r.where), "Written by hand");
    p.code(text_of(r.best.program, r.where), "Best of the search");
    p.add(components_plot("Components, written by hand", r.start, r.where, o.training.episodes));
    p.add(components_plot("Components, best of the search", r.best, r.where, o.training.episodes));
    p.add(rounds_table(r));
    ex::line_plot scores{.title = "Scores by round: " + r.where.name, .x_label = "round", .y_label = "score",
                         .lines = {{.name = "best of the round", .x = {}, .y = {}},
                                   {.name = "median of those that ran", .x = {}, .y = {}}},
                         .y_low = 0, .y_high = 1};
    for (std::size_t t = 0; t < r.rounds.size(); ++t) {
      std::vector<double> ran;
      for (const auto& c : r.rounds[t].candidates)
        if (c.record.failure.empty()) ran.push_back(c.record.score);
      for (ex::series& line : scores.lines) line.x.push_back(double(t + 1));
      scores.lines[0].y.push_back(ran.empty() ? ex::not_a_number : *std::max_element(ran.begin(), ran.end()));
      scores.lines[1].y.push_back(ex::median(ran));
    }
    p.add(scores);
    p.code(story(r), "What the proposer was shown");
  }
  return p;
}

std::string csv(const std::vector<world_result>& all) {
  std::string text = "world,round,candidate,ran,score,program,failure\n";
  const auto quoted = [](const std::string& s) {
    std::string q = "\"";
    for (const char c : s) {
      if (c == '\n' || (c == ' ' && q.back() == ' ')) continue;
      q += c == '"' ? "\"\"" : std::string(1, c);
    }
    return q + '"';
  };
  for (const world_result& r : all)
    for (std::size_t t = 0; t < r.rounds.size(); ++t)
      for (std::size_t k = 0; k < r.rounds[t].candidates.size(); ++k) {
        const auto& [program, record] = r.rounds[t].candidates[k];
        const bool ran = record.failure.empty();
        text += r.where.name + ',' + std::to_string(t + 1) + ',' + std::to_string(k) + (ran ? ",1," : ",0,") +
                (ran ? ex::format_number(record.score, 6) : "") + ',' + quoted(text_of(program, r.where)) + ',' +
                quoted(record.failure) + '\n';
      }
  return text;
}

}  // namespace eureka
