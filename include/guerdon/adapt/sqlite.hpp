#pragma once
// Queries of models run by SQLite, as rows of text for sql_execution_match: read-only, and never longer than they may.
//
//   const guerdon::sqlite_database db("world.sqlite");           // or sqlite_database::in_memory("CREATE TABLE ...")
//   const auto predicted = db.run(extract_sql({completion}).sql), gold = db.run(gold_sql);
//   const bool right = sql_execution_match({predicted.rows, gold.rows, predicted.status}).match;
//
// A query may read and nothing else: the database is opened read-only, an authoriser lets SELECT and its functions
// through and refuses to write, to attach, to set, to load, and only one statement is taken, which must have a result;
// what it sorts stays in memory. It stops after so many steps of SQLite's machine, which do not depend on how fast this
// one is, after so many seconds, and after so many rows.
//
// Time is looked at between steps, so a step must be short: cells are no longer than `bytes`, LIKE patterns no longer
// than 100, and instr, replace and trim, which SQLite has in quadratic time, are linear here. What a query sorts or
// groups may take memory for as long as it runs: where that matters, run it in a process with a limit.
//
// A row is its cells behind one another, each with its kind, so that 1 and '1' differ and NULL is no text; integers and
// floats that are equal are the same.
//
// Needs SQLite 3 (Debian: libsqlite3-dev), linked with -lsqlite3. No umbrella includes this header.

#include <guerdon/core/error.hpp>
#include <guerdon/core/text.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon {

/// What a query came to; `status` as sql_execution_match takes it.
struct sqlite_result {
  std::vector<std::string> rows;
  index_t status = 0;   ///< 0 ran, 1 error, 2 out of steps or of time
  std::string problem;  ///< what SQLite says, where it did not run
};

struct sqlite_limits {
  index_t steps = 100'000'000;  ///< of SQLite's machine, in hundreds at least; some seconds
  double seconds = 30;          ///< by the clock; infinity: as long as the steps take
  index_t rows = 5000;          ///< the rest is not fetched
  index_t bytes = 1 << 20;      ///< longest text of a query or a cell; all rows together may have 64 times as many
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
    allowance left{limits_.steps / 100, clock::now(), limits_.seconds};
    sqlite3_progress_handler(handle_.get(), 100, [](void* left) { return int(static_cast<allowance*>(left)->spent()); },
                             &left);
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    int code = sqlite3_prepare_v2(handle_.get(), query.data(), static_cast<int>(query.size()), &prepared, &rest);
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared, &sqlite3_finalize);
    if (code != SQLITE_OK || !prepared) return failed(code == SQLITE_OK ? SQLITE_ERROR : code);
    const std::string_view behind(rest, static_cast<std::size_t>(query.data() + query.size() - rest));
    const bool several = behind.find_first_not_of(" \t\r\n;") != behind.npos;
    if (several || sqlite3_column_count(prepared) == 0) {
      result.status = 1, result.problem = several ? "more than one statement" : "a statement without a result";
      return result;
    }
    for (index_t bytes = 0; static_cast<index_t>(result.rows.size()) < limits_.rows;) {
      if ((code = sqlite3_step(prepared)) != SQLITE_ROW) break;
      result.rows.push_back(row_of(prepared));
      bytes += static_cast<index_t>(result.rows.back().size());
      if (bytes > 64 * limits_.bytes) return failed(SQLITE_TOOBIG);
    }
    return code == SQLITE_DONE || code == SQLITE_ROW ? result : failed(code);
  }

 private:
  explicit sqlite_database(sqlite_limits limits) : limits_(limits) {
    require(limits.steps > 0 && limits.seconds > 0 && limits.rows > 0 && limits.bytes > 0 &&
                limits.bytes < index_t(1) << 30,
            "sqlite_database", "limits", "must be greater than 0, bytes below 2^30");
  }

  void open(const std::string& path, int flags) {
    sqlite3* db = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
    handle_.reset(db);
    if (code != SQLITE_OK) refuse("sqlite_database", "path", db ? sqlite3_errmsg(db) : "cannot be opened");
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  }

  /// From here on for queries.
  void protect() {
    sqlite3* const db = handle_.get();
    sqlite3_exec(db, "PRAGMA temp_store = MEMORY", nullptr, nullptr, nullptr);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, static_cast<int>(limits_.bytes));
    sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100);
    sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 10'000);
    const auto define = [&](const char* name, int arguments, auto function, side* sides = nullptr) {
      sqlite3_create_function_v2(db, name, arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC, sides, function, nullptr,
                                 nullptr, nullptr);
    };
    static side left = side::left, right = side::right, both = side::both;
    define("ltrim", 2, &trimmed, &left);
    define("rtrim", 2, &trimmed, &right);
    define("trim", 2, &trimmed, &both);
    define("instr", 2, &found_at);
    define("replace", 3, &replaced);
    sqlite3_set_authorizer(db, &allowed, nullptr);
  }

  using clock = std::chrono::steady_clock;
  struct allowance {
    index_t hundreds;  // of steps
    clock::time_point begin;
    double seconds;
    bool spent() {
      return --hundreds < 0 || std::chrono::duration<double>(clock::now() - begin).count() > seconds;
    }
  };

  // --- functions that SQLite has in quadratic time -------------------------------------------------------------------
  enum class side { left, right, both };
  static bool any_null(int count, sqlite3_value** v) {
    return std::any_of(v, v + count, [](sqlite3_value* x) { return sqlite3_value_type(x) == SQLITE_NULL; });
  }
  static std::string_view text_of(sqlite3_value* v) {
    const void* const text = sqlite3_value_text(v);
    return {static_cast<const char*>(text), static_cast<std::size_t>(sqlite3_value_bytes(v))};
  }
  static void give(sqlite3_context* to, std::string_view text) {
    sqlite3_result_text64(to, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  static void trimmed(sqlite3_context* to, int count, sqlite3_value** v) noexcept {
    if (any_null(count, v)) return;
    std::string_view text = text_of(v[0]);
    std::u32string marks = unicode::code_points(text_of(v[1]));
    std::sort(marks.begin(), marks.end());
    const auto goes = [&](char32_t c) { return std::binary_search(marks.begin(), marks.end(), c); };
    const side from = *static_cast<side*>(sqlite3_user_data(to));
    while (from != side::right && !text.empty()) {
      const auto [c, size] = unicode::decode_at(text.data(), text.data() + text.size());
      if (!goes(c)) break;
      text.remove_prefix(static_cast<std::size_t>(size));
    }
    while (from != side::left && !text.empty()) {
      const auto [c, size] = unicode::decode_before(text.data(), text.data() + text.size());
      if (!goes(c)) break;
      text.remove_suffix(static_cast<std::size_t>(size));
    }
    give(to, text);
  }
  static void found_at(sqlite3_context* to, int count, sqlite3_value** v) noexcept {
    if (any_null(count, v)) return;
    const bool bytes = sqlite3_value_type(v[0]) == SQLITE_BLOB && sqlite3_value_type(v[1]) == SQLITE_BLOB;
    const std::string_view text = text_of(v[0]), part = text_of(v[1]);
    index_t place = part.empty() ? 1 : 0;
    unicode::contains(text, part, [&](std::size_t begin, std::size_t) {
      place = 1 + (bytes ? static_cast<index_t>(begin) : unicode::count_code_points(text.substr(0, begin)));
      return true;
    });
    sqlite3_result_int64(to, place);
  }
  static void replaced(sqlite3_context* to, int count, sqlite3_value** v) noexcept {
    if (any_null(count, v)) return;
    const std::string_view text = text_of(v[0]), part = text_of(v[1]), by = text_of(v[2]);
    if (part.empty()) return sqlite3_result_value(to, v[0]);
    const auto most = static_cast<std::size_t>(sqlite3_limit(sqlite3_context_db_handle(to), SQLITE_LIMIT_LENGTH, -1));
    std::string out;
    std::size_t done = 0;
    unicode::contains(text, part, [&](std::size_t begin, std::size_t end) {
      if (begin < done) return false;  // overlaps the one before
      out.append(text.substr(done, begin - done)).append(by);
      done = end;
      return out.size() > most;
    });
    if (out.append(text.substr(done)).size() > most) sqlite3_result_error_toobig(to);
    else give(to, out);
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
