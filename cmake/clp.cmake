# COIN-OR's Clp as the target guerdon_clp, where it is installed (Debian: coinor-libclp-dev): it brings no CMake package.
if(NOT TARGET guerdon_clp)
  find_path(GUERDON_CLP_INCLUDE_DIR coin/ClpSimplex.hpp)
  find_library(GUERDON_CLP_LIBRARY Clp)
  find_library(GUERDON_COINUTILS_LIBRARY CoinUtils)
  mark_as_advanced(GUERDON_CLP_INCLUDE_DIR GUERDON_CLP_LIBRARY GUERDON_COINUTILS_LIBRARY)
  if(GUERDON_CLP_INCLUDE_DIR AND GUERDON_CLP_LIBRARY AND GUERDON_COINUTILS_LIBRARY)
    add_library(guerdon_clp INTERFACE IMPORTED GLOBAL)
    set_target_properties(guerdon_clp PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${GUERDON_CLP_INCLUDE_DIR}
                          INTERFACE_LINK_LIBRARIES "${GUERDON_CLP_LIBRARY};${GUERDON_COINUTILS_LIBRARY}")
  endif()
endif()
