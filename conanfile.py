"""Conan 2: conan create . makes a package of this tree; consumers find_package(guerdon) and link guerdon::guerdon."""
import pathlib
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy
from conan.tools.layout import basic_layout


class Guerdon(ConanFile):
    name = "guerdon"
    description = "Reward and policy-optimisation algorithms for reinforcement learning, header-only C++20"
    license = "Apache-2.0"
    package_type = "header-library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"backend": ["scalar", "eigen"]}
    default_options = {"backend": "scalar"}  # what guerdon::default_backend is
    exports = "CMakeLists.txt"
    exports_sources = "include/*", "LICENSE"
    no_copy_source = True

    def set_version(self):
        text = (pathlib.Path(self.recipe_folder) / "CMakeLists.txt").read_text()
        self.version = re.search(r"project\(guerdon VERSION ([\d.]+)", text)[1]

    def requirements(self):
        if self.options.backend == "eigen":
            self.requires("eigen/3.4.0")

    def validate(self):
        check_min_cppstd(self, 20)

    def layout(self):
        basic_layout(self, src_folder=".")

    def package(self):
        copy(self, "*.hpp", pathlib.Path(self.source_folder) / "include", pathlib.Path(self.package_folder) / "include")
        copy(self, "LICENSE", self.source_folder, pathlib.Path(self.package_folder) / "licenses")

    def package_id(self):
        self.info.settings.clear()

    def package_info(self):
        self.cpp_info.bindirs = self.cpp_info.libdirs = []
        self.cpp_info.defines = [f"GUERDON_DEFAULT_BACKEND_{str(self.options.backend).upper()}=1"]
        if self.settings.os in ("Linux", "FreeBSD"):
            self.cpp_info.system_libs = ["pthread"]
