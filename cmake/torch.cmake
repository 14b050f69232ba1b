# PyTorch's libraries for C++ as the target guerdon_torch, from the package of the Python that CMake finds. Torch's own CMake
# package would ask for the whole CUDA toolkit that it was built with. `torch_missing` says in words what is not here.
set(torch_missing "")
if(NOT TARGET guerdon_torch)
  find_package(Python 3.9 QUIET COMPONENTS Interpreter)
  set(torch_missing "PyTorch for Python (python3 -m pip install torch)")
  if(Python_Interpreter_FOUND)
    execute_process(COMMAND ${Python_EXECUTABLE} -c "import importlib.util as i; print(i.find_spec('torch').submodule_search_locations[0])"
                    OUTPUT_VARIABLE torch_folder OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE absent ERROR_QUIET)
    if(NOT absent AND EXISTS ${torch_folder}/lib/libtorch_cpu.so)
      set(torch_missing "")
      add_library(guerdon_torch INTERFACE IMPORTED GLOBAL)
      set_target_properties(guerdon_torch PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${torch_folder}/include
        INTERFACE_LINK_LIBRARIES "${torch_folder}/lib/libtorch_cpu.so;${torch_folder}/lib/libc10.so"
        INTERFACE_LINK_OPTIONS "-Wl,-rpath,${torch_folder}/lib,--no-as-needed")
    endif()
  endif()
endif()
