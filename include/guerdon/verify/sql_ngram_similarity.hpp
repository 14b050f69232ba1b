#pragma once
// How alike two queries are: the n-grams of their words that they share.
//
// $$s = \frac{|A \cap B|}{|A \cup B|}$$
//
// over the sets of n-grams of words of letters, digits and underscores in lower case, without "as" and without the
// query's aliases; 0 of two empty sets.
//
// Source: Reasoning-SQL, arXiv:2503.23157; its first author's SQL-Judge, ngrams.py.
//
// Details that differ:
// - The authors print both queries by one formatter first and take the aliases from its parser; that is the caller's.
// - An n below 1 counts as 1. A query of fewer words than n has no n-grams.
//
// Cost: linear, and n log n in the n-grams. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/text.hpp>
#include <guerdon/verify/ngrams.hpp>
#include <guerdon/verify/sets.hpp>

#include <span>

namespace guerdon {
namespace op {
struct sql_ngram_similarity : host_kind {
  static constexpr info about{"sql_ngram_similarity", "verify", "N-grams that two queries share (Reasoning-SQL)",
                              "arXiv:2503.23157", skeleton::host};
  struct inputs {
    std::string_view predicted_sql;
    text_view predicted_alias;  ///< its tables' and columns' aliases, in lower case
    std::string_view gold_sql;
    text_view gold_alias;
  };
  struct outputs {
    double similarity = 0;  ///< between 0 and 1
  };
  struct options {
    index_t ngram_size = 2;  ///< n
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("predicted_sql", &I::predicted_sql, "B", words()),
                      list_of("predicted_alias", &I::predicted_alias, "P", "predicted_alias_offsets", words()),
                      array("gold_sql", &I::gold_sql, "B", words()),
                      list_of("gold_alias", &I::gold_alias, "G", "gold_alias_offsets", words()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("similarity", &O::similarity, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("ngram_size", &options::ngram_size, integers(0, 4)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace sql {

/// f(word) for every run of word characters.
template <class F>
void for_each_identifier(std::string_view text, F f) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text.size();) {
    const bool end = at == text.size();
    const unicode::decoded c =
        end ? unicode::decoded{0, 1} : unicode::decode_at(text.data() + at, text.data() + text.size());
    const std::size_t next = at + static_cast<std::size_t>(c.size);
    if (end || !unicode::is_word(c.code_point)) {
      if (at > begin) f(text.substr(begin, at - begin));
      begin = next;
    }
    at = next;
  }
}

}  // namespace sql

/// One pair of queries.
inline op::sql_ngram_similarity::outputs sql_ngram_similarity(const op::sql_ngram_similarity::inputs& in,
                                                              const op::sql_ngram_similarity::options& o = {}) {
  check<op::sql_ngram_similarity>(in, o);
  const std::string text[2] = {unicode::lower(in.predicted_sql), unicode::lower(in.gold_sql)};
  const auto n = static_cast<std::size_t>(std::max<index_t>(o.ngram_size, 1));
  element_numbers<std::string_view> numbers;
  std::vector<ngrams::pair_numbers> orders;
  ngrams::sequence grams[2];
  for (int side : {0, 1}) {
    const text_view alias = side == 0 ? in.predicted_alias : in.gold_alias;
    std::vector<std::string_view> ignored{"as"};
    for (index_t k = 0; k < alias.size(); ++k) ignored.push_back(alias[k]);
    ignored = sets::of(std::move(ignored));
    ngrams::sequence words;
    sql::for_each_identifier(text[side], [&](std::string_view word) {
      if (!std::binary_search(ignored.begin(), ignored.end(), word)) words.push_back(numbers.of(word));
    });
    if (words.size() >= n) grams[side] = sets::of(ngrams::of(words, n, orders));
  }
  return {sets::jaccard(grams[0], grams[1])};
}

/// A batch, in order.
inline auto sql_ngram_similarity(const host_rows& rows, std::span<const op::sql_ngram_similarity::inputs> in,
                                 const op::sql_ngram_similarity::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return sql_ngram_similarity(row, o); });
}

}}  // namespace guerdon
