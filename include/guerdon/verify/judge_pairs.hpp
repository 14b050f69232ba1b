#pragma once
// Evidence and what an agent judged of it: <information>...</information>, and behind it <judge>Yes</judge> or No.

#include <guerdon/verify/tags.hpp>

#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

struct judge_pair {
  std::string_view information;
  bool useful;
};

/// Every piece of information with the first judgement behind it; one without a judgement is dropped. One pass.
inline std::vector<judge_pair> judge_pairs(std::string_view text) {
  std::vector<judge_pair> pairs;
  std::size_t judged = 0;  // where the judgement stands that was found last; whether it says yes
  bool useful = false, searched = false;
  const auto judgement_from = [&](std::size_t from) {
    if (searched && judged >= from) return judged != text.npos;
    searched = true;
    for (judged = from; (judged = text.find('<', judged)) != text.npos; ++judged) {
      useful = tags::stands_at(text, judged, "<judge>yes</judge>");
      if (useful || tags::stands_at(text, judged, "<judge>no</judge>")) return true;
    }
    return false;
  };
  for (std::size_t at = 0;;) {
    const auto block = tags::next_block(text, "<information>", "</information>", at);
    if (!block || !judgement_from(block->end)) return pairs;
    pairs.push_back({unicode::trim(block->content), useful});
    at = block->end;
  }
}

}}  // namespace guerdon
