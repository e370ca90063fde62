# SPDX-License-Identifier: GPL-3.0-or-later
"""CMake installs the module into any prefix, replaces what an older install left, and takes it away again."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command, **options) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, **options)
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


def install(prefix: Path, build: Path, source: Path = ROOT) -> Path:
    """Installs into ``prefix``; returns the folder of the installed package."""
    run("cmake", "-S", source, "-B", build, f"-DCMAKE_INSTALL_PREFIX={prefix}", f"-DPYTHON_EXECUTABLE={sys.executable}")
    run("cmake", "--install", build)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return prefix / "lib" / version / "site-packages" / "gnuradio" / "rfsec"


def files_below(folder: Path, pattern: str = "*") -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob(pattern)
            if path.is_file() and "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A prefix whose path holds a space, with the module in it."""
    folder = tmp_path_factory.mktemp("install with space")
    return install(folder / "prefix", folder / "build"), folder / "prefix"


def test_everything_is_installed_and_nothing_else(installed):
    package, prefix = installed
    models = {f"models/{name}": data for name, data in files_below(ROOT / "models", "*.onnx").items()}
    assert files_below(package) == files_below(ROOT / "python" / "rfsec") | models
    assert files_below(prefix / "share/gnuradio/grc/blocks") == files_below(ROOT / "grc", "*.yml")
    examples = files_below(ROOT / "examples", "*.grc") | files_below(ROOT / "examples", "*.yaml")
    assert files_below(prefix / "share/gr-rfsec/examples") == examples
    # GNU Radio finds the module by extending its own package path; an __init__.py here would hide GNU Radio itself.
    assert not (package.parent / "__init__.py").exists()


def test_the_installed_command_runs(installed, tmp_path):
    _, prefix = installed
    assert "classify" in run(prefix / "bin" / "rfsec", "--help", cwd=tmp_path)


def test_the_launcher_finds_its_module_and_its_interpreter(tmp_path):
    """The interpreter does not search the prefix, and its path has a space, which a #! line cannot hold."""
    environment = tmp_path / "a space"
    run(sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", environment)
    prefix, build = tmp_path / "prefix", tmp_path / "build"
    run("cmake", "-S", ROOT, "-B", build, f"-DCMAKE_INSTALL_PREFIX={prefix}", f"-DPYTHON_EXECUTABLE={environment}/bin/python")
    run("cmake", "--install", build)
    [command_line] = prefix.glob("lib/python3*/site-packages/gnuradio/rfsec/cli/__init__.py")
    command_line.write_text("import sys\ndef main():\n    print(sys.executable, __file__, sep='\\n')\n")
    assert run(prefix / "bin" / "rfsec", cwd=tmp_path).splitlines() == [f"{environment}/bin/python", str(command_line)]


def test_a_removed_source_does_not_stay_installed(tmp_path):
    source = tmp_path / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".venv", ".git", "build", "runs", "demo-out", "__pycache__"))
    (source / "python/rfsec/dsp/old.py").write_text("")
    (source / "python/rfsec/__pycache__").mkdir()
    (source / "python/rfsec/__pycache__/old.cpython-311.pyc").write_text("")
    (source / "grc/rfsec_old.block.yml").write_text("")
    package = install(tmp_path / "prefix", tmp_path / "build", source)
    assert (package / "dsp/old.py").exists()
    (source / "python/rfsec/dsp/old.py").unlink()
    (source / "grc/rfsec_old.block.yml").unlink()
    install(tmp_path / "prefix", tmp_path / "build", source)
    assert (package / "dsp/__init__.py").exists() and not (package / "dsp/old.py").exists()
    assert not (package / "__pycache__").exists()
    assert not (tmp_path / "prefix/share/gnuradio/grc/blocks/rfsec_old.block.yml").exists()


def test_a_link_to_a_checkout_is_replaced_and_the_checkout_stays(tmp_path):
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "precious.py").write_text("")
    package = install(tmp_path / "prefix", tmp_path / "build")
    shutil.rmtree(package)
    package.symlink_to(checkout)
    install(tmp_path / "prefix", tmp_path / "build")
    assert [path.name for path in checkout.iterdir()] == ["precious.py"]
    assert not package.is_symlink() and (package / "errors.py").exists()


def test_uninstall_leaves_the_rest_of_the_prefix_alone(tmp_path):
    prefix = tmp_path / "prefix"
    package = install(prefix, tmp_path / "build")
    others = [prefix / "share/gnuradio/grc/blocks/other.block.yml", package.parent / "other" / "__init__.py"]
    for path in others:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    run("cmake", "-P", tmp_path / "build" / "uninstall.cmake")
    assert sorted(path for path in prefix.rglob("*") if path.is_file()) == sorted(others)


def test_an_interpreter_without_gnu_radio_is_refused(tmp_path):
    done = subprocess.run(["cmake", "-S", str(ROOT), "-B", str(tmp_path), "-DPYTHON_EXECUTABLE=/bin/false"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "/bin/false cannot import GNU Radio" in done.stderr
