// Rules on queries: their result, their n-grams, the names that they use.

#include <guerdon/verify/extract_sql.hpp>
#include <guerdon/verify/schema_linking_reward.hpp>
#include <guerdon/verify/sql_execution_match.hpp>
#include <guerdon/verify/sql_ngram_similarity.hpp>

#ifdef SCORE_ROLLOUTS_SQLITE
#include <guerdon/adapt/sqlite.hpp>
#endif

#include "rules_of.hpp"

namespace guerdon::examples {
namespace {

#ifdef SCORE_ROLLOUTS_SQLITE
struct sql_options {
  op::sql_execution_match::options compare = {};
  std::string_view folder = "";     ///< where the database files lie
  index_t max_steps = 100'000'000;  ///< of SQLite's machine
  double max_seconds = 30;          ///< by the clock
  double runs_reward = 0;           ///< of a query that runs, and whose result is another one
};
struct sql_list {
  static constexpr auto parameters() {
    const auto inside = std::apply(
        [](const auto&... f) { return op::list::inside<op::option_field>("compare", &sql_options::compare, f...); },
        op::sql_execution_match::parameters());
    return std::tuple_cat(inside,
                          std::tuple(op::text("folder", &sql_options::folder),
                                     op::option("max_steps", &sql_options::max_steps, op::counts_from(1000, 1e9)),
                                     op::option("max_seconds", &sql_options::max_seconds, op::greater_than(0, 1, 30)),
                                     op::option("runs_reward", &sql_options::runs_reward)));
  }
};

/// Runs the query of a response and the reference's, on the line's database.
class sql_rule : public line_rule {
 public:
  sql_rule() { slots = slots_of<sql_list>(options_); }
  void read(const rollouts& prompt) override {
    const keyed_value *file = find(prompt.values, "database"), *script = find(prompt.values, "schema");
    if (!file == !script)
      throw bad_line(1, "database", "or schema must be there: a database's file, or the script that makes one");
    const keyed_value& given = file ? *file : *script;
    const std::string text = text_in(given, given.value);
    const std::string place = file && !options_.folder.empty() ? std::string(options_.folder) + "/" + text : text;
    if (!database_ || place != place_ || bool(file) != is_file_) {
      database_.reset();
      const sqlite_limits limits{.steps = options_.max_steps, .seconds = options_.max_seconds};
      try {
        database_.emplace(file ? sqlite_database(place, limits) : sqlite_database::in_memory(text, limits));
      } catch (const std::invalid_argument& error) {
        refuse_value(given, "", "cannot be used: " + std::string(error.what()));
      }
      place_ = place, is_file_ = bool(file);
    }
    gold_ = database_->run(prompt.ground_truth);
    if (gold_.status != 0) throw bad_line(1, "ground_truth", "is a query that does not run: " + gold_.problem);
  }
  verdict score(const rollouts&, const response& r) override {
    std::string query = extract_sql({r.text}).sql;
    const sqlite_result result = database_->run(query);
    const bool right = sql_execution_match({result.rows, gold_.rows, result.status}, options_.compare).match;
    verdict v;
    v.reward = right ? 1 : result.status == 0 ? options_.runs_reward : 0;
    v.correct = right;
    v.extracted = std::move(query);
    return v;
  }

 private:
  sql_options options_;
  std::optional<sqlite_database> database_;
  std::string place_;
  bool is_file_ = false;
  sqlite_result gold_;
};
#endif

struct sql_ngrams_rule {
  using list = op::sql_ngram_similarity;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const std::string query = extract_sql({r.text}).sql;
    return {.reward = sql_ngram_similarity({query, {}, prompt.ground_truth, {}}, o).similarity};
  }
};

struct schema_rule {
  using list = op::schema_linking_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const keyed_value &gold = at(prompt.values, "items"), &named = at(r.values, "items");
    return {.reward =
                schema_linking_reward({items_in(named, named.value, text_in), items_in(gold, gold.value, text_in)}, o)
                    .reward};
  }
};

}  // namespace

void add_sql_rules(std::vector<rule_kind>& all) {
  constexpr auto one = wanted_keys::one;
  all.insert(all.end(), {
#ifdef SCORE_ROLLOUTS_SQLITE
      {"sql", "the query's result is the reference's (SQLite, read-only)",
       "extract_sql, sql_execution_match, adapt/sqlite.hpp",
       reads({{"database", false}, {"schema", false}}, {}, one),
       "the right query; database: an SQLite file, or schema: the script that makes one", 1,
       [](const rule&) -> std::unique_ptr<line_rule> { return std::make_unique<sql_rule>(); }},
#endif
      {"sql_ngrams", "n-grams that the query shares with the reference", "extract_sql, sql_ngram_similarity",
       reads({}, {}, one), "the right query", 1, make_rule<sql_ngrams_rule>},
      {"sql_schema", "tables and columns that the query names", "schema_linking_reward",
       reads({{"items", true}}, {{"items", true}}), "items, responses[i].items: arrays of names", 1,
       make_rule<schema_rule>},
  });
}

}  // namespace guerdon::examples
