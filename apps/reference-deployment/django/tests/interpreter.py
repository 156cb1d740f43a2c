"""A CPython 3.13 with the tests' packages: this machine's own, else the one of the site's base image."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from containers import base_images as images
from containers import engine as engines

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements-test.txt"
# ensurepip is what Debian leaves out of an interpreter without its -venv package.
PROBE = "import ensurepip, platform, ssl, sys; print(platform.python_implementation(), *sys.version_info[:2])"


@dataclass(frozen=True)
class Interpreter:
    python: Path
    # What stands before the interpreter to run it in a container.
    container: list[str] = field(default_factory=list)
    engine: engines.Engine | None = None

    def run(self, arguments: list[str], environment: dict[str, str], cwd: Path) -> int:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TERM") if name in os.environ}
        command = [str(self.python), *arguments]
        if self.engine:
            inherited = dict(self.engine.environment)
            passed = [f"--env={name}={value}" for name, value in environment.items()]
            options, image = self.container[:-1], self.container[-1]
            command = [self.engine.name, *options, *passed, f"--workdir={cwd}", image, *command]
        with subprocess.Popen(command, env={**inherited, **environment}, cwd=cwd) as process:
            try:
                return process.wait()
            except KeyboardInterrupt:  # which has reached the process, too
                process.wait()
                raise
            except SystemExit:  # which has to reach it, so that it takes away what it started
                process.terminate()
                process.wait()
                raise


def find_interpreter(engine: engines.Engine | None, cache: Path) -> Interpreter:
    """An interpreter with the packages of requirements-test.txt, in a virtual environment below `cache`."""
    base = _on_this_machine()
    if base:
        venv = cache / "django-venv"
        interpreter = Interpreter(venv / "bin" / "python")
        setup = Interpreter(base)
    elif engine:
        venv = cache / "django-venv-container"
        options = ["run", "--rm", "--network=host", f"--volume={cache.parent}:{cache.parent}"]
        interpreter = Interpreter(venv / "bin" / "python", [*options, images.PYTHON.tag], engine)
        setup = Interpreter(Path("python3"), [*options, *_pip_options(), images.PYTHON.tag], engine)
    else:
        sys.exit(
            "The tests need CPython 3.13 and found neither one on this machine nor a container engine to run one in.\n"
            "Next step: install Python 3.13 (`pyenv install 3.13`), or Docker or podman."
        )
    _install(setup, venv)
    return interpreter


def _on_this_machine() -> Path | None:
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [
        sys.executable,
        shutil.which("python3.13"),
        *map(str, sorted(pyenv.glob("versions/3.13.*/bin/python3.13"))),
    ]
    for candidate in filter(None, candidates):
        # pyenv puts a python3.13 on PATH that fails unless 3.13 is also the chosen version, so ask each one.
        answer = subprocess.run([candidate, "-c", PROBE], capture_output=True, text=True)
        if answer.returncode == 0 and answer.stdout.split() == ["CPython", "3", "13"]:
            return Path(candidate)
    return None


def _install(setup: Interpreter, venv: Path) -> None:
    made_from = venv / "made-from"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + str(setup.python).encode()).hexdigest()
    if made_from.exists() and made_from.read_text() == wanted:
        return
    shutil.rmtree(venv, ignore_errors=True)
    venv.parent.mkdir(exist_ok=True)
    print(f"Installing the tests' packages into {venv}", flush=True)
    pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(REQUIREMENTS)]
    inside = Interpreter(venv / "bin" / "python", setup.container, setup.engine)
    # pip of this machine keeps its own settings; a container has only what _pip_options hands in.
    settings = {} if setup.engine else {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_"))}
    for interpreter, arguments in ((setup, ["-m", "venv", str(venv)]), (inside, pip)):
        if interpreter.run(arguments, settings, cwd=venv.parent):
            sys.exit(
                f"`{interpreter.python} {' '.join(arguments)}` failed, see above.\n"
                "Next step: see whether the package index can be reached, then run this again."
            )
    made_from.write_text(wanted)


def _pip_options() -> list[str]:
    """This machine's certificate authorities and pip configuration, for the installation only."""
    options = []
    if engines.CA_BUNDLE.exists():
        options += [f"--volume={engines.CA_BUNDLE}:/run/ca.crt:ro", "--env=PIP_CERT=/run/ca.crt"]
    if config := engines.host_pip_config():
        options += [f"--volume={config}:/etc/pip.conf:ro"]
    return options
