// Real rollouts in, shaped advantages out: reads rollouts as JSON lines, scores them by a rule, shapes the
// rewards, turns them into advantages by every recipe named, and writes JSON lines, a summary and a report.
// See README.md.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "atomic_file.hpp"
#include "batch.hpp"
#include "command_line.hpp"
#include "progress.hpp"
#include "read_lines.hpp"
#include "recipes.hpp"
#include "report.hpp"
#include "rollout.hpp"
#include "rule.hpp"
#include "rules.hpp"
#include "summary.hpp"

namespace ex = guerdon::examples;
namespace fs = std::filesystem;
using ordered_json = nlohmann::ordered_json;

namespace {

volatile std::sig_atomic_t interrupted = 0;

struct arguments {
  std::vector<std::string> inputs = {"-"};
  std::vector<std::string> recipes = {"grpo"};
  std::vector<std::string> rules = {"gsm8k"};
  std::optional<double> right_from;
  std::string output = "scored_rollouts.jsonl", report;
  ex::rule rule;
  ex::length_unit unit = ex::length_unit::words;
  ex::settings settings;
  std::int64_t batch_groups = 256;
  int threads = 1;
  bool strict = false, list = false, no_report = false;
};

/// --strict met a bad line, whose message is out already.
struct stopped : std::exception {};

class scorer {
 public:
  scorer(const arguments& a, std::ostream& out, ex::progress& bar)
      : arguments_(a),
        backend_(a.threads),
        recipes_(ex::make_recipes(a.recipes, a.settings)),
        rules_(a.rules, a.rule, a.right_from),
        step_keys_(ex::numbers_of(recipes_)),
        keys_(rules_.keys()),
        by_token_(std::any_of(recipes_.begin(), recipes_.end(), [](auto& r) { return r.by_token; })),
        summary_(recipes_, rules_),
        out_(out),
        bar_(bar) {
    keys_ += ex::keys_of(recipes_);
  }

  /// Reads one file to its end; false when interrupted.
  bool read(const std::string& path, bool count_bytes) {
    return ex::read_lines(
        path, bar_, count_bytes, [] { return interrupted != 0; },
        [&](const std::string& line, const std::string& place) { take(line, place); },
        [&](const std::string& sentence) {
          ++bad_lines_;
          bar_.say(sentence);
          if (arguments_.strict) throw stopped();
        });
  }

  void flush() {
    if (batch_.groups() == 0) return;
    const std::vector<guerdon::flag_t> signal = ex::groups_with_signal(backend_, batch_);
    std::vector<ex::scores> scored;
    for (ex::recipe& r : recipes_) scored.push_back(r.apply(backend_, batch_));
    for (std::size_t g = 0; g < batch_.groups(); ++g) write(g, signal[g] != 0, scored);
    summary_.add(batch_, answers_, places_, signal, scored);
    batch_ = {};
    answers_.clear();
    places_.clear();
  }

  const ex::summary& summary() const { return summary_; }
  std::int64_t bad_lines() const { return bad_lines_; }

 private:
  void take(const std::string& line, const std::string& place) {
    ex::rollouts prompt = ex::parse_rollouts(line, keys_);
    for (const ex::recipe& r : recipes_)
      if (!prompt.responses.empty() && prompt.responses.size() < r.smallest_group)
        throw ex::bad_line(1, "responses",
                           "holds a single response, and recipe " + r.name + " compares at least " +
                               std::to_string(r.smallest_group));
    batch_.add(std::move(prompt), rules_, step_keys_, arguments_.unit);
    answers_.push_back(rules_.answer(batch_.prompts.back()));
    places_.push_back(place);
    const bool many_tokens = by_token_ && batch_.tokens >= ex::most_tokens;
    if (many_tokens && !std::exchange(told_of_tokens_, true))
      bar_.say(place + ": the batch ends here, at " + std::to_string(batch_.tokens) +
               " tokens, because a recipe holds them all at once; later batches may end early too");
    if (many_tokens || static_cast<std::int64_t>(batch_.groups()) == arguments_.batch_groups) flush();
  }

  void write(std::size_t g, bool signal, const std::vector<ex::scores>& scored) {
    const auto first = static_cast<std::size_t>(batch_.offsets[g]),
               last = static_cast<std::size_t>(batch_.offsets[g + 1]);
    const std::span<const double> rewards(batch_.reward.data() + first, last - first);
    const ex::rollouts& prompt = batch_.prompts[g];
    ordered_json line;
    if (!prompt.prompt_id.is_null()) line["prompt_id"] = prompt.prompt_id;
    if (rules_.keys().ground_truth != ex::wanted_keys::none) line["answer"] = answers_[g];
    std::int64_t right = 0;
    for (std::size_t i = first; i < last; ++i) right += batch_.correct[i] != 0;
    line["group"] = {{"size", last - first},
                     {"right", right},
                     {"mean_reward", ex::mean(rewards)},
                     {"std_reward", ex::standard_deviation(rewards)},
                     {"signal", signal}};
    line["responses"] = ordered_json::array();
    for (std::size_t i = first; i < last; ++i) {
      const ex::response& r = prompt.responses[i - first];
      ordered_json entry;
      if (!r.source.empty()) entry["source"] = r.source;
      entry["extracted"] = batch_.extracted[i] ? ordered_json(*batch_.extracted[i]) : ordered_json();
      entry["correct"] = batch_.correct[i] != 0;
      if (r.is_correct && *r.is_correct != (batch_.correct[i] != 0)) entry["label_differs"] = true;
      entry["length"] = batch_.length[i];
      entry["reward"] = batch_.reward[i];
      if (const auto& parts = rules_.parts(); parts.size() > 1)
        for (std::size_t k = 0; k < parts.size(); ++k)
          entry["rules"][parts[k].name] = batch_.by_rule[i * parts.size() + k];
      for (std::size_t k = 0; k < recipes_.size(); ++k) {
        ordered_json& of_recipe = entry["recipes"][recipes_[k].name];
        of_recipe["shaped_reward"] = scored[k].shaped_reward[i];
        of_recipe["advantage"] = scored[k].advantage[i];
        for (const auto& [name, values] : scored[k].details) of_recipe[name] = values[i];
      }
      line["responses"].push_back(std::move(entry));
    }
    out_ << line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
  }

  const arguments& arguments_;
  guerdon::eigen_backend backend_;
  std::vector<ex::recipe> recipes_;
  ex::reward_rules rules_;
  const std::map<std::string, ex::numbers_under> step_keys_;
  ex::wanted_keys keys_;
  const bool by_token_;
  ex::summary summary_;
  std::ostream& out_;
  ex::progress& bar_;
  ex::batch batch_;
  std::vector<std::string> answers_, places_;  // of the batch's groups
  std::int64_t bad_lines_ = 0;
  bool told_of_tokens_ = false;
};

/// Throws std::invalid_argument where a file would be written over another one of the command line.
void require_different_files(const arguments& a) {
  const auto require = [](const std::string& role, const std::string& path, const std::string& other_role,
                          const std::string& other, const std::string& option) {
    if (ex::same_file(path, other))
      throw std::invalid_argument(
          role + " '" + path + "' and " + other_role + " '" + other +
          "' are the same file, and one would overwrite the other; name another with " + option);
  };
  const std::string output = a.output == "-" ? "/dev/stdout" : a.output;
  if (!a.no_report) require("the report", a.report, "the output", output, "--report");
  for (const std::string& path : a.inputs) {
    const std::string input = path == "-" ? "/dev/stdin" : path;
    require("the output", output, "the input", input, "--output");
    if (!a.no_report) require("the report", a.report, "the input", input, "--report");
  }
}

int run(const arguments& a, const std::string& command) {
  // What cannot be written is known before the work, not after it.
  std::unique_ptr<ex::atomic_file> file, report;
  if (a.output != "-") file = std::make_unique<ex::atomic_file>(a.output);
  if (!a.no_report) report = std::make_unique<ex::atomic_file>(a.report);
  std::ostream& out = file ? file->stream() : std::cout;

  const std::int64_t total = ex::total_bytes(a.inputs);
  ex::progress bar(total, total > 0 ? "scoring" : "scoring, lines:");
  scorer work(a, out, bar);
  bool complete = true;
  for (const std::string& path : a.inputs)
    if (complete) complete = work.read(path, total > 0);
  if (!complete) {
    bar.finish();
    std::cerr << "score_rollouts: interrupted; nothing was written"
              << (file ? "" : " after what is on standard output") << ".\n";
    return 130;
  }
  work.flush();
  bar.finish();
  ex::require_written(out, "to standard output");
  if (work.summary().groups() == 0 && work.bad_lines() > 0) {
    std::cerr << "score_rollouts: not one line could be read, so nothing was written; README.md beside this "
                 "program's "
                 "source describes the form.\n";
    return 1;
  }
  if (report)
    report->stream() << work.summary()
                            .report(command, a.unit == ex::length_unit::words ? "words" : "characters",
                                    work.bad_lines())
                            .html();
  if (file) file->commit();
  if (report) report->commit();

  std::ostream& talk = file ? std::cout : std::cerr;
  work.summary().print(talk, work.bad_lines());
  if (file) talk << "scores: " << a.output << '\n';
  if (report) talk << "report: " << a.report << '\n';
  ex::require_written(talk, "the summary to standard " + std::string(file ? "output" : "error") +
                            "; the scores are complete");
  return 0;
}

/// NaN passes CLI11's own ranges, and an infinite reward makes advantages that are not numbers. What is no
/// number at all is left to CLI11.
const CLI::Validator finite_number(
    [](const std::string& text) {
      return std::isfinite(std::strtod(text.c_str(), nullptr)) ? "" : "must be finite, and is " + text;
    },
    "");

void add_shaping_options(CLI::App& app, ex::settings& s) {
  const std::string group = "Shaping";
  app.add_option("--target-length", s.target_length, "Of laser, truncation, l1: target_length")
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  app.add_option("--target-lengths", s.target_lengths, "Of laser_d, laser_de: for hard, medium and easy prompts")
      ->expected(3)
      ->allow_extra_args(false)
      ->check(finite_number)
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  app.add_option("--alpha", s.alpha, "Of laser, laser_d, laser_de: the bonus")->check(finite_number)->group(group);
  app.add_option("--kimi-coef", s.kimi_coef, "Of kimi: weight of the length reward")
      ->check(finite_number)
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  app.add_option("--max-length", s.max_length, "Of overlong, cosine, stop_properly: max_length")
      ->check(CLI::PositiveNumber)
      ->group(group);
  app.add_option("--cache-length", s.cache_length, "Of overlong: the punishment sets in this much before it")
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  app.add_option("--k", s.k, "Of par, bounded, relative_bounded: steepness of the sigmoid")
      ->check(finite_number)
      ->check(CLI::PositiveNumber)
      ->group(group);
}

}  // namespace

int main(int argc, char** argv) {
  arguments a;
  CLI::App app("Scores rollouts (JSON lines) by rules, shapes the rewards and computes advantages.");
  app.name("score_rollouts");
  app.add_option("FILE", a.inputs, "JSON-lines files; - is standard input")->capture_default_str();
  app.add_option("-r,--recipe", a.recipes,
                 "SHAPING[,OPTION=VALUE...]+ADVANTAGE or ADVANTAGE, repeatable; --list names them")
      ->capture_default_str()
      ->allow_extra_args(false);
  app.add_flag("-l,--list", a.list, "List the rules, shapings and advantages, and stop");
  app.add_option("-o,--output", a.output, "Where the scored JSON lines go; - is standard output")
      ->capture_default_str();
  auto* report =
      app.add_option("--report", a.report, "Where the HTML report goes (default: beside the output)");
  app.add_flag("--no-report", a.no_report, "Write no report")->excludes(report);
  app.add_flag("--strict", a.strict, "Stop at the first malformed line with status 1, writing nothing");
  app.add_option("--batch", a.batch_groups,
                 "Groups per batch: batch statistics are taken over it, memory is bounded by it")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 20));
  app.add_option("--threads", a.threads, "Threads; the results are the same bits")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));

  const std::string rule = "Rule reward";
  std::string method = "strict", unit = "words";
  app.add_option("--rule", a.rules,
                 "NAME[,OPTION=VALUE...][:WEIGHT], repeatable: the weighted sum; --list names them")
      ->capture_default_str()
      ->allow_extra_args(false)
      ->group(rule);
  app.add_option("--right-from", a.right_from,
                 "From which reward of the first rule an answer counts as right (default: --list says it)")
      ->check(finite_number)
      ->group(rule);
  app.add_option("--method", method, "gsm8k: strict, the last marked number; flexible, the last number")
      ->capture_default_str()
      ->check(CLI::IsMember({"strict", "flexible"}))
      ->group(rule);
  app.add_option("--answer-prefix", a.rule.answer_prefixes,
                 "gsm8k: a line beginning that marks an answer as \"#### \" does, repeatable; empty for none")
      ->capture_default_str()
      ->allow_extra_args(false)
      ->group(rule);
  app.add_option("--clip-chars", a.rule.options.clip_chars,
                 "gsm8k: only so many last characters are looked at; 0 for all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->group(rule);
  app.add_option("--correct-reward", a.rule.options.correct_reward, "gsm8k: reward of a right answer")
      ->capture_default_str()
      ->check(finite_number)
      ->group(rule);
  app.add_option("--wrong-reward", a.rule.options.wrong_reward,
                 "gsm8k: reward of a wrong answer; none found earns 0")
      ->capture_default_str()
      ->check(finite_number)
      ->group(rule);
  app.add_option("--length", unit, "Unit of response length where the data gives none")
      ->capture_default_str()
      ->check(CLI::IsMember({"words", "characters"}))
      ->group(rule);
  add_shaping_options(app, a.settings);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (method == "flexible") a.rule.options.method = guerdon::gsm8k_method::flexible;
  if (unit == "characters") a.unit = ex::length_unit::characters;
  if (a.report.empty()) {
    fs::path path = a.output;
    std::error_code ignored;
    // Beside a device or a pipe is no place for a report.
    if (a.output == "-" || !path.has_filename() ||
        (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)))
      a.no_report = true;
    else
      a.report = path.replace_extension(path.extension() == ".html" ? ".report.html" : ".html").string();
  }

  // Without SA_RESTART, so that a read that waits for input returns.
  struct sigaction on_interrupt {};
  on_interrupt.sa_handler = [](int) { interrupted = 1; };
  ::sigaction(SIGINT, &on_interrupt, nullptr);
  ::sigaction(SIGTERM, &on_interrupt, nullptr);
  try {
    if (a.list) {
      std::cout << ex::list_rules() << '\n' << ex::list_recipes();
      ex::require_written(std::cout, "to standard output");
      return 0;
    }
    try {
      ex::make_recipes(a.recipes, a.settings);
      ex::reward_rules(a.rules, a.rule, a.right_from);
      require_different_files(a);
    } catch (const std::invalid_argument& error) {
      std::cerr << "score_rollouts: " << error.what() << ".\n";
      return 2;
    }
    return run(a, ex::quoted_command(argc, argv));
  } catch (const stopped&) {
    std::cerr
        << "score_rollouts: stopped at the first malformed line, as --strict asks; no file was written.\n";
  } catch (const std::bad_alloc&) {
    std::cerr << "score_rollouts: a batch does not fit into memory; lower --batch.\n";
  } catch (const std::exception& error) {
    std::cerr << "score_rollouts: " << error.what() << ".\n";
  }
  return 1;
}
