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
  if (!j.is_string()) throw std::runtime_error(j.dump() + " is not a number");
  const auto& text = j.get_ref<const std::string&>();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  throw std::runtime_error("\"" + text + "\" is not a number");
}

// Python writes a byte that is no UTF-8 as the lone surrogate \udc80 .. \udcff, which the JSON reader refuses. On its
// way through the reader such a byte is the code point 0x10ff00 + byte, which no text uses.
std::string with_bytes_as_code_points(const std::string& text) {
  const auto surrogate = [&](std::size_t at, char low, char high) {  // \ud8.. to \udb.., or \udc.. to \udf..
    return at + 6 <= text.size() && text[at] == '\\' && text[at + 1] == 'u' && (text[at + 2] | 32) == 'd' &&
           (text[at + 3] | 32) >= low && (text[at + 3] | 32) <= high;
  };
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = text[i] == '\\' ? 2 : 1;
    if (surrogate(i, '8', 'b') && surrogate(i + 6, 'c', 'f')) {
      length = 12;
    } else if (surrogate(i, 'c', 'c')) {
      const auto byte = static_cast<unsigned>(std::stoul(text.substr(i + 4, 2), nullptr, 16));
      if (byte >= 0x80) {
        result += {'\xf4', '\x8f', static_cast<char>(0xbc | byte >> 6), static_cast<char>(0x80 | (byte & 0x3f))};
        i += 6;
        continue;
      }
    }
    result.append(text, i, length);
    i += length;
  }
  return result;
}
std::string text_from(const json& j) {
  std::string text = j.get<std::string>();
  for (std::size_t at = 0; (at = text.find("\xf4\x8f", at)) != std::string::npos; ++at) {
    const auto third = static_cast<unsigned char>(text[at + 2]), last = static_cast<unsigned char>(text[at + 3]);
    if (third < 0xbe) continue;  // below 0x10ff80
    text.replace(at, 4, 1, static_cast<char>((third & 3) << 6 | (last & 0x3f)));
  }
  return text;
}

void push(value& v, const json& x) {
  if (x.is_number_integer() && !(x.is_number_unsigned() && x.get<std::uint64_t>() > std::uint64_t(INT64_MAX)))
    v.push_integer(x.get<index_t>());
  else
    v.data.push_back(number_of(x));
}

value value_of(const json& j) {
  value v;
  if (j.is_array()) {
    v.is_text = j.empty() || j[0].is_string();
    v.shape = {static_cast<index_t>(j.size())};
    for (const json& x : j) {
      if (v.is_text)
        v.text.push_back(text_from(x));
      else
        push(v, x);
    }
    return v;
  }
  v.shape = j.at("shape").get<std::vector<index_t>>();
  for (const json& x : j.at("data")) {
    if (x.is_string() && x != "nan" && x != "inf" && x != "-inf") v.is_text = true;
    if (v.is_text)
      v.text.push_back(text_from(x));
    else
      push(v, x);
  }
  return v;
}

void fill(known_answer& a, const json& j) {
  if (!j.is_object()) throw std::runtime_error("it is no object");
  a.op = j.at("op").get<std::string>();
  a.source = j.value("source", "");
  a.note = j.value("note", "");
  a.atol = j.value("atol", 0.0);
  a.rtol = j.value("rtol", 0.0);
  for (const auto& [key, x] : j.at("inputs").items()) a.inputs[key] = value_of(x);
  if (j.contains("params"))
    for (const auto& [key, x] : j.at("params").items()) {
      if (x.is_object() && x.at("data").size() == 1) {
        a.parameters[key] = number_of(x.at("data")[0]);
      } else if (x.is_array() || x.is_object()) {
        a.inputs[key] = value_of(x);
        if (x.empty()) a.inputs[key].is_text = false;
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
  if (a.error.empty() && a.expected.empty()) throw std::runtime_error("it expects nothing");
}

std::string text_of(const value& v, std::size_t i) {
  if (v.is_text) return '"' + v.text[i] + '"';
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.9g", v.data[i]);
  return buffer;
}

}  // namespace

std::vector<std::filesystem::path> case_files(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  if (!fs::exists(path)) throw std::runtime_error(path.string() + ": there is no such file or folder");
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<known_answer> read_cases(const std::filesystem::path& file) {
  std::ifstream stream(file);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  if (!stream.is_open() || stream.bad()) throw std::runtime_error(file.string() + ": cannot be read");
  json document;
  try {
    document = json::parse(with_bytes_as_code_points(text));
  } catch (const std::exception& e) {
    throw std::runtime_error(file.string() + ": is no JSON: " + e.what());
  }
  if (!document.is_array()) throw std::runtime_error(file.string() + ": is no array of cases");
  std::vector<known_answer> cases(document.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    cases[i].index = i;
    try {
      fill(cases[i], document[i]);
    } catch (const std::exception& e) {
      cases[i].fault = file.string() + ": case " + std::to_string(i) + ": " + e.what();
    }
  }
  return cases;
}

std::vector<failure> check(const operation& op, const known_answer& a, const target& t) {
  // Float may widen the tolerance to the operation's documented error.
  const double floor = t.element == element_id::float64 ? 0 : op.about.tolerance;
  const double atol = std::max(a.atol, floor), rtol = std::max(a.rtol, floor);
  arguments got, inputs = a.inputs;
  // Rows of tokens laid end to end may be cut by either name.
  if (op.has_rows && input_named(op, "token_offsets") == nullptr)
    if (auto offsets = inputs.extract("token_offsets")) {
      offsets.key() = "row_offsets";
      inputs.insert(std::move(offsets));
    }
  try {
    got = op.run(t, inputs, a.parameters);
  } catch (const std::invalid_argument& refusal) {
    const std::string message = refusal.what();
    if (a.error.empty()) return {{"(call)", "refused: " + message, "a result"}};
    if (message.find(a.error) != std::string::npos) return {};
    // Case files call an argument otherwise than the code, whose name the message says.
    const input_info* input = input_named(op, a.error);
    const parameter_info* option = parameter_named(op, a.error);
    const std::string written = input ? input->written : option ? option->written : "";
    if (!written.empty() && message.find(written) != std::string::npos) return {};
    return {{"(call)", message, "a refusal that names " + a.error}};
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
                            : close(have.data[i], want.data[i], atol, rtol) && value::same_beyond(have, want, i);
      if (!same) {
        failures.push_back({key + "[" + std::to_string(i) + "]", text_of(have, i), text_of(want, i)});
        break;
      }
    }
  }
  return failures;
}

}  // namespace guerdon::harness
