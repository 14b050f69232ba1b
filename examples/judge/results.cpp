#include "results.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace judging {

namespace {

using ex::format_number;

std::string with_interval(const ex::interval& i, int digits = 3) {
  std::string text = format_number(i.point, digits);
  if (!std::isnan(i.low)) text += " (" + format_number(i.low, digits) + " to " + format_number(i.high, digits) + ")";
  return text;
}

/// The different values of a member, in the order they came.
std::vector<std::string> different(const std::vector<const measure*>& all, std::string measure::*of) {
  std::vector<std::string> found;
  for (const measure* m : all)
    if (std::find(found.begin(), found.end(), m->*of) == found.end()) found.push_back(m->*of);
  return found;
}

/// A row for each value of `rows`, a column for each of `columns`.
ex::table grid(const std::vector<const measure*>& all, std::string measure::*rows, std::string measure::*columns,
               const std::string& corner, const std::string& caption, int digits = 3) {
  ex::table t{{corner}, {}, caption};
  const auto across = different(all, columns);
  t.header.insert(t.header.end(), across.begin(), across.end());
  for (const std::string& name : different(all, rows)) {
    t.rows.push_back({name});
    for (const std::string& column : across) {
      std::string cell;
      for (const measure* m : all)
        if (m->*rows == name && m->*columns == column) cell = with_interval(m->value, digits);
      t.rows.back().push_back(cell);
    }
  }
  return t;
}

struct shown_table {
  std::string heading, text;
  ex::table table;
};

std::vector<shown_table> tables(const std::vector<measure>& all) {
  std::vector<shown_table> shown;
  const auto show = [&](const std::string& heading, const std::string& text, ex::table t) {
    if (!t.rows.empty()) shown.push_back({heading, text, std::move(t)});
  };
  const auto some = [&](const std::string& section) { return where(all, section); };
  ex::table data{{"", ""}, {}, "What was read"};
  for (const measure* m : some("data"))
    data.rows.push_back({m->name, format_number(m->value.point, m->value.point == std::trunc(m->value.point) ? 0 : 3)});
  show("Data", "", std::move(data));
  for (const char* how : {"Bradley-Terry", "Elo"})
    show("Who is better",
         "Ratings by each judge, with 95 % intervals over redrawn prompts; rule is the truth. Elo is the median over "
         "shuffled "
         "orders of the redrawn games. A tie is half a win for both, and half a win either way between all candidates "
         "keeps "
         "ratings finite.",
         grid(where(all, "rating", "", "", how), &measure::judge, &measure::subject, "judge",
              std::string(how) + " ratings", 0));
  for (const char* how : {"as it is", "at equal length"})
    show("Who is better", "",
         grid(where(all, "win rate", "", "", how), &measure::judge, &measure::subject, "judge",
              std::string("Win rate against the baseline, ") + how));
  show("How good are the judges",
       "Against the truth: pairs of a right and a wrong answer to the same prompt that are ordered right (a tie is "
       "half), the "
       "same with ties wrong, prompts all of whose pairs are right, Kendall's tau-b and NDCG by prompt.",
       grid(some("accuracy"), &measure::judge, &measure::name, "judge", "Accuracy of judges by their scores"));
  show(
      "How good are the judges",
      "RM-Bench on the first right and the first wrong answer of each prompt, both rewritten in three styles: the last "
      "line alone, as it is, with headings and bullets. Hard sets the plainer right answer against the fancier wrong "
      "one.",
      grid(some("styles"), &measure::judge, &measure::name, "judge", "Accuracy across styles (RM-Bench)"));
  show("How good are the judges", "",
       grid(some("verdicts"), &measure::judge, &measure::name, "judge", "Verdicts of right and wrong (Libra Bench)"));
  show("How good are the judges", "",
       grid(some("subsets"), &measure::subject, &measure::judge, "subset", "Their accuracy by subset"));
  for (const char* orders : {"both orders", "one order"})
    show("How good are the judges", "",
         grid(where(all, "JudgeBench", "", orders), &measure::judge, &measure::name, "judge",
              std::string("Verdicts on pairs seen in ") + orders + " (JudgeBench)"));
  show("How good are the judges", "",
       grid(some("agreement"), &measure::judge, &measure::subject, "judge",
            "Agreement: Kendall's tau-b, mean over prompts", 2));
  show("Can their confidence be trusted",
       "Temperature and Platt's line are fitted on the prompts of even number and measured on the others. Scores that "
       "are no "
       "shares go through a sigmoid.",
       grid(where(all, "calibration", "", "", "ece"), &measure::judge, &measure::subject, "judge",
            "Expected calibration error"));
  show("What choosing by them gives",
       "Share of right answers where the best of n by score is taken. The rule's line is what a perfect judge gives.",
       grid(where(all, "best of n", "", "", "truth"), &measure::judge, &measure::subject, "judge", "Right, best of n"));
  show("Training",
       "A head is scored on prompts that it was not trained on; share of pairs whose right answer scores higher.",
       grid(where(all, "training", "", "", "held out"), &measure::judge, &measure::subject, "head",
            "Held-out accuracy on"));
  show("Training", "",
       grid(some("gain"), &measure::judge, &measure::subject, "head", "What hard pairs gain over random ones, on"));
  std::vector<const measure*> fired, quiet;
  for (const measure* m : some("alarm")) (m->name == "fires" ? fired : quiet).push_back(m);
  ex::table alarms{{"alarm", "judge", "value"}, {}, "Alarms of reward hacking that fire"};
  for (const measure* m : fired) alarms.rows.push_back({m->subject, m->judge, with_interval(m->value)});
  alarms.caption += " (" + std::to_string(fired.size()) + " of " + std::to_string(fired.size() + quiet.size()) + ")";
  if (!fired.empty() || !quiet.empty()) {
    if (alarms.rows.empty()) alarms.rows.push_back({"none", "", ""});
    show("Alarms", "", std::move(alarms));
  }
  return shown;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string csv_cell(double x) {
  if (std::isnan(x)) return "";
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", x);
  return text;
}

void add_calibration(ex::page& p, const std::vector<measure>& all) {
  for (const std::string& judge : different(where(all, "curve"), &measure::judge)) {
    ex::line_plot plot{judge + ": right answers by confidence", "confidence", "share that is right", {}, 0, 1};
    plot.lines.push_back({"perfect", {0, 1}, {0, 1}, {}, {}, true});
    int colour = 0;
    for (const std::string& how : different(where(all, "curve", judge), &measure::subject)) {
      ex::series line{how, {}, {}, {}, {}, false, colour++};
      for (const measure* m : where(all, "curve", judge, how)) {
        line.x.push_back(std::strtod(m->name.c_str(), nullptr));
        line.y.push_back(m->value.point), line.low.push_back(m->value.low), line.high.push_back(m->value.high);
      }
      plot.lines.push_back(std::move(line));
    }
    p.add(plot);
  }
}

void add_choice(ex::page& p, const std::vector<measure>& all) {
  ex::line_plot plot{"Right answers, best of n by score", "n", "share that is right", {}};
  for (const std::string& judge : different(where(all, "best of n"), &measure::judge)) {
    ex::series line{judge, {}, {}};
    for (const measure* m : where(all, "best of n", judge, "", "truth")) {
      line.x.push_back(std::strtod(m->subject.c_str(), nullptr));
      line.y.push_back(m->value.point), line.low.push_back(m->value.low), line.high.push_back(m->value.high);
    }
    plot.lines.push_back(std::move(line));
  }
  if (!plot.lines.empty()) p.add(plot);
}

void add_maps(ex::page& p, const std::vector<measure>& all) {
  const auto map = [&](const std::string& title, const std::vector<const measure*>& some, std::string measure::*rows,
                       std::string measure::*columns, double low) {
    ex::heat_map heat{title, different(some, rows), different(some, rows), {}, low, 1};
    if (heat.rows.size() < 2) return;
    for (const std::string& row : heat.rows) {
      heat.value.emplace_back();
      for (const std::string& column : heat.columns) {
        double value = ex::not_a_number;
        for (const measure* m : some)
          if (m->*rows == row && m->*columns == column) value = m->value.point;
        heat.value.back().push_back(value);
      }
    }
    p.add(heat);
  };
  for (const std::string& judge : different(where(all, "beats"), &measure::judge))
    map("The row beats the column, by " + judge, where(all, "beats", judge), &measure::subject, &measure::name, 0);
  map("Agreement of judges", where(all, "agreement"), &measure::judge, &measure::subject, -1);
}

void add_ratings(ex::page& p, const std::vector<measure>& all) {
  for (const std::string& judge : different(where(all, "rating"), &measure::judge)) {
    ex::forest_plot forest{"Ratings by " + judge, "rating", {}, 1000, 0};
    for (const char* how : {"Bradley-Terry", "Elo"})
      for (const measure* m : where(all, "rating", judge, "", how))
        forest.rows.push_back({m->subject + ", " + how, m->value});
    p.add(forest);
  }
}

void add_training(ex::page& p, const findings& found) {
  ex::line_plot plot{"Ranking loss, held out", "steps", "loss of a pair", {}}, seen = plot;
  seen.title = "Ranking loss, trained on";
  for (const loss_curve& c : found.curves) {
    ex::series line{c.name, {}, c.held_out};
    for (std::size_t s = 0; s < c.held_out.size(); ++s) line.x.push_back(static_cast<double>(s));
    plot.lines.push_back(line);
    line.y = c.trained;
    seen.lines.push_back(std::move(line));
  }
  if (!plot.lines.empty()) p.add(plot), p.add(seen);
  for (const std::string& head : different(where(found.all, "weight"), &measure::judge)) {
    ex::forest_plot forest{
        "What the head learned: " + head, "weight of a standard deviation, mean and range of the folds", {}, 0, 2};
    for (const measure* m : where(found.all, "weight", head)) forest.rows.push_back({m->subject, m->value});
    p.add(forest);
  }
}

}  // namespace

void print(std::ostream& out, const findings& found) {
  for (const shown_table& s : tables(found.all)) out << s.table << '\n';
  if (found.bad_lines > 0) out << "malformed lines, left out: " << found.bad_lines << "\n\n";
}

void write_csv(std::ostream& out, const findings& found) {
  out << "section,judge,subject,name,value,low,high\n";
  for (const measure& m : found.all)
    out << csv_cell(m.section) << ',' << csv_cell(m.judge) << ',' << csv_cell(m.subject) << ',' << csv_cell(m.name)
        << ',' << csv_cell(m.value.point) << ',' << csv_cell(m.value.low) << ',' << csv_cell(m.value.high) << '\n';
}

ex::page report(const findings& found, const std::string& command) {
  ex::page p("Judges", "Who is better, how good are those who say so, and what would a policy do to them");
  std::string section;
  const auto finish = [&] {
    if (section == "Who is better") add_ratings(p, found.all);
    if (section == "How good are the judges") add_maps(p, found.all);
    if (section == "Can their confidence be trusted") add_calibration(p, found.all);
    if (section == "What choosing by them gives") add_choice(p, found.all);
    if (section == "Training") add_training(p, found);
  };
  for (const shown_table& s : tables(found.all)) {
    if (s.heading != section) {
      finish();
      section = s.heading;
      p.section(section);
    }
    if (!s.text.empty()) p.paragraph(s.text);
    p.add(s.table);
  }
  finish();
  if (const auto all = where(found.all, "alarm"); !all.empty()) {
    ex::table t{{"alarm", "judge", "value", ""}, {}, "All alarms"};
    for (const measure* m : all) t.rows.push_back({m->subject, m->judge, with_interval(m->value), m->name});
    p.add(t);
  }
  if (found.bad_lines > 0) p.paragraph(std::to_string(found.bad_lines) + " malformed lines were left out.");
  p.section("Command");
  p.code(command);
  return p;
}

}  // namespace judging
