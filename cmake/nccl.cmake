# NCCL and CUDA's runtime as the target guerdon_nccl: from the CUDA toolkit's folders, the system's (Debian: libnccl-dev)
# or Python's packages (nvidia-nccl-cu13). NCCL brings no CMake package.
if(NOT TARGET guerdon_nccl)
  find_package(CUDAToolkit QUIET)
  find_package(Python 3.9 QUIET COMPONENTS Interpreter)
  set(nccl_package "")
  if(Python_Interpreter_FOUND)
    execute_process(COMMAND ${Python_EXECUTABLE} -c "import nvidia.nccl; print(list(nvidia.nccl.__path__)[0])"
                    OUTPUT_VARIABLE nccl_package OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  find_path(GUERDON_NCCL_INCLUDE_DIR nccl.h HINTS ${CUDAToolkit_INCLUDE_DIRS} ${nccl_package}/include)
  find_library(GUERDON_NCCL_LIBRARY NAMES nccl libnccl.so.2 HINTS ${CUDAToolkit_LIBRARY_DIR} ${nccl_package}/lib)
  mark_as_advanced(GUERDON_NCCL_INCLUDE_DIR GUERDON_NCCL_LIBRARY)
  if(TARGET CUDA::cudart AND GUERDON_NCCL_INCLUDE_DIR AND GUERDON_NCCL_LIBRARY)
    add_library(guerdon_nccl INTERFACE IMPORTED GLOBAL)
    set_target_properties(guerdon_nccl PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES "${GUERDON_NCCL_INCLUDE_DIR};${CUDAToolkit_INCLUDE_DIRS}"
      INTERFACE_LINK_LIBRARIES "${GUERDON_NCCL_LIBRARY};CUDA::cudart")
  endif()
endif()
