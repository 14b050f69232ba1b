#include "report.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <set>
#include <sstream>

namespace ex = guerdon::examples;

namespace {

bool have_gnuplot() { return ex::run_child({"gnuplot", "--version"}, "").has_value(); }

ex::line_plot two_lines() {
  return {"Accuracy <held out>",
          "update",
          "accuracy / %",
          {{"a'b_c", {0, 1}, {1, 2}, {0, 1}, {2, 3}}, {"d", {0, 1}, {2, 1}}}};
}

/// Every value of an attribute, in order.
std::vector<std::string> attributes(const std::string& html, const std::string& name) {
  std::vector<std::string> found;
  for (const char quote : {'\'', '"'}) {
    const std::string open = ' ' + name + '=' + quote;
    for (std::size_t at = 0; (at = html.find(open, at)) != std::string::npos;) {
      at += open.size();
      found.push_back(html.substr(at, html.find(quote, at) - at));
    }
  }
  return found;
}

/// Hides gnuplot for the life of the object.
struct without_path {
  std::string old = ::getenv("PATH");
  without_path() { ::setenv("PATH", "/nonexistent", 1); }
  ~without_path() { ::setenv("PATH", old.c_str(), 1); }
};

}  // namespace

TEST_CASE("text is escaped wherever it stands in the page") {
  ex::page page("<title>", "a & b");
  page.section("1 < 2");
  page.paragraph("<script>alert(1)</script>");
  page.code("if (a < b && c > d)", "<caption>");
  page.add(ex::table{{"<th>"}, {{"<td>"}}});
  const std::string html = page.html();
  CHECK(html.find("<script>") == std::string::npos);
  CHECK(html.find("if (a &lt; b &amp;&amp; c &gt; d)") != std::string::npos);
  CHECK(html.find("&lt;td&gt;") != std::string::npos);
}

TEST_CASE("inline plots share no id, name what exists, and ask for nothing from outside") {
  if (!have_gnuplot()) return;
  ex::page page("Report");
  for (int i = 0; i < 3; ++i) page.add(two_lines());
  page.add(ex::forest_plot{"Final", "accuracy", {{"x", {1, 0.5, 1.5}}, {"y", {2, 1.8, 2.1}}}, 1});
  page.add(ex::histogram_plot{"Length", "words", "responses", {{"all", {0, 1, 2}, {3, 4}}}});
  page.add(ex::heat_map{"Correlation", {"a", "b"}, {"a", "b"}, {{1, 0.5}, {0.5, 1}}});
  CHECK(page.all_drawn());
  const std::string html = page.html();
  const auto ids = attributes(html, "id");
  const std::set<std::string> unique(ids.begin(), ids.end());
  CHECK(ids.size() > 20);
  CHECK(unique.size() == ids.size());
  for (const std::string& target : attributes(html, "xlink:href")) {
    REQUIRE(target.starts_with('#'));
    CHECK(unique.contains(target.substr(1)));
  }
  CHECK(html.find("src=") == std::string::npos);
  CHECK(html.find("@import") == std::string::npos);
  CHECK(html.find("<?xml") == std::string::npos);
  // No colour is fixed: text, grid and series follow the page.
  CHECK(html.find("rgb(1,2,3)") == std::string::npos);
  CHECK(html.find("var(--series-2)") != std::string::npos);
  CHECK(html.find("a'b_c") != std::string::npos);
}

TEST_CASE("without gnuplot the page holds the data and says how to get it") {
  const without_path hidden;
  ex::page page("Report");
  page.add(two_lines());
  CHECK_FALSE(page.all_drawn());
  const std::string html = page.html();
  CHECK(html.find("apt-get install gnuplot-nox") != std::string::npos);
  CHECK(html.find("<th>series</th>") != std::string::npos);
  CHECK(html.find("<svg") == std::string::npos);
}

TEST_CASE("gaps, single points and empty plots do not stop a page") {
  if (!have_gnuplot()) return;
  const double gap = ex::not_a_number;
  ex::page page("Report");
  page.add(ex::line_plot{
      "gaps", "x", "y", {{"a", {0, 1, 2, 3}, {1, gap, 2, 3}}, {"b", {1}, {1}}, {"none", {}, {}}}});
  page.add(ex::line_plot{"nothing", "x", "y", {{"a", {0, 1}, {gap, gap}}}});
  page.add(ex::line_plot{"empty", "x", "y", {}});
  page.add(ex::line_plot{"flat", "x", "y", {{"a", {0, 1}, {2, 2}}}});
  page.add(ex::forest_plot{"one", "x", {{"a", {1, gap, gap}}, {"b", {}}}});
  page.add(ex::histogram_plot{"empty", "x", "y", {}});
  page.add(ex::heat_map{"holes", {"a"}, {"b", "c"}, {{gap, 1}}});
  CHECK(page.html().find("No data.") != std::string::npos);
}

TEST_CASE("data that do not fit together are refused by name") {
  CHECK_THROWS_WITH_AS(draw(ex::line_plot{"t", "x", "y", {{"bad", {0, 1}, {1}}}}), doctest::Contains("'bad'"),
                       std::invalid_argument);
  CHECK_THROWS_AS(draw(ex::histogram_plot{"t", "x", "y", {{"bad", {0, 1}, {1, 2}}}}), std::invalid_argument);
  CHECK_THROWS_AS(draw(ex::heat_map{"t", {"a"}, {"a"}, {{1, 2}}}), std::invalid_argument);
}

TEST_CASE("a table prints in aligned columns, numbers flush right") {
  std::ostringstream out;
  out << ex::table{{"name", "value"}, {{"größe", "1.5"}, {"b", "-12.25"}}};
  CHECK(out.str() ==
        "name    value\n"
        "-------------\n"
        "größe     1.5\n"
        "b      -12.25\n");
  CHECK(ex::format_number(-0.0001) == "0.000");
  CHECK(ex::format_number(ex::not_a_number) == "-");
}
