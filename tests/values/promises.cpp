// What every value with state promises: interrupted anywhere, saved and restored, it goes on with the same bits; copies
// are independent; two halves merged are the whole; what was saved comes back whole or not at all.

#include "values.hpp"

#include <guerdon/adapt/json.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace guerdon::harness {
namespace {

using nlohmann::json;

// The state as text: doubles are written with as many digits as their bits need.
template <class V>
std::string bits_of(const V& v) {
  return json(v).dump();
}
template <class V>
V restored(const std::string& saved) {
  return json::parse(saved).template get<V>();
}

std::string refusal(const auto& call) {
  try {
    call();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "answered";
}

/// In order: what started afresh where the other stopped goes into it. None: the header says why.
enum class merging { in_any_order, in_order, none };
const std::map<std::string, merging> merges{
    {"adaptive_entropy_coefficient", merging::none},
    {"adaptive_kl_coefficient", merging::none},
    {"adarft_target_difficulty", merging::none},
    {"ecr_target_lengths", merging::in_any_order},
    {"ema_moments", merging::in_order},
    {"ema_std_filter", merging::none},
    {"ema_update", merging::in_order},
    {"episodic_memory", merging::in_any_order},
    {"episodic_novelty", merging::in_any_order},
    {"episodic_visits", merging::in_any_order},
    {"exact_moments", merging::in_any_order},
    {"hash_count_bonus", merging::in_any_order},
    {"normalize_reward", merging::in_any_order},
    {"oni_labels", merging::in_order},
    {"oni_ranking_reward", merging::in_any_order},
    {"popart_update", merging::none},
    {"replay_buffer", merging::none},
    {"reward_search", merging::none},
    {"rnd_reward_normalize", merging::in_any_order},
    {"running_mean_std", merging::in_any_order},
    {"running_moments", merging::in_any_order},
    {"sketch_count_bonus", merging::in_any_order},
    {"success_rate_update", merging::in_order},
};

}  // namespace

TEST_CASE("every value of the library is among those tested here") {
  std::set<std::string> tested;
  for_each_value([&](auto subject) { tested.insert(decltype(subject)::value::name); });
  for (const char* name : {GUERDON_SAVED_VALUES}) CHECK_MESSAGE(tested.count(name) == 1, name);
  for (const std::string& name : tested) CHECK_MESSAGE(merges.count(name) == 1, name);
  CHECK(merges.size() == tested.size());
}

TEST_CASE("a value that was saved and restored goes on with the same bits; its copies are independent") {
  for_each_value([](auto subject) {
    using V = typename decltype(subject)::value;
    CAPTURE(V::name);
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      dice d(seed);
      V through = subject.start(d);
      const V fresh = through;
      const std::string start = bits_of(fresh);
      const index_t before = d.whole(0, 5), after = d.whole(0, 5);
      dice events(seed + 1000);
      for (index_t k = 0; k < before; ++k) subject.update(through, events);
      const std::string saved = bits_of(through);
      V again = restored<V>(saved);
      CHECK(bits_of(again) == saved);
      V copy = through;
      dice same_events = events;
      for (index_t k = 0; k < after; ++k) {
        subject.update(through, events);
        subject.update(again, same_events);
      }
      CHECK(bits_of(again) == bits_of(through));
      CHECK(subject.readings(again) == subject.readings(through));
      CHECK(bits_of(copy) == saved);
      CHECK(bits_of(fresh) == start);
    }
  });
}

TEST_CASE("two halves merged are the whole, in either order unless they have one; an empty half changes nothing") {
  for_each_value([](auto subject) {
    using V = typename decltype(subject)::value;
    CAPTURE(V::name);
    const merging how = merges.at(V::name);
    constexpr bool can = requires(V a, V b) { a.merge(b); };
    CHECK(can == (how != merging::none));
    if constexpr (can) {
      for (std::uint64_t seed = 0; seed < 50; ++seed) {
        dice d(seed);
        const V empty = subject.start(d);
        V whole = empty, first = empty, second = empty;
        dice events(seed + 2000);
        for (int k = 0; k < 8; ++k) {
          dice same_events = events;
          subject.update(whole, events);
          subject.update(k < 4 ? first : second, same_events);
        }
        V forth = first, back = second, padded = whole;
        forth.merge(second);
        back.merge(first);
        padded.merge(empty);
        CHECK(bits_of(padded) == bits_of(whole));
        V filled = empty;
        filled.merge(whole);
        CHECK(bits_of(filled) == bits_of(whole));
        if (subject.tolerance == 0) {
          CHECK(bits_of(forth) == bits_of(whole));
          CHECK(bits_of(back) == bits_of(whole));
        }
        const auto want = subject.readings(whole);
        for (const V& v : how == merging::in_order ? std::vector{forth} : std::vector{forth, back}) {
          const auto got = subject.readings(v);
          for (std::size_t i = 0; i < want.size(); ++i) CHECK(close(got[i], want[i], 0, subject.tolerance));
          if constexpr (requires { subject.exact(v); }) CHECK(subject.exact(v) == subject.exact(whole));
        }
      }
    }
  });
}

TEST_CASE("what was saved comes back whole or not at all") {
  for_each_value([](auto subject) {
    using V = typename decltype(subject)::value;
    CAPTURE(V::name);
    dice d(7);
    V v = subject.start(d);
    subject.update(v, d);
    const json saved = v;
    const std::string bits = bits_of(v);
    const auto must_refuse = [&](const json& j, const std::string& key) {
      const std::string heard = refusal([&] { j.get_to(v); });
      CHECK_MESSAGE(heard.find(V::name) == 0, heard);
      CHECK_MESSAGE(heard.find(key) != std::string::npos, heard);
      CHECK(bits_of(v) == bits);  // nothing is half read
    };
    for (const auto& [key, unused] : saved.items()) {
      json less = saved, other = saved;
      less.erase(key);
      must_refuse(less, key);
      other[key] = json::object();
      must_refuse(other, key);
      other[key] = "no such thing";
      must_refuse(other, key);
    }
    json more = saved;
    more["extra"] = 1;
    must_refuse(more, "extra");
    must_refuse(json::array(), "what was saved");
  });
}

TEST_CASE("numbers that JSON does not know, the last bits of those it does, and keys of 64 bits survive") {
  constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  for (const double x : {0.1, -0.0, 1.0 / 3, 5e-324, 1.7976931348623157e308, inf, -inf, nan, 4.0, 9007199254740993.0}) {
    const running_moments v{.count = x};
    const auto again = restored<running_moments>(bits_of(v));
    CHECK((x != x ? again.count != again.count : bits_as<std::uint64_t>(again.count) == bits_as<std::uint64_t>(x)));
  }
  CHECK(json(running_moments{})["low"] == "inf");

  hash_count_bonus counter;
  const index_t most = std::numeric_limits<index_t>::max(), least = std::numeric_limits<index_t>::min();
  counter.update(std::vector<index_t>{most, most - 1, least, most});
  CHECK(json(counter)["visits"].dump() ==
        "[[-9223372036854775808,1],[9223372036854775806,1],[9223372036854775807,2]]");
  CHECK(restored<hash_count_bonus>(bits_of(counter)).count(most) == 2);
  json j = counter;
  for (const char* key : {"9223372036854775808", "0.5", "1e3"}) {
    j["visits"] = json::parse("[[" + std::string(key) + ", 1]]");
    CHECK(refusal([&] { j.get<hash_count_bonus>(); }) ==
          "hash_count_bonus: visits must be an integer in what was saved");
  }
  j["visits"] = json::parse("[[1, 1], [1, 2]]");
  CHECK(refusal([&] { j.get<hash_count_bonus>(); }) == "hash_count_bonus: visits holds a key twice in what was saved");

  adaptive_kl_coefficient beta{.options = {.kind = kl_control::step}};
  CHECK(json(beta)["target"].is_null());
  CHECK(json(beta)["kind"] == "step");
  beta.options.target = 0.01;
  CHECK(restored<adaptive_kl_coefficient>(bits_of(beta)).options.target == 0.01);
}

}  // namespace guerdon::harness
