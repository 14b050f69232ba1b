#pragma once
// Queries of models run by SQLite, as rows of text for sql_execution_match: read-only, and never longer than they may.
//
//   const guerdon::sqlite_database db("world.sqlite");           // or sqlite_database::in_memory("CREATE TABLE ...")
//   const auto predicted = db.run(extract_sql({completion}).sql), gold = db.run(gold_sql);
//   const bool right = sql_execution_match({predicted.rows, gold.rows, predicted.status}).match;
//
// A query may read and nothing else: the database is opened read-only, an authoriser lets SELECT and its functions
// through and refuses to write, to attach, to set, to load, and only one statement is taken. It stops after so many
// steps of SQLite's machine, which do not depend on how fast this one is, and after so many rows.
//
// A row is its cells behind one another, each with its kind, so that 1 and '1' differ and NULL is no text; integers and
// floats that are equal are the same.
//
// Needs SQLite 3 (Debian: libsqlite3-dev), linked with -lsqlite3. No umbrella includes this header.

#include <guerdon/core/error.hpp>

#include <sqlite3.h>

#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon {

/// What a query came to; `status` as sql_execution_match takes it.
struct sqlite_result {
  std::vector<std::string> rows;
  index_t status = 0;   ///< 0 ran, 1 error, 2 out of steps
  std::string problem;  ///< what SQLite says, where it did not run
};

struct sqlite_limits {
  index_t steps = 100'000'000;  ///< of SQLite's machine, in thousands at least; some seconds
  index_t rows = 5000;          ///< the rest is not fetched
  index_t bytes = 1 << 26;      ///< longest text of a query or a cell
};

inline namespace GUERDON_ABI {

/// Used by one caller at a time.
class sqlite_database {
 public:
  /// A file, which is not changed.
  explicit sqlite_database(const std::string& path, sqlite_limits limits = {}) : sqlite_database(limits) {
    open(path, SQLITE_OPEN_READONLY);
    protect();
  }
  /// A database that a script makes, which is the caller's own and may do anything.
  static sqlite_database in_memory(const std::string& script, sqlite_limits limits = {}) {
    sqlite_database db(limits);
    db.open(":memory:", SQLITE_OPEN_READWRITE);
    if (sqlite3_exec(db.handle_.get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      refuse("sqlite_database", "script", sqlite3_errmsg(db.handle_.get()));
    db.protect();
    return db;
  }

  sqlite_result run(std::string_view query) const {
    sqlite_result result;
    const auto failed = [&](int code) {
      result.rows.clear();
      result.status = code == SQLITE_INTERRUPT ? 2 : 1;
      result.problem = sqlite3_errmsg(handle_.get());
      return result;
    };
    if (static_cast<index_t>(query.size()) > limits_.bytes) return failed(SQLITE_TOOBIG);
    index_t left = limits_.steps / 1000;
    sqlite3_progress_handler(handle_.get(), 1000, [](void* count) { return int(--*static_cast<index_t*>(count) < 0); },
                             &left);
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    int code = sqlite3_prepare_v2(handle_.get(), query.data(), static_cast<int>(query.size()), &prepared, &rest);
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared, &sqlite3_finalize);
    if (code != SQLITE_OK || !prepared) return failed(code == SQLITE_OK ? SQLITE_ERROR : code);
    const std::string_view behind(rest, static_cast<std::size_t>(query.data() + query.size() - rest));
    if (behind.find_first_not_of(" \t\r\n;") != behind.npos) {
      result.status = 1, result.problem = "more than one statement";
      return result;
    }
    while ((code = sqlite3_step(prepared)) == SQLITE_ROW && static_cast<index_t>(result.rows.size()) < limits_.rows)
      result.rows.push_back(row_of(prepared));
    return code == SQLITE_DONE || code == SQLITE_ROW ? result : failed(code);
  }

 private:
  explicit sqlite_database(sqlite_limits limits) : limits_(limits) {
    require(limits.steps > 0 && limits.rows > 0 && limits.bytes > 0 && limits.bytes < index_t(1) << 30,
            "sqlite_database", "limits", "must be greater than 0, bytes below 2^30");
  }

  void open(const std::string& path, int flags) {
    sqlite3* db = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
    handle_.reset(db);
    if (code != SQLITE_OK) refuse("sqlite_database", "path", db ? sqlite3_errmsg(db) : "cannot be opened");
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, static_cast<int>(limits_.bytes));
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  }

  void protect() {
    sqlite3_set_authorizer(handle_.get(), &allowed, nullptr);
  }

  static int allowed(void*, int action, const char*, const char* name, const char*, const char*) {
    if (action == SQLITE_FUNCTION) return std::string_view(name) == "load_extension" ? SQLITE_DENY : SQLITE_OK;
    const bool reads = action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE;
    return reads ? SQLITE_OK : SQLITE_DENY;
  }

  static std::string row_of(sqlite3_stmt* statement) {
    std::string row;
    const auto put = [&](char kind, std::string_view cell) {
      // With its length, so that no cell can pretend to be two.
      row.append(1, kind).append(std::to_string(cell.size())).append(":").append(cell);
    };
    char digits[40];
    const auto written = [&](auto x) {
      const char* const end = std::to_chars(digits, digits + sizeof digits, x).ptr;
      return std::string_view(digits, static_cast<std::size_t>(end - digits));
    };
    for (int k = 0; k < sqlite3_column_count(statement); ++k) {
      const auto bytes = [&](const void* data) {
        return std::string_view(static_cast<const char*>(data),
                                static_cast<std::size_t>(sqlite3_column_bytes(statement, k)));
      };
      switch (sqlite3_column_type(statement, k)) {
        case SQLITE_NULL: put('n', ""); break;
        case SQLITE_INTEGER: put('i', written(sqlite3_column_int64(statement, k))); break;
        case SQLITE_FLOAT: {
          const double x = sqlite3_column_double(statement, k);
          const bool whole = x >= -9e15 && x <= 9e15 && x == static_cast<double>(static_cast<index_t>(x));
          put('i', whole ? written(static_cast<index_t>(x)) : written(x));
          break;
        }
        case SQLITE_TEXT: put('t', bytes(sqlite3_column_text(statement, k))); break;
        default: put('b', bytes(sqlite3_column_blob(statement, k))); break;
      }
    }
    return row;
  }

  struct closer {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  sqlite_limits limits_;
  std::unique_ptr<sqlite3, closer> handle_;
};

}}  // namespace guerdon
