"""The hostile corpus with the allow-list switched off: nothing outside changes, at either level, for any user."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = [sys.executable, str(ROOT / "benchmarks" / "hostile.py")]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="only Linux contains programs")]


def contained(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "Nothing outside changed."
    return done.stdout


def test_nothing_outside_changes():
    assert f"user {os.getuid()}: 118 programs" in contained(*SCRIPT)


def test_nothing_outside_changes_on_a_kernel_without_landlock():
    assert contained(*SCRIPT, "--without-landlock", "--every", "5").startswith("level B")


def test_nothing_outside_changes_for_a_user_without_rights():
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become another user")
    starts_python = "import subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"
    python = subprocess.run([*NOBODY, sys.executable, "-I", "-c", starts_python], capture_output=True, check=False)
    if python.returncode != 0:
        pytest.skip("another user cannot run this Python")
    assert "user 65534" in contained(*NOBODY, *SCRIPT, "--every", "5")
