"""gunicorn as the image starts it, on a port of its own."""

import http.client
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from ops import probe

DJANGO = Path(__file__).resolve().parent.parent


class Web:
    def __init__(self, folder: Path, **own_variables: str):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            self.port = unused.getsockname()[1]
        readme = (DJANGO / "README.md").read_text().splitlines()
        example = shlex.split(next(line for line in readme if line.strip().startswith("--bind")))
        arguments = shlex.join([*example, f"--bind=127.0.0.1:{self.port}"])
        variables = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "GUNICORN_CMD_ARGS": arguments}
        self.output = folder / "output"
        with self.output.open("w") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "config.wsgi:application"],
                cwd=DJANGO,
                env={**os.environ, **variables, **own_variables},
                stdout=stream,
                stderr=stream,
            )

    def get(self, path: str, host="www.example.com"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https", "X-Request-Id": "probe"})
        answer = connection.getresponse()
        answer.read()
        return answer

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.output.read_text().splitlines()]

    def wait(self) -> None:
        deadline = time.monotonic() + 20
        while probe.web(self.port):
            assert time.monotonic() < deadline and self.process.poll() is None, self.output.read_text()
            time.sleep(0.1)
