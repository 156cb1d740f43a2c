"""The worker, beat and the scheduled command do their work."""

import contextlib
import threading

import pytest

from containers.engine import EngineError
from deployment import one_off_task, steps
from tests.browser import found, png
from tests.cycle.deployed import DEPLOYMENT, eventually, sql


def test_a_note_with_a_picture_is_seen_and_the_worker_makes_its_thumbnail(browser):
    page = browser.submit("/notes/add/", {"text": "The first note"}, png())
    assert "The first note" in page

    assert eventually(lambda: "/media/thumbnails/" in browser.page("/")), "no thumbnail"
    page = browser.page("/")
    for path in (found(r'src="(/media/thumbnails/[^"]+)"', page), found(r'href="(/media/pictures/[^"]+)"', page)):
        status, headers, content = browser.get(path)
        assert (status, headers["Content-Type"], content[8:12]) == (200, "image/webp", b"WEBP")


def test_beat_has_a_thumbnail_made_whose_task_was_lost(engine, browser):
    lost = "UPDATE notes_note SET thumbnail = '', created_at = now() - interval '5 minutes' RETURNING 1"
    assert sql(engine, lost) == "1"
    assert "/media/thumbnails/" not in browser.page("/")
    assert eventually(lambda: 'src="/media/thumbnails/' in browser.page("/"))


class TestScheduledCommand:
    EXPIRED = "INSERT INTO django_session VALUES ('expired', 'x', now() - interval '1 day')"
    LEFT = "SELECT count(*) FROM django_session WHERE expire_date < now()"

    @pytest.fixture
    def schedule(self):
        name = DEPLOYMENT.outputs(steps.SITE)["ClearSessionsSchedule"]
        found = DEPLOYMENT.client("scheduler").get_schedule(Name=name)
        return {k: found[k] for k in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}

    def test_runs_when_it_is_due(self, engine, schedule):
        assert schedule["ScheduleExpression"] == "cron(0 3 * * ? *)"
        sql(engine, self.EXPIRED)
        scheduler = DEPLOYMENT.client("scheduler")
        scheduler.update_schedule(**schedule | {"ScheduleExpression": "rate(1 minute)"})
        try:
            assert eventually(lambda: sql(engine, self.LEFT) == "0")
        finally:
            scheduler.update_schedule(**schedule)

    def test_is_skipped_while_it_runs(self, engine, schedule):
        """The clock would start it the same way; here a session of the database stands for the run before."""
        parameters = schedule["Target"]["EcsParameters"]
        known = DEPLOYMENT.client("ecs").describe_task_definition(taskDefinition=parameters["TaskDefinitionArn"])
        _python, _option, _guard, lock, *_rest = known["taskDefinition"]["containerDefinitions"][0]["command"]
        sql(engine, self.EXPIRED)
        held = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32) + objid::bigint = {lock}"

        def run_before() -> None:
            with contextlib.suppress(EngineError):
                sql(engine, f"SELECT pg_advisory_lock({lock})", "SELECT pg_sleep(3600)")

        before = threading.Thread(target=run_before)
        before.start()
        assert eventually(lambda: sql(engine, held) == "1")
        network = parameters["NetworkConfiguration"]["awsvpcConfiguration"]

        def run() -> list[str]:
            ended = one_off_task.run(
                DEPLOYMENT,
                taskDefinition=parameters["TaskDefinitionArn"],
                networkConfiguration={
                    "awsvpcConfiguration": {
                        "subnets": network["Subnets"],
                        "securityGroups": network["SecurityGroups"],
                        "assignPublicIp": network["AssignPublicIp"],
                    }
                },
            )
            assert ended.exit_code == 0
            return [line for line in ended.log if line]

        assert run() == ["skipped, the run before has not ended: clearsessions"]
        assert sql(engine, self.LEFT) == "1"
        sql(engine, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(3600)'")
        before.join()
        assert run() == []
        assert sql(engine, self.LEFT) == "0"
