#pragma once
// What is kept of a stream of scored batches, in memory that does not grow with it, and how it is shown.

#include <algorithm>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "batch.hpp"
#include "recipes.hpp"
#include "report.hpp"
#include "statistics.hpp"

namespace guerdon::examples {

/// Two or more streaming histograms on bins of one width, at most `bins` of them, without the empty ends.
inline std::vector<histogram_series> shown_together(
    const std::vector<std::pair<std::string, const histogram*>>& all, std::size_t bins = 40) {
  double width = 0, low = 0, high = 0;
  bool any = false;
  for (const auto& [name, h] : all) {
    for (std::size_t b = 0; b < h->size(); ++b) {
      if (h->count(b) == 0) continue;
      low = any ? std::min(low, h->edge(b)) : h->edge(b);
      high = any ? std::max(high, h->edge(b) + h->width()) : h->edge(b) + h->width();
      any = true;
    }
    width = std::max(width, h->width());
  }
  if (!any) return {};
  // Doubling keeps the edges of the finer bins among those of the coarser ones.
  while (high - low > width * static_cast<double>(bins)) width *= 2;
  low = std::floor(low / width) * width;
  const auto shown = static_cast<std::size_t>(std::ceil((high - low) / width));
  std::vector<histogram_series> result;
  for (const auto& [name, h] : all) {
    histogram_series line{name, std::vector<double>(shown + 1), std::vector<double>(shown)};
    for (std::size_t e = 0; e <= shown; ++e) line.edge[e] = low + width * static_cast<double>(e);
    for (std::size_t b = 0; b < h->size(); ++b)
      if (h->count(b) > 0) {
        const auto bin = static_cast<std::size_t>((h->edge(b) - low) / width);
        line.count[std::min(bin, shown - 1)] += static_cast<double>(h->count(b));
      }
    result.push_back(std::move(line));
  }
  return result;
}

class summary {
 public:
  summary(const std::vector<recipe>& recipes, const reward_rules& rules)
      : correlation_(recipes.size() * recipes.size()) {
    for (const recipe& r : recipes) recipes_.push_back({r.name});
    for (const auto& part : rules.parts()) rules_.push_back({part.name, part.weight, {}});
  }

  /// A difference between the rule's verdict and the data's own label.
  struct difference {
    std::string where, source, extracted, answer;
    bool label;
  };

  void add(const batch& b, const std::vector<std::string>& answers, const std::vector<std::string>& places,
           const std::vector<flag_t>& signal, const std::vector<scores>& scored) {
    for (std::size_t g = 0; g < b.groups(); ++g) {
      const auto first = static_cast<std::size_t>(b.offsets[g]),
                 last = static_cast<std::size_t>(b.offsets[g + 1]);
      ++groups_;
      if (first == last) {
        ++empty_groups_;
        continue;
      }
      std::int64_t right = 0;
      for (std::size_t i = first; i < last; ++i) {
        const response& r = b.prompts[g].responses[i - first];
        right += b.correct[i] != 0;
        found_ += b.found[i] != 0;
        (b.correct[i] ? length_right_ : length_wrong_).add(static_cast<double>(b.length[i]));
        add_source(r.source, b.correct[i] != 0);
        if (!r.is_correct) continue;
        ++labelled_;
        if (*r.is_correct == (b.correct[i] != 0)) continue;
        ++differing_;
        if (differences_.size() < kept_differences)
          differences_.push_back({places[g] + ", responses[" + std::to_string(i - first) + "]", r.source,
                                  b.extracted[i].value_or(""), answers[g], *r.is_correct});
      }
      const auto size = static_cast<std::int64_t>(last - first);
      responses_ += size;
      right_ += right;
      none_right_ += right == 0;
      all_right_ += right == size;
      no_signal_ += signal[g] == 0;
      ++solved_[static_cast<std::size_t>((20 * right + size / 2) / size)];
      for (std::size_t k = 0; k < recipes_.size(); ++k) {
        const auto begin = scored[k].advantage.begin();
        recipes_[k].silent_groups +=
            std::all_of(begin + b.offsets[g], begin + b.offsets[g + 1], [](double a) { return a == 0; });
      }
    }
    for (std::size_t i = 0; i < b.by_rule.size(); ++i) rules_[i % rules_.size()].reward.add(b.by_rule[i]);
    for (std::size_t k = 0; k < recipes_.size(); ++k) {
      for (std::size_t i = 0; i < b.reward.size(); ++i) {
        recipes_[k].add(scored[k].shaped_reward[i], scored[k].advantage[i]);
        for (std::size_t other = k + 1; other < recipes_.size(); ++other)
          if (std::isfinite(scored[k].advantage[i]) && std::isfinite(scored[other].advantage[i]))
            correlation_[k * recipes_.size() + other].add(scored[k].advantage[i], scored[other].advantage[i]);
      }
    }
  }

  std::int64_t groups() const { return groups_; }
  std::int64_t responses() const { return responses_; }
  std::int64_t differing() const { return differing_; }

  void print(std::ostream& out, std::int64_t bad_lines) const {
    out << overview(bad_lines) << '\n' << by_source() << '\n';
    if (rules_.size() > 1) out << by_rule() << '\n';
    out << by_recipe() << '\n';
    if (recipes_.size() > 1) out << correlations() << '\n';
    if (differing_ > 0) out << differing(10) << '\n';
  }

  page report(const std::string& command, const std::string& unit, std::int64_t bad_lines) const {
    page p("Scored rollouts", std::to_string(responses_) + " responses to " + std::to_string(groups_) +
                                  " prompts, by " + named_rules() + " and " +
                                  std::to_string(recipes_.size()) +
                                  (recipes_.size() == 1 ? " recipe" : " recipes"));
    p.section("Verdicts");
    p.add(overview(bad_lines));
    if (labelled_ > 0) {
      p.subsection("Against the data's own labels");
      p.paragraph(differing_ == 0
                      ? "Every verdict equals the label: " + std::to_string(labelled_) + " responses."
                      : std::to_string(differing_) + " of " + std::to_string(labelled_) +
                            " verdicts differ from the label.");
      if (differing_ > 0) p.add(differing(differences_.size()));
    }
    if (rules_.size() > 1) {
      p.subsection("By rule");
      p.add(by_rule());
    }
    p.subsection("By source");
    p.add(by_source());
    forest_plot forest{"Share of right answers by source, with 95 % Wilson intervals",
                       "share of right answers",
                       {},
                       not_a_number};
    for (const auto& [name, s] : sources_)
      forest.rows.push_back({shown(name), wilson_interval(s.right, s.responses)});
    p.add(forest);
    histogram_plot solved{"How many of a group's answers are right", "share of the group", "groups", {}};
    histogram_series shares{"groups", {}, {}};
    for (std::size_t t = 0; t < solved_.size(); ++t) {
      shares.edge.push_back(0.05 * static_cast<double>(t) - 0.025);
      shares.count.push_back(static_cast<double>(solved_[t]));
    }
    shares.edge.push_back(1.025);
    solved.lines.push_back(shares);
    p.add(solved);

    p.section("Lengths");
    p.add(histogram_plot{"Length of right and of wrong responses", "length / " + unit, "responses",
                         shown_together({{"right", &length_right_}, {"wrong", &length_wrong_}})});

    p.section("Recipes");
    p.add(by_recipe());
    for (const per_recipe& r : recipes_)
      p.add(histogram_plot{"Advantages: " + r.name, "advantage", "responses",
                           shown_together({{r.name, &r.advantage_histogram}})});
    p.subsection("Shaped rewards");
    for (const per_recipe& r : recipes_)
      p.add(histogram_plot{"Shaped rewards: " + r.name, "shaped reward", "responses",
                           shown_together({{r.name, &r.shaped_histogram}})});
    if (recipes_.size() > 1) {
      p.section("How the recipes agree");
      p.paragraph("Pearson's correlation of the advantages two recipes give to the same responses.");
      heat_map map{"Correlation of advantages", {}, {}, {}};
      for (std::size_t i = 0; i < recipes_.size(); ++i) {
        map.rows.push_back(recipes_[i].name);
        map.columns.push_back(recipes_[i].name);
        map.value.emplace_back();
        for (std::size_t j = 0; j < recipes_.size(); ++j) map.value.back().push_back(correlation(i, j));
      }
      p.add(map);
    }
    p.section("Command");
    p.code(command);
    return p;
  }

 private:
  static constexpr std::size_t kept_differences = 1000, kept_sources = 64;

  struct per_recipe {
    std::string name;
    running_moments shaped = {}, advantage = {};
    // Fine bins, because most rewards and advantages take few values and their median should show as one of
    // them.
    histogram shaped_histogram = histogram(1 << 15, 0x1p-20),
              advantage_histogram = histogram(1 << 15, 0x1p-20);
    std::int64_t silent_groups = 0;

    void add(double s, double a) {
      shaped_histogram.add(s);
      advantage_histogram.add(a);
      if (std::isfinite(s)) shaped.add(s);
      if (std::isfinite(a)) advantage.add(a);
    }
  };
  struct per_rule {
    std::string name;
    double weight;
    running_moments reward;
  };
  struct per_source {
    std::int64_t responses = 0, right = 0;
  };

  void add_source(const std::string& name, bool right) {
    // A source per response would be no summary, and no bound on memory.
    const bool known = sources_.contains(name) || sources_.size() < kept_sources;
    per_source& s = known ? sources_[name] : sources_["(all others)"];
    ++s.responses;
    s.right += right;
  }
  static std::string shown(const std::string& name) { return name.empty() ? "(not named)" : name; }

  static std::string share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? "-"
                      : format_number(100 * static_cast<double>(part) / static_cast<double>(whole), 1) + " %";
  }

  table overview(std::int64_t bad_lines) const {
    const auto line = [](const std::string& what, std::int64_t n, const std::string& of) {
      return std::vector<std::string>{what, std::to_string(n), of};
    };
    const std::int64_t filled = groups_ - empty_groups_;
    table t{{"", "count", "share"}, {}, "Verdicts"};
    t.rows = {line("groups (prompts)", groups_, ""),
              line("  no answer right", none_right_, share(none_right_, filled)),
              line("  all answers right", all_right_, share(all_right_, filled)),
              line("  no signal: all rewards equal", no_signal_, share(no_signal_, filled)),
              line("responses", responses_, ""),
              line("  right", right_, share(right_, responses_)),
              line("  without a final answer", responses_ - found_, share(responses_ - found_, responses_))};
    if (empty_groups_ > 0)
      t.rows.push_back(line("groups without responses", empty_groups_, share(empty_groups_, groups_)));
    if (labelled_ > 0)
      t.rows.push_back(line("verdicts that differ from the label", differing_, share(differing_, labelled_)));
    t.rows.push_back(line("malformed lines, left out", bad_lines, ""));
    return t;
  }

  table by_source() const {
    table t{{"source", "responses", "right", "share"}, {}, "Sources"};
    for (const auto& [name, s] : sources_)
      t.rows.push_back(
          {shown(name), std::to_string(s.responses), std::to_string(s.right), share(s.right, s.responses)});
    return t;
  }

  table by_rule() const {
    table t{{"rule", "weight", "reward", "sd", "lowest", "highest"}, {}, "Rules: what each pays, without its weight"};
    for (const per_rule& r : rules_)
      t.rows.push_back({r.name, format_number(r.weight), format_number(r.reward.mean()),
                        format_number(r.reward.standard_deviation()), format_number(r.reward.low()),
                        format_number(r.reward.high())});
    return t;
  }
  std::string named_rules() const {
    std::string names;
    for (const per_rule& r : rules_) names += (names.empty() ? "" : ", ") + r.name;
    return (rules_.size() == 1 ? "the rule " : "the rules ") + names;
  }

  table by_recipe() const {
    table t{
        {"recipe", "shaped reward", "sd", "advantage", "sd", "lowest", "median", "highest", "silent groups"},
        {},
        "Recipes: mean and standard deviation of shaped rewards and advantages; groups whose advantages are "
        "all 0"};
    for (const per_recipe& r : recipes_)
      t.rows.push_back({r.name, format_number(r.shaped.mean()), format_number(r.shaped.standard_deviation()),
                        format_number(r.advantage.mean()), format_number(r.advantage.standard_deviation()),
                        format_number(r.advantage.low()), format_number(r.advantage_histogram.quantile(0.5)),
                        format_number(r.advantage.high()), share(r.silent_groups, groups_ - empty_groups_)});
    return t;
  }

  double correlation(std::size_t i, std::size_t j) const {
    if (i == j) return recipes_[i].advantage.low() < recipes_[i].advantage.high() ? 1 : not_a_number;
    return correlation_[std::min(i, j) * recipes_.size() + std::max(i, j)].value();
  }

  /// Columns by number, so that many recipes still fit a terminal.
  table correlations() const {
    table t{{""}, {}, "Correlation of advantages"};
    for (std::size_t i = 0; i < recipes_.size(); ++i) {
      t.header.push_back(std::to_string(i + 1));
      t.rows.push_back({std::to_string(i + 1) + " " + recipes_[i].name});
      for (std::size_t j = 0; j < recipes_.size(); ++j)
        t.rows.back().push_back(format_number(correlation(i, j), 2));
    }
    return t;
  }

  table differing(std::size_t most) const {
    table t{{"place", "source", "found", "reference", "label"}, {}, "Verdicts that differ from the label"};
    for (const difference& d : differences_) {
      if (t.rows.size() == most) break;
      t.rows.push_back({d.where, shown(d.source), d.extracted, d.answer, d.label ? "right" : "wrong"});
    }
    if (differing_ > static_cast<std::int64_t>(t.rows.size()))
      t.caption += ", the first " + std::to_string(t.rows.size()) + " of " + std::to_string(differing_) +
                   "; all are marked label_differs in the output";
    return t;
  }

  std::int64_t groups_ = 0, empty_groups_ = 0, responses_ = 0, right_ = 0, found_ = 0, labelled_ = 0,
               differing_ = 0;
  std::int64_t none_right_ = 0, all_right_ = 0, no_signal_ = 0;
  std::vector<std::int64_t> solved_ = std::vector<std::int64_t>(21);
  histogram length_right_ = histogram(1024, 0.5), length_wrong_ = histogram(1024, 0.5);
  std::map<std::string, per_source> sources_;
  std::vector<difference> differences_;
  std::vector<per_recipe> recipes_;
  std::vector<per_rule> rules_;
  std::vector<running_correlation> correlation_;
};

}  // namespace guerdon::examples
