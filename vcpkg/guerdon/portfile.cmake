# A port that builds from the tree it lies in: vcpkg install guerdon[eigen] --overlay-ports=vcpkg
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
set(VCPKG_BUILD_TYPE release)  # headers alone

set(backend scalar)
set(absent "")
if("eigen" IN_LIST FEATURES)
  set(backend eigen)
else()
  list(APPEND absent -DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON)
endif()
if(NOT "xtensor" IN_LIST FEATURES)
  list(APPEND absent -DCMAKE_DISABLE_FIND_PACKAGE_xtensor=ON)
endif()
vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS -DGUERDON_BACKEND=${backend} ${absent} -DGUERDON_CUDA=OFF -DGUERDON_BUILD_TESTS=OFF -DGUERDON_BUILD_EXAMPLES=OFF
          -DGUERDON_BUILD_BENCH=OFF -DGUERDON_BUILD_DOCS=OFF
  MAYBE_UNUSED_VARIABLES CMAKE_DISABLE_FIND_PACKAGE_Eigen3 CMAKE_DISABLE_FIND_PACKAGE_xtensor)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/guerdon)
vcpkg_fixup_pkgconfig()
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
