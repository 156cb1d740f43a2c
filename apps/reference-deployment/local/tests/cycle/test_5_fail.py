"""A release that fails is rolled back, and the site goes on as it was."""

import pytest

from deployment import steps
from problem import Problem
from tests.browser import Browser, Users
from tests.cycle.deployed import DEPLOYMENT, append, eventually, quietly, running_tasks, stack_status

LIVEZ_500 = """
_site = application
def application(environ, start_response):
    if environ["PATH_INFO"] == "/livez":
        start_response("500 Internal Server Error", [])
        return [b""]
    return _site(environ, start_response)
"""
BROKEN_MIGRATION = """
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("notes", "{after}")]
    operations = [migrations.RunSQL("SELECT 1 / 0")]
"""


def rolls_back(digest: str, reason: str) -> None:
    """The deployment fails for `reason`, and all the while the site goes on as it was."""
    with Users(DEPLOYMENT) as users:
        with pytest.raises(Problem, match=reason):
            steps.site(DEPLOYMENT, digest, quietly)
        eventually(lambda: len(running_tasks()) == 4)
    assert users.failed == []
    assert stack_status() == "UPDATE_ROLLBACK_COMPLETE"
    assert "The second release" in Browser.of(DEPLOYMENT).page("/")


def test_a_broken_migration_rolls_back_before_a_new_task_starts(release):
    def break_migration(project):
        latest = sorted(path.stem for path in (project / "notes/migrations").glob("0*.py"))[-1]
        (project / "notes/migrations/9999_broken.py").write_text(BROKEN_MIGRATION.format(after=latest))

    tasks = running_tasks()
    rolls_back(release(break_migration), r"(?s)release command ended with exit code 1.*division by zero")
    assert running_tasks() == tasks


def test_an_image_whose_health_check_fails_rolls_back(release):
    rolls_back(
        release(lambda project: append(project / "config/wsgi.py", LIVEZ_500)),
        "Service deployment failed: .*health checks",
    )


def test_an_image_that_does_not_start_rolls_back(release):
    rolls_back(
        release(lambda project: append(project / "config/wsgi.py", "\nraise SystemExit(3)\n")),
        "Service deployment failed: .*Essential container",
    )
