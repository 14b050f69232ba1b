#pragma once
// The reward of a translation with thought before it: form, and quality by BLEU, by a learned metric, or by both.
//
// $$r = \begin{cases} f + q & \text{good form, a translation} \\ \pm |f| - 2 & \text{otherwise} \end{cases}, \qquad
//   q = \frac{\mathrm{BLEU}}{s}, \quad \frac{m}{s}, \quad \text{or their sum}$$
//
// `discrete` pays q = 2 where what is asked for lies above its threshold, else -1.5. The form is <think>, </think>,
// <translate> and </translate>, once each and in this order.
//
// Source: MT-R1-Zero, arXiv:2504.10160, mt_score.py; BLEU of sacrebleu.
//
// Details that differ:
// - BLEU is rounded to two decimals before use, as in the original, and is that of `bleu` with its defaults: fewer than
//   four tokens score 0.
// - Without a header of a chat there is no translation, as in the original: header = none where the completion comes
//   alone.
// - The learned metric (COMETKiwi, times 100) comes from the caller. Japanese needs a morphological tokenizer: give
//   text that is in tokens, and "none".
//
// Cost: linear. No gradient.

#include <guerdon/verify/bleu.hpp>
#include <guerdon/verify/decimal.hpp>

#include <span>

namespace guerdon {

enum class mt_metric { bleu, model, merge };
constexpr auto enumerators(mt_metric) { return std::array{"BLEU", "Model", "Merge"}; }
enum class mt_reward_type { continuous, discrete };
constexpr auto enumerators(mt_reward_type) { return std::array{"continuous", "discrete"}; }
/// Whether the completion stands behind the header of a chat, which is then cut off.
enum class chat_header { automatic, none };
constexpr auto enumerators(chat_header) { return std::array{"auto", "none"}; }

namespace op {
struct mt_r1_reward : host_kind {
  static constexpr info about{"mt_r1_reward", "verify", "Form and quality of a translation (MT-R1-Zero)",
                              "arXiv:2504.10160", skeleton::host};
  struct inputs {
    std::string_view completion;
    std::string_view reference;
    double model_score = std::numeric_limits<double>::quiet_NaN();  ///< learned metric times 100, of Model and Merge
  };
  struct outputs {
    double reward = 0;         ///< the sum of the next two
    double format_reward = 0;
    double answer_reward = 0;
    double bleu = 0;           ///< rounded to two decimals; 0 without good form and a translation
  };
  struct options {
    mt_metric metric = mt_metric::bleu;
    mt_reward_type reward_type = mt_reward_type::continuous;
    bleu_tokenizer tokenizer = bleu_tokenizer::v13a;  ///< zh for Chinese
    double bleu_threshold = 40;
    double model_threshold = 90;
    double scale_factor = 100;  ///< > 0
    bool check_think = true;    ///< false: any translation has good form
    double format_reward = 1;
    chat_header header = chat_header::automatic;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words().together("translation")),
                      array("reference", &I::reference, "B", words()),
                      optional_array("model_score", &I::model_score, "B", drawn(0, 100)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "B"), array("format_reward", &O::format_reward, "B"),
                      array("answer_reward", &O::answer_reward, "B"), array("bleu", &O::bleu, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("metric", &options::metric), choice("reward_type", &options::reward_type),
                      choice("tokenizer", &options::tokenizer),
                      option("bleu_threshold", &options::bleu_threshold, drawn(0, 100)),
                      option("model_threshold", &options::model_threshold, drawn(0, 100)),
                      option("scale_factor", &options::scale_factor, greater_than(0, 1, 100)),
                      flag("check_think", &options::check_think), option("format_reward", &options::format_reward),
                      choice("header", &options::header));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace translations {

/// Behind the header of a chat, if there is one.
inline std::optional<std::string_view> behind_header(std::string_view text) {
  for (const std::string_view header :
       {"Assistant:", "<|im_start|>assistant", "<|start_header_id|>assistant<|end_header_id|>"})
    if (const std::size_t at = text.find(header); at != text.npos) return text.substr(at + header.size());
  return std::nullopt;
}

inline bool in_form(std::string_view text) {
  std::size_t last = 0;
  for (const std::string_view tag : {"<think>", "</think>", "<translate>", "</translate>"}) {
    if (!tags::occurs_once(text, tag) || text.find(tag) < last) return false;
    last = text.find(tag);
  }
  return true;
}

}  // namespace translations

/// One completion.
inline op::mt_r1_reward::outputs mt_r1_reward(const op::mt_r1_reward::inputs& in,
                                              const op::mt_r1_reward::options& o = {}) {
  const auto rule = check<op::mt_r1_reward>(in, o);
  const auto turn = o.header == chat_header::none ? in.completion : translations::behind_header(in.completion);
  const auto block = turn ? tags::last_block(*turn, "<translate>", "</translate>") : std::nullopt;
  const std::string_view translation = block ? unicode::trim(block->content) : std::string_view();
  const bool good = o.check_think ? translations::in_form(turn.value_or(in.completion)) : block.has_value();

  op::mt_r1_reward::outputs out;
  out.format_reward = good ? o.format_reward : -std::abs(o.format_reward);
  out.answer_reward = -2;
  if (good && !translation.empty()) {
    out.bleu = rounded_to_decimals(bleu_text::sentence_score(translation, in.reference, o.tokenizer), 2);
    const bool by_bleu = o.metric != mt_metric::model, by_model = o.metric != mt_metric::bleu;
    rule(!by_model || in.model_score == in.model_score, "model_score", "must be given for Model and Merge");
    if (o.reward_type == mt_reward_type::discrete) {
      const bool low =
          (by_bleu && !(out.bleu > o.bleu_threshold)) || (by_model && !(in.model_score > o.model_threshold));
      out.answer_reward = low ? -1.5 : 2;
    } else {
      out.answer_reward = (by_bleu ? out.bleu / o.scale_factor : 0) + (by_model ? in.model_score / o.scale_factor : 0);
    }
  }
  out.reward = out.format_reward + out.answer_reward;
  return out;
}

/// A batch, in order.
inline auto mt_r1_reward(const host_rows& rows, std::span<const op::mt_r1_reward::inputs> in,
                         const op::mt_r1_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return mt_r1_reward(row, o); });
}

}}  // namespace guerdon
