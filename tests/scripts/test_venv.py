"""Real environments and a real pip, with a package of our own in place of the index."""

import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from bin.tools import venv
from bin.tools.terminal import SetupError


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder that is all pip can see."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name, value in {"CONFIG_FILE": "/dev/null", "NO_INDEX": "1", "FIND_LINKS": str(folder)}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    return folder


def publish(index: Path, version: str) -> str:
    """Put a wheel with one module into the index and return the line that locks it."""
    wheel = index / f"thing-{version}-py3-none-any.whl"
    about = f"thing-{version}.dist-info"
    files = {
        "thing.py": f"version = {version!r}",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: thing\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return f"thing=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def installed(folder: Path) -> str:
    command = [folder / "bin" / "python", "-c", "import thing; print(thing.version)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_what_is_locked_is_installed_when_the_lock_changed(tmp_path, index, capfd):
    lock, folder = tmp_path / "lock.txt", tmp_path / "venv"
    lock.write_text(publish(index, "1.0"))
    venv.ensure(folder, [str(lock)])
    assert installed(folder) == "1.0"

    capfd.readouterr()
    venv.ensure(folder, [str(lock)])
    assert capfd.readouterr().out == ""

    lock.write_text(publish(index, "2.0"))
    venv.ensure(folder, [str(lock)])
    assert installed(folder) == "2.0"


def test_package_that_is_not_what_was_locked(tmp_path, index, capfd):
    lock, folder = tmp_path / "lock.txt", tmp_path / "venv"
    lock.write_text(publish(index, "1.0").replace("sha256:", "sha256:0")[:-2] + "\n")
    with pytest.raises(SetupError, match="could not install"):
        venv.ensure(folder, [str(lock)])
    with pytest.raises(SetupError, match="could not install"):
        venv.ensure(folder, [str(lock)])


def test_broken_environment_is_made_anew(tmp_path):
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(tmp_path / "gone")
    venv.ensure(tmp_path / "venv", [])
    subprocess.run([python, "-m", "pip", "--version"], check=True)


def test_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="Not a directory"):
        venv.ensure(tmp_path / "file" / "venv", [])
