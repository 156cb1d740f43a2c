"""gunicorn as the image starts it, on a port of its own."""

import http.client
import json
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import Any

from tests.processes import PATIENCE, Start, serve, wait_for

DJANGO = Path(__file__).resolve().parent.parent


def gunicorn_example() -> list[str]:
    """What the construct hands to gunicorn by default, as the README shows it."""
    lines = (DJANGO / "README.md").read_text().splitlines()
    return shlex.split(next(line for line in lines if line.strip().startswith("--bind")))


class Web:
    def __init__(self, start: Start, folder: Path, **own_variables: str):
        bind, _address, *arguments = gunicorn_example()
        assert bind == "--bind"
        # A worker that is told to stop while it starts does not hear it, so there is one, and it has started when it answers.
        arguments.append("--workers=1")
        self.output = folder / "output"
        variables = {"DJANGO_SETTINGS_MODULE": "config.settings.test", **own_variables}
        with self.output.open("w") as stream:
            self.process, self.port = serve(
                start,
                [sys.executable, "-m", "gunicorn", "config.wsgi:application"],
                shlex.join(arguments),
                env={**os.environ, **variables},
                cwd=DJANGO,
                stdout=stream,
                stderr=stream,
            )
        self._wait_until_it_answers()

    def get(self, path: str, host: str = "www.example.com") -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https", "X-Request-Id": "probe"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def ask_to_stop(self) -> None:
        """Returns when gunicorn has begun to stop."""
        self.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "Handling signal: term" in self.output.read_text(), self.output.read_text)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def lines(self) -> list[dict[str, Any]]:
        """What was logged so far, without a line that is still being written."""
        return [json.loads(line) for line in self.output.read_text().split("\n")[:-1]]

    def _wait_until_it_answers(self) -> None:
        try:
            said = str(self.get("/livez").status)
        except OSError as problem:
            said = str(problem)
        assert said == "200", f"gunicorn did not start: {said}\n{self.output.read_text()}"
