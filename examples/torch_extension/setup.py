"""python3 -m pip install --no-build-isolation . ; guerdon is header-only, so what it adds is a folder to look in."""
import os
import pathlib

import setuptools
from torch.utils.cpp_extension import BuildExtension, CppExtension

guerdon = pathlib.Path(__file__).resolve().parents[2] / "include"  # or the prefix that it was installed to
flags = ["-std=c++20", "-O3", "-march=native", "-DGUERDON_DEFAULT_BACKEND_EIGEN=1"]
eigen = os.environ.get("EIGEN3_INCLUDE_DIR", "/usr/include/eigen3")
setuptools.setup(
    name="guerdon_clip_loss",
    ext_modules=[CppExtension("guerdon_clip_loss", ["clip_loss.cpp"],
                              include_dirs=[str(guerdon), eigen], extra_compile_args=flags)],
    cmdclass={"build_ext": BuildExtension.with_options(use_ninja=False)})
