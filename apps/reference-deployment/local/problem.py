"""What went wrong, what to do next, and where to read more: the only kind of failure that a user sees."""

from pathlib import Path


class Problem(Exception):
    """A failure with its next step and, if there is one, its log."""

    def __init__(self, what: str, next_step: str, log: Path | None = None):
        lines = [what, f"Next step: {next_step}"]
        if log:
            lines.append(f"Log: {log}")
        super().__init__("\n".join(lines))
