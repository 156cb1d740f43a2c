"""What a deployment needs before it begins: images and npm's packages, fetched and made beside each other."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

from containers import base_images, site_image
from containers import engine as engines
from deployment import cdk
from problem import Problem
from settings import LOCAL, say


def prepare(engine: engines.Engine | None, progress: Callable[[str], None]) -> None:
    """Images beside npm's packages: the first waits for mirrors most of the time, the second computes."""
    with _beside([sys.executable, str(LOCAL / "demo.py"), "prepare"]) if engine else contextlib.nullcontext():
        cdk.prepare(progress)


def make_images() -> None:
    """Everything that a deployment starts containers from; building the site's image later finds its layers done."""
    try:
        engine = engines.find()
    except engines.NoEngine as problem:
        return say(f"no images without a container engine: {problem}")
    base_images.ensure(engine)
    site_image.build(engine)


@contextlib.contextmanager
def _beside(command: list[str]) -> Iterator[None]:
    """Runs a command during the `with` block; its output is printed in one piece. It is ended when the block fails."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield
            output, _ = process.communicate()
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            raise
    print(output, end="", flush=True)
    if process.returncode:
        raise Problem("the images could not be made, see above.", "do what it says there")
