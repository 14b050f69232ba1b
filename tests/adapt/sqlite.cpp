// Queries that only read, and those that try more.
#include <guerdon/adapt/sqlite.hpp>
#include <guerdon/verify/sql_execution_match.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

using namespace guerdon;

const char* const world = "CREATE TABLE city(name TEXT, people REAL); INSERT INTO city VALUES"
                          "('Oslo', 700000), ('Rome', 2800000), ('Bern', NULL);";

TEST_CASE("results become rows that can be compared") {
  const auto db = sqlite_database::in_memory(world);
  const auto gold = db.run("SELECT name FROM city WHERE people > 1e6");
  const auto match = [&](const char* query) {
    const auto predicted = db.run(query);
    return sql_execution_match({predicted.rows, gold.rows, predicted.status}).match;
  };
  CHECK(match("select name from city where people = 2800000;"));
  CHECK_FALSE(match("SELECT name FROM city"));
  CHECK_FALSE(match("SELEKT"));
  CHECK(db.run("SELECT 1").rows == db.run("SELECT 1.0").rows);
  CHECK(db.run("SELECT 1").rows != db.run("SELECT '1'").rows);
  CHECK(db.run("SELECT NULL").rows != db.run("SELECT ''").rows);
  CHECK(db.run("SELECT 'a', 'b'").rows != db.run("SELECT 'a1:b', ''").rows);
  CHECK(db.run("").status == 1);
}

TEST_CASE("a query reads and does nothing else") {
  const auto db = sqlite_database::in_memory(world);
  const std::string file = (std::filesystem::temp_directory_path() / "guerdon_sqlite_test").string();
  for (const std::string query :
       {"DELETE FROM city", "DROP TABLE city", "INSERT INTO city VALUES('x', 1)", "UPDATE city SET people = 0",
        "CREATE TABLE t(a)", "PRAGMA writable_schema = 1", "BEGIN", "VACUUM", "SELECT load_extension('x')",
        "SELECT 1; DROP TABLE city", "WITH x AS (SELECT 1) DELETE FROM city"})
    CHECK_MESSAGE(db.run(query).status == 1, query);
  CHECK(db.run("ATTACH '" + file + "' AS other").status == 1);
  CHECK(db.run("VACUUM INTO '" + file + "'").status == 1);
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(db.run("SELECT * FROM city").rows.size() == 3);
}

TEST_CASE("a query ends when its steps do, and a result at its rows") {
  const auto db = sqlite_database::in_memory(world, {.steps = 1'000'000, .rows = 10, .bytes = 1'000'000});
  const auto endless = db.run("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n");
  CHECK(endless.status == 2);
  CHECK(endless.rows.empty());
  CHECK(db.run("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n").rows.size() == 10);
  CHECK(db.run("SELECT zeroblob(2000000)").status == 1);
  CHECK(db.run("SELECT name FROM city WHERE name LIKE '" + std::string(101, '%') + "b'").status == 1);
  CHECK(db.run("SELECT 1" + std::string(20'000, ' ') + "--").status == 0);
  CHECK(db.run("SELECT " + std::string(100'000, '(')).status == 1);
  CHECK(db.run("SELECT name FROM city").status == 0);
}

TEST_CASE("a query reads no file, and a file that is queried is not changed") {
  const auto folder = std::filesystem::temp_directory_path() / "guerdon_sqlite_files";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  const std::string file = (folder / "world.sqlite").string();
  sqlite3* made = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &made) == SQLITE_OK);
  REQUIRE(sqlite3_exec(made, world, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(made);
  const auto content = [&] {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string before = content();
  {
    const sqlite_database db(file);
    CHECK(db.run("SELECT name FROM city ORDER BY people").rows.size() == 3);
    for (const std::string& query : std::initializer_list<std::string>{
          "SELECT readfile('" + file + "')", "SELECT writefile('" + file + "', 'x')", "DELETE FROM city",
          "SELECT edit('" + file + "')", "SELECT fts3_tokenizer('a', x'00')",
          "ATTACH 'file:" + file + "?mode=rw' AS other", "VACUUM INTO '" + file + ".copy'",
          "CREATE VIRTUAL TABLE v USING csv(filename='" + file + "')", "CREATE TEMP TABLE t AS SELECT 1",
          "PRAGMA temp_store_directory = '" + folder.string() + "'", "PRAGMA journal_mode = WAL",
          "SELECT * FROM pragma_database_list", "REINDEX city", "ANALYZE"})
      CHECK_MESSAGE(db.run(query).status == 1, query);
    // What is sorted is kept in memory.
    CHECK(db.run("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 20000) "
                 "SELECT hex(zeroblob(200)) || x FROM n ORDER BY 1 DESC").rows.size() == 5000);
    CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);
  }
  CHECK(content() == before);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a query ends when its time does, whatever one step does") {
  const auto seconds = [](auto work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const auto db = sqlite_database::in_memory(world, {.steps = 1'000'000'000'000, .seconds = 0.1});
  const std::string endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) ";
  for (const std::string what :
       {"SELECT count(*) FROM n", "SELECT sum(length(hex(zeroblob(400000)))) FROM n",
        "SELECT count(*) FROM n, n AS m WHERE n.x + m.x < 0", "SELECT max(hex(zeroblob(1000)) || x) FROM n"}) {
    index_t status = 0;
    const double took = seconds([&] { status = db.run(endless + what).status; });
    CHECK_MESSAGE(status == 2, what);
    CHECK_MESSAGE(took < 60, what, ": ", took);  // ten thousand times less than it would
  }
  // Half a million characters in another half million, which SQLite's own functions compare one with all: minutes.
  const std::string a = "replace(hex(zeroblob(250000)), '0', 'a')";
  const double took = seconds([&] {
    const auto patient = sqlite_database::in_memory(world, {.seconds = 1e9});
    CHECK(patient.run("SELECT instr(" + a + ", substr(" + a + ", 1, 250000) || 'b')").rows ==
          patient.run("SELECT 0").rows);
    CHECK(patient.run("SELECT length(trim(" + a + ", replace(" + a + ", 'a', 'b') || 'a'))").rows ==
          patient.run("SELECT 0").rows);
    CHECK(patient.run("SELECT length(replace(" + a + ", substr(" + a + ", 1, 250000) || 'b', ''))").rows ==
          patient.run("SELECT 500000").rows);
  });
  CHECK_MESSAGE(took < 60, took);
}

TEST_CASE("functions of our own answer as SQLite's do") {
  sqlite3* plain = nullptr;
  REQUIRE(sqlite3_open(":memory:", &plain) == SQLITE_OK);
  const auto theirs = [&](const std::string& query) {
    std::string answer;
    const auto take = [](void* to, int count, char** cells, char**) {
      for (int k = 0; k < count; ++k) *static_cast<std::string*>(to) += cells[k] ? cells[k] : "NULL";
      return 0;
    };
    REQUIRE(sqlite3_exec(plain, query.c_str(), take, &answer, nullptr) == SQLITE_OK);
    return answer;
  };
  const auto db = sqlite_database::in_memory(world);
  const char* const values[] = {"''", "'a'", "'aa'", "'aba'", "'abaababa'", "' a '", "'\u00e9a\u4e2d'", "'\u4e2d'",
                                "NULL", "12", "1.5", "x'6161'", "x''"};
  for (const std::string a : values)
    for (const std::string b : values)
      for (const std::string f : {"quote(trim(", "quote(ltrim(", "quote(rtrim(", "quote(instr(", "quote(replace("}) {
        const std::string query = "SELECT " + f + a + "," + b + (f == "quote(replace(" ? ",'xy'" : "") + "))";
        const auto ours = db.run(query);
        REQUIRE_MESSAGE(ours.status == 0, query);
        CHECK_MESSAGE(ours.rows[0].substr(ours.rows[0].find(':') + 1) == theirs(query), query);
      }
  sqlite3_close(plain);
}

TEST_CASE("what cannot be opened is refused") {
  CHECK_THROWS_AS(sqlite_database("/no/such/file"), std::invalid_argument);
  CHECK_THROWS_AS(sqlite_database::in_memory("no SQL"), std::invalid_argument);
}

}  // namespace
