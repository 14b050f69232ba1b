#include "case_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <limits>

namespace guerdon::harness {
namespace {

using nlohmann::json;

double number_of(const json& j) {
  if (j.is_boolean()) return j.get<bool>() ? 1 : 0;
  if (j.is_number()) return j.get<double>();
  const auto& text = j.get_ref<const std::string&>();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  throw std::runtime_error("\"" + text + "\" is not a number");
}

value value_of(const json& j) {
  value v;
  if (j.is_array()) {
    v.is_text = j.empty() || j[0].is_string();
    v.shape = {static_cast<index_t>(j.size())};
    for (const json& x : j) {
      if (v.is_text)
        v.text.push_back(x.get<std::string>());
      else
        v.data.push_back(number_of(x));
    }
    return v;
  }
  v.shape = j.at("shape").get<std::vector<index_t>>();
  for (const json& x : j.at("data")) {
    if (x.is_string() && x != "nan" && x != "inf" && x != "-inf") v.is_text = true;
    if (v.is_text)
      v.text.push_back(x.get<std::string>());
    else
      v.data.push_back(number_of(x));
  }
  return v;
}

known_answer case_of(const json& j, std::size_t index) {
  known_answer a;
  a.op = j.at("op").get<std::string>();
  a.note = j.value("note", "");
  a.index = index;
  a.atol = j.value("atol", 0.0);
  a.rtol = j.value("rtol", 0.0);
  for (const auto& [key, x] : j.at("inputs").items()) a.inputs[key] = value_of(x);
  if (j.contains("params"))
    for (const auto& [key, x] : j.at("params").items()) {
      if (x.is_array()) {
        a.inputs[key] = value_of(x);
        a.inputs[key].is_text = !x.empty() && x[0].is_string();
      } else if (x.is_string() && x != "nan" && x != "inf" && x != "-inf") {
        a.parameters[key] = x.get<std::string>();
      } else if (!x.is_null()) {
        a.parameters[key] = number_of(x);
      }
    }
  for (const auto& [key, x] : j.at("expected").items()) {
    if (key == "error")
      a.error = x.get<std::string>();
    else
      a.expected[key] = value_of(x);
  }
  return a;
}

std::string text_of(const value& v, std::size_t i) {
  if (v.is_text) return '"' + v.text[i] + '"';
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.9g", v.data[i]);
  return buffer;
}

}  // namespace

std::vector<known_answer> read_cases(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  if (!fs::exists(path)) throw std::runtime_error(path.string() + ": there is no such file or folder");
  if (fs::is_directory(path)) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(path))
      if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<known_answer> all;
    for (const auto& file : files)
      for (auto& a : read_cases(file)) all.push_back(std::move(a));
    return all;
  }
  std::ifstream stream(path);
  std::vector<known_answer> cases;
  try {
    const json document = json::parse(stream);
    for (std::size_t i = 0; i < document.size(); ++i) cases.push_back(case_of(document.at(i), i));
  } catch (const std::exception& e) {
    throw std::runtime_error(path.string() + ": case " + std::to_string(cases.size()) + ": " + e.what());
  }
  return cases;
}

std::vector<failure> check(const operation& op, const known_answer& a, const target& t) {
  // Float may widen the tolerance to the operation's documented error.
  const double floor = t.element == element_id::float64 ? 0 : op.about.tolerance;
  const double atol = std::max(a.atol, floor), rtol = std::max(a.rtol, floor);
  arguments got;
  try {
    got = op.run(t, a.inputs, a.parameters);
  } catch (const std::invalid_argument& refusal) {
    const std::string message = refusal.what();
    if (a.error.empty()) return {{"(call)", "refused: " + message, "a result"}};
    if (message.find(a.error) == std::string::npos)
      return {{"(call)", message, "a refusal that names " + a.error}};
    return {};
  } catch (const std::exception& fault) {
    return {{"(call)", std::string("fault: ") + fault.what(), a.error.empty() ? "a result" : "a refusal"}};
  }
  if (!a.error.empty()) return {{"(call)", "a result", "a refusal that names " + a.error}};
  std::vector<failure> failures;
  for (const auto& [key, want] : a.expected) {
    const auto at = got.find(key);
    if (at == got.end()) {
      failures.push_back({key, "no such output", "it"});
      continue;
    }
    const value& have = at->second;
    if (have.size() != want.size()) {
      failures.push_back({key, shape_text(have.shape), shape_text(want.shape)});
      continue;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(want.size()); ++i) {
      const bool same = want.is_text || have.is_text
                            ? want.is_text == have.is_text && want.text[i] == have.text[i]
                            : close(have.data[i], want.data[i], atol, rtol);
      if (!same) {
        failures.push_back({key + "[" + std::to_string(i) + "]", text_of(have, i), text_of(want, i)});
        break;
      }
    }
  }
  return failures;
}

}  // namespace guerdon::harness
