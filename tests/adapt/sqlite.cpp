// Queries that only read, and those that try more.
#include <guerdon/adapt/sqlite.hpp>
#include <guerdon/verify/sql_execution_match.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>

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
  CHECK(db.run("SELECT " + std::string(100'000, '(')).status == 1);
  CHECK(db.run("SELECT name FROM city").status == 0);
}

TEST_CASE("what cannot be opened is refused") {
  CHECK_THROWS_AS(sqlite_database("/no/such/file"), std::invalid_argument);
  CHECK_THROWS_AS(sqlite_database::in_memory("no SQL"), std::invalid_argument);
}

}  // namespace
