// Proof 1: in a group whose members all got the same reward there is nothing to learn. Every group-relative
// advantage is exactly 0 there, in every precision on every backend: 0.1 three times included, whose mean is
// not 0.1.

#include "compare.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace guerdon::harness {
namespace {

/// The offsets that cut the operation's advantage, or the rows it is spread over, into groups. Not into steps, where
/// groups are of episodes.
const input_info* groups_of(const operation& op, const output_info& advantage) {
  for (const input_info& i : op.inputs) {
    const bool inner = std::any_of(op.inputs.begin(), op.inputs.end(), [&](const input_info& outer) {
      return outer.kind == kind::segments && i.shape == outer.cut + "+1";
    });
    const bool cuts = i.kind == kind::segments && (i.cut == advantage.shape || advantage.shape == i.cut + ",T");
    if (cuts && !inner) return &i;
  }
  return nullptr;
}

/// Does it compare plain rewards? Not what is given advantages or verdicts, nor what adds up the rewards of tokens or
/// walks through a group in order.
bool compares_rewards(const operation& op, const input_info& groups) {
  if (op.about.skeleton == op::skeleton::scan) return false;
  return std::none_of(op.inputs.begin(), op.inputs.end(), [&](const input_info& i) {
    const bool of_tokens = i.shape == groups.cut + ",T" && i.name.ends_with("reward");
    return i.name.ends_with("advantage") || i.name == "preference" || of_tokens;
  });
}

/// Element `k` of an array in which every member of a group has one number, or one row: which member is it
/// of?
std::size_t member_of(const call& c, const value& v, std::size_t k, double members) {
  const auto ragged = c.inputs.find("row_offsets");
  if (ragged != c.inputs.end()) {
    const auto& at = ragged->second.data;
    return static_cast<std::size_t>(std::upper_bound(at.begin(), at.end(), static_cast<double>(k)) -
                                    at.begin()) -
           1;
  }
  return k / (v.data.size() / static_cast<std::size_t>(members));
}

/// Every array that is cut into groups becomes constant inside each of them, or over the whole batch.
void make_constant(const operation& op, call& c, const input_info& groups, bool everywhere, dice& d) {
  constexpr double rewards[] = {0.1, 1.0 / 3, 1, 0, -2.7, 1e-3, 777.7, 0.7};
  std::vector<double> cut = c.inputs.at(groups.name).data;
  if (everywhere) cut = {cut.front(), cut.back()};
  for (auto& [key, v] : c.inputs) {
    const input_info* i = input_named(op, key);
    if (i == nullptr || i->kind == kind::segments || i->shape != groups.cut) continue;
    for (std::size_t g = 0; g + 1 < cut.size(); ++g) {
      const auto begin = static_cast<std::ptrdiff_t>(cut[g]), end = static_cast<std::ptrdiff_t>(cut[g + 1]);
      if (begin == end) continue;
      const double same = i->kind == kind::real && i->range.draws == op::range::normal
                              ? rewards[d.whole(0, std::size(rewards) - 1)]
                              : v.data[static_cast<std::size_t>(begin)];
      std::fill(v.data.begin() + begin, v.data.begin() + end, same);
    }
  }
}

}  // namespace

TEST_CASE("proof: constant groups give exact zeros in every precision on every backend") {
  int operations = 0;
  for (const operation& op : all_operations()) {
    if (op.about.family != "advantage") continue;
    for (const output_info& o : op.outputs) {
      const input_info* groups = o.name.find("advantage") != std::string::npos ? groups_of(op, o) : nullptr;
      if (groups == nullptr || !compares_rewards(op, *groups)) continue;
      ++operations;
      int zeros = 0;
      for (std::uint64_t seed = 0; seed < 30; ++seed) {
        dice d(seed + 1000);
        constexpr shape_mode shapes[] = {shape_mode::ragged, shape_mode::long_rows, shape_mode::block_edges};
        call drawn = draw(op, d, shapes[seed % 3], content_mode::constant);
        // An advantage called global compares whole groups: it is 0 where the whole batch is constant.
        const bool global = o.name.find("global") != std::string::npos;
        make_constant(op, drawn, *groups, global || seed % 5 == 0, d);
        drawn.parameters.erase("singleton");  // what a group of one gets must not move the batch
        for (const element_id e :
             {element_id::float64, element_id::float32, element_id::float16, element_id::bfloat16}) {
          const call c = rounded(op, drawn, e);
          const std::vector<double> cut = c.inputs.at(groups->name).data;
          for (const target& t : targets(op, e, c.inputs.at(groups->name).size())) {
            const answer a = ask(op, t, c);
            if (!a.outputs) continue;
            const value& advantage = a.outputs->at(o.name);
            int wrong = 0;
            for (std::size_t k = 0; k < advantage.data.size(); ++k) {
              const auto member =
                  static_cast<double>(o.shape == groups->cut ? k : member_of(c, advantage, k, cut.back()));
              const auto next = std::upper_bound(cut.begin(), cut.end(), member);
              if (next == cut.end()) continue;        // padding behind all groups
              if (*next - *(next - 1) < 2) continue;  // a group of one has rules of its own
              ++(advantage.data[k] == 0 ? zeros : wrong);
            }
            CHECK_MESSAGE(wrong == 0, op.about.name << " seed " << seed + 1000 << " on " << name(t) << " {"
                                                    << settings_text(c.parameters) << "}: " << wrong
                                                    << " elements of " << o.name << " are not 0");
          }
        }
      }
      CHECK_MESSAGE(zeros > 100, op.about.name << " answered too few calls");
    }
  }
  CHECK((operations >= 1 || all_operations().size() < 30));
}

}  // namespace guerdon::harness
