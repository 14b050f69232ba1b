#include "results.hpp"

#include <mutex>
#include <sstream>
#include <thread>

#include "atomic_file.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "statistics.hpp"

namespace reward_design {

namespace ex = guerdon::examples;

namespace {

constexpr const char* distance_names[] = {"STARC", "EPIC", "DARD"};

ex::interval episodes_of(const results& r, const world_results& w, int d) {
  numbers episodes;
  for (const run_result& run : w.runs[static_cast<std::size_t>(d)]) episodes.push_back(run.episodes_to_optimum);
  return ex::bootstrap(episodes, [](const auto& x) { return ex::median(x); },
                       {.seed = static_cast<std::uint64_t>(r.seeds)});
}
int reached(const results& r, const world_results& w, int d) {
  int count = 0;
  for (const run_result& run : w.runs[static_cast<std::size_t>(d)]) count += run.episodes_to_optimum < r.o.episodes;
  return count;
}
std::string text(double x, int digits = 0) { return ex::format_number(x, digits); }

ex::table table_of(const results& r, const world_results& w) {
  ex::table t{{"reward", "episodes to optimum", "95 %", "reached", "regret of its optimum", "worst regret", "STARC",
               "EPIC", "DARD"}, {}, w.w.title + ": " + w.w.task};
  for (int d = 0; d < designs; ++d) {
    const auto k = static_cast<std::size_t>(d);
    const ex::interval e = episodes_of(r, w, d);
    t.rows.push_back({name_of(static_cast<design>(d)), text(e.point), text(e.low) + " to " + text(e.high),
                      std::to_string(reached(r, w, d)) + "/" + std::to_string(r.seeds),
                      text(w.regret[k].of_optimum, 3), text(w.regret[k].worst, 3), text(w.distance[0][0][k], 3),
                      text(w.distance[1][0][k], 3), text(w.distance[2][0][k], 3)});
  }
  return t;
}

struct machine_drawing {
  std::string title;
  task_machine machine;
};
ex::figure draw(const machine_drawing& m) {
  ex::figure f{m.title, drawing_of(m.machine), {{"from", "to", "where", "reward"}, {}}};
  for (std::size_t k = 0; k < m.machine.from.size(); ++k)
    f.data.rows.push_back({std::to_string(m.machine.from[k]), std::to_string(m.machine.to[k]), m.machine.formula[k],
                           text(m.machine.reward[k], 2)});
  f.wide = true;
  return f;
}

ex::line_plot curves_of(const results& r, const world_results& w) {
  ex::line_plot plot{"Regret of the greedy policy", "episode", "share of the optimal return that is lost", {}, 0, 1};
  for (int d = 0; d < designs; ++d) {
    ex::series s{name_of(static_cast<design>(d)), {}, {}};
    for (int e = 0; e < r.o.episodes; e += std::max(1, r.o.episodes / 100)) {
      double sum = 0;
      for (const run_result& run : w.runs[static_cast<std::size_t>(d)]) sum += run.regret[static_cast<std::size_t>(e)];
      s.x.push_back(e + 1), s.y.push_back(sum / r.seeds);
    }
    plot.lines.push_back(std::move(s));
  }
  return plot;
}

void write_report(const results& r, const std::filesystem::path& path) {
  ex::page page("Rewards by design",
                std::to_string(designs) + " rewards, " + std::to_string(r.seeds) + " seeds, " +
                    std::to_string(r.o.episodes) + " episodes of one learner in each of " +
                    std::to_string(r.worlds.size()) + " worlds");
  page.paragraph(
      "A task is a temporal formula; its automaton is a reward machine, and machine and environment make one "
      "process, in which optima, regrets and distances are exact. The learner is tabular Q-learning with an "
      "epsilon-greedy policy. Its greedy policy is judged after every episode by the task's own reward: it "
      "has reached the optimum where it loses at most " +
      text(100 * r.o.close_enough) + " % of the return, " + std::to_string(r.o.in_a_row) + " episodes in a row.");
  ex::table legend{{"reward", "what it is"}, {}};
  for (int d = 0; d < designs; ++d)
    legend.rows.push_back({name_of(static_cast<design>(d)), what_is(static_cast<design>(d))});
  page.add(legend);
  for (const world_results& w : r.worlds) {
    page.section(w.w.title);
    std::string map;
    for (const std::string& row : w.w.map) map += row + '\n';
    if (!map.empty())
      page.code(map, "S start, g goal, p plant, c coffee, o office; a move slips to a side in one of ten");
    page.paragraph("Task: " + w.w.task + ". " + std::to_string(w.w.states) + " states of the product, " +
                   std::to_string(w.w.actions) + " actions, gamma " + text(w.w.gamma, 2) + ", at most " +
                   std::to_string(w.w.steps) + " steps an episode; the optimum is worth " + text(w.w.best_return, 4) +
                   ".");
    page.add(machine_drawing{"The machine of the task", w.w.machine});
    page.add(table_of(r, w));
    page.paragraph(
        "Episodes are medians over the seeds with bootstrap intervals; who never reached it counts with all " +
        std::to_string(r.o.episodes) +
        ". The regret of its optimum is what the best policy for this reward "
        "loses by the task's own, the worst regret what a change of policy that this reward approves of can "
        "lose, both as shares of the range of returns. Distances are to the sparse reward. Adaptive and "
        "exploration stand as they were in the end of the first seed.");
    page.add(curves_of(r, w));
    ex::forest_plot forest{"Episodes to the optimum", "episodes", {}, ex::not_a_number, 0};
    for (int d = 0; d < designs; ++d) forest.rows.push_back({name_of(static_cast<design>(d)), episodes_of(r, w, d)});
    page.add(forest);
    for (int k = 0; k < distances; ++k) {
      ex::heat_map heat{std::string(distance_names[k]) + " between the rewards",
                        {},
                        {},
                        w.distance[static_cast<std::size_t>(k)],
                        0,
                        k == 1 ? 1.0 : 2.0};
      for (int d = 0; d < designs; ++d) {
        heat.rows.emplace_back(name_of(static_cast<design>(d)));
        heat.columns.emplace_back(name_of(static_cast<design>(d)));
      }
      page.add(heat);
    }
  }
  page.write(path);
}

}  // namespace

std::string drawing_of(const task_machine& m) {
  constexpr int step = 230, top = 120, radius = 26;
  const auto x = [&](index_t u) { return 70 + step * static_cast<int>(u < 0 ? m.states : u); };
  const int width = x(-1) + 110;
  std::ostringstream svg;
  svg << "<svg viewBox=\"0 0 " << width
      << " 300\" role=\"img\" font-size=\"13\"><title>Reward machine</title><defs><marker "
         "id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
         "orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 z\" fill=\"currentColor\"/></marker></defs>\n";
  std::vector<int> arcs(static_cast<std::size_t>((m.states + 1) * (m.states + 1)));
  for (std::size_t k = 0; k < m.from.size(); ++k) {
    const int a = x(m.from[k]), b = x(m.to[k]);
    const std::string what = ex::detail::escape_html(m.formula[k]) +
                             (m.reward[k] != 0 ? " : " + ex::format_number(m.reward[k], 0) : std::string());
    int label_x = a, label_y = top - radius - 44;
    if (a == b) {
      svg << "<path d=\"M" << a - 12 << ',' << top - radius + 3 << " C" << a - 40 << ',' << top - radius - 46 << ' '
          << a + 40 << ',' << top - radius - 46 << ' ' << a + 12 << ',' << top - radius + 3 << '"';
    } else {
      // Several arrows between two states, and those past others, hang lower and lower.
      const auto pair = static_cast<std::size_t>(m.from[k] * (m.states + 1) + (m.to[k] < 0 ? m.states : m.to[k]));
      const int hang = 46 * arcs[pair]++ + (std::abs(b - a) > step ? 90 : 0);
      label_x = (a + b) / 2, label_y = top + hang / 2 + (hang > 0 ? 34 : -8);
      svg << "<path d=\"M" << a + (hang ? 14 : radius) << ',' << top + (hang ? 22 : 0) << " Q" << label_x << ','
          << top + hang + (hang ? 22 : 0) << ' ' << b - (hang ? 14 : radius) << ',' << top + (hang ? 22 : 0) << '"';
    }
    svg << " fill=\"none\" stroke=\"currentColor\" marker-end=\"url(#arrow)\"/>\n<text x=\"" << label_x << "\" y=\""
        << label_y
        << "\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"var(--page, #ffffff)\" stroke-width=\"4\" "
           "paint-order=\"stroke\">"
        << what << "</text>\n";
  }
  for (index_t u = 0; u <= m.states; ++u) {
    const bool end = u == m.states;
    svg << "<circle cx=\"" << x(u) << "\" cy=\"" << top << "\" r=\"" << radius
        << "\" fill=\"var(--page, #ffffff)\" stroke=\"currentColor\" stroke-width=\"" << (end ? 4 : 1.5)
        << "\"/><text x=\"" << x(u) << "\" y=\"" << top + 5 << "\" text-anchor=\"middle\" fill=\"currentColor\">"
        << (end ? "end" : "u" + std::to_string(u)) << "</text>\n";
  }
  svg << "</svg>\n";
  return svg.str();
}

results run_all(std::vector<world> worlds, int seeds, const settings& o, int threads, const std::atomic<bool>& stop,
                ex::progress* progress) {
  results r{o, seeds, {}};
  for (world& w : worlds) {
    world_results one{std::move(w), std::vector<numbers>(designs), std::vector<std::vector<run_result>>(designs),
                      std::vector<regrets>(designs), {}};
    for (auto& runs : one.runs) runs.resize(static_cast<std::size_t>(seeds));
    one.distance.assign(distances, std::vector<numbers>(designs, numbers(designs)));
    r.worlds.push_back(std::move(one));
  }
  // Calls job(0) .. job(n - 1), any order, any thread; what one throws is thrown in the end.
  const auto share = [&](std::size_t n, const auto& job) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr thrown;
    std::mutex mutex;
    const auto work = [&] {
      for (std::size_t k; (k = next.fetch_add(1)) < n && !stop;) {
        try {
          job(k);
        } catch (...) {
          const std::lock_guard lock(mutex);
          if (!thrown) thrown = std::current_exception();
          next = n;
        }
      }
    };
    std::vector<std::thread> crew;
    for (int t = 1; t < threads; ++t) crew.emplace_back(work);
    work();
    for (std::thread& t : crew) t.join();
    if (thrown) std::rethrow_exception(thrown);
  };
  const auto note = [&](const world_results& w, std::size_t d) {
    if (progress) progress->advance(1, w.w.name + ", " + name_of(static_cast<design>(d)));
  };
  const std::size_t all = r.worlds.size() * designs, n = static_cast<std::size_t>(seeds);
  share(all, [&](std::size_t k) {  // the rewards
    world_results& w = r.worlds[k / designs];
    w.reward[k % designs] = first_reward(w.w, static_cast<design>(k % designs));
  });
  share(all * n, [&](std::size_t k) {
    world_results& w = r.worlds[k / n / designs];
    const std::size_t d = k / n % designs;
    w.runs[d][k % n] = learn(w.w, static_cast<design>(d), w.reward[d], k % n + 1, o);
    if (k % n > 0) w.runs[d][k % n].last_reward = {};
    note(w, d);
  });
  share(all, [&](std::size_t k) {  // what was learned from in the end, judged
    world_results& w = r.worlds[k / designs];
    const std::size_t d = k % designs;
    const numbers& mine = w.runs[d][0].last_reward;
    w.regret[d] = regrets_of(w.w, mine);
    for (int kind = 0; kind < distances; ++kind)
      for (std::size_t e = 0; e < designs; ++e)
        w.distance[static_cast<std::size_t>(kind)][d][e] =
            distance_between(w.w, static_cast<distance>(kind), mine, w.runs[e][0].last_reward);
    note(w, d);
  });
  if (stop) r.worlds.clear();
  return r;
}

void print(const results& r, std::ostream& out) {
  for (const world_results& w : r.worlds) out << table_of(r, w) << '\n';
}

void prepare_files(const std::filesystem::path& folder) {
  ex::prepare_folder(folder);
  for (const char* name : {"report.html", "episodes.csv", "curves.csv", "designs.csv", "distances.csv"})
    ex::try_file(folder / name);
}

void write_files(const results& r, const std::filesystem::path& folder) {
  std::ostringstream episodes, curves, rewards, far;
  episodes << "world,reward,seed,episodes_to_optimum,last_regret\n";
  curves << "world,reward,seed,episode,regret\n";
  rewards << "world,reward,regret_of_optimum,worst_regret\n";
  far << "world,distance,reward_a,reward_b,value\n";
  for (std::ostringstream* s : {&episodes, &curves, &rewards, &far}) s->precision(17);
  for (const world_results& w : r.worlds)
    for (std::size_t d = 0; d < designs; ++d) {
      const std::string begin = w.w.name + "," + name_of(static_cast<design>(d)) + ",";
      rewards << begin << w.regret[d].of_optimum << ',' << w.regret[d].worst << '\n';
      for (std::size_t seed = 0; seed < w.runs[d].size(); ++seed) {
        const run_result& run = w.runs[d][seed];
        episodes << begin << seed + 1 << ',' << run.episodes_to_optimum << ',' << run.regret.back() << '\n';
        for (std::size_t e = 0; e < run.regret.size(); ++e)
          curves << begin << seed + 1 << ',' << e + 1 << ',' << run.regret[e] << '\n';
      }
      for (int k = 0; k < distances; ++k)
        for (std::size_t e = 0; e < designs; ++e)
          far << w.w.name << ',' << distance_names[k] << ',' << name_of(static_cast<design>(d)) << ','
              << name_of(static_cast<design>(e)) << ',' << w.distance[static_cast<std::size_t>(k)][d][e] << '\n';
    }
  ex::write_atomically(folder / "episodes.csv", episodes.str());
  ex::write_atomically(folder / "curves.csv", curves.str());
  ex::write_atomically(folder / "designs.csv", rewards.str());
  ex::write_atomically(folder / "distances.csv", far.str());
  write_report(r, folder / "report.html");
}

}  // namespace reward_design
