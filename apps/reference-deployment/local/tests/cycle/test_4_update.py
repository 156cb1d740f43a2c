"""A new release takes the place of the one before it, and no request fails."""

from deployment import steps
from tests.browser import Users
from tests.cycle.deployed import (
    DEPLOYMENT,
    ContainerCounts,
    append,
    deployed_digest,
    eventually,
    image,
    pins,
    quietly,
    running_tasks,
    style_sheet,
    task_containers,
    wanted_pins,
)


def test_an_update_to_a_changed_image_fails_no_request_and_runs_one_beat(release, browser, engine):
    def change(project):
        append(project / "notes/templates/notes/home.html", "{% block title %}The second release{% endblock %}\n")
        append(project / "notes/static/notes/site.css", "/* the second release */\n")

    digest = release(change)
    first, beat, sheet = deployed_digest(), task_containers(engine, "beat"), style_sheet(browser)
    with Users(DEPLOYMENT) as users, ContainerCounts(engine, "beat") as beats:
        steps.site(DEPLOYMENT, digest, quietly)
        eventually(lambda: len(running_tasks()) == 4)
    assert users.failed == []
    assert beats.seen == {0, 1}
    assert [c["Id"] for c in task_containers(engine, "beat")] != [c["Id"] for c in beat]
    assert users.asked > 20
    page = browser.page("/")
    assert "The second release" in page
    assert "The first note" in page
    assert b"the second release" in browser.get(style_sheet(browser))[2]
    status, _, content = browser.get(sheet)
    assert status == 200, "a page of the release before has lost its styles"
    assert b"the second release" not in content
    assert deployed_digest() == digest
    assert eventually(lambda: pins(digest) == wanted_pins(digest)), image(digest)["imageTags"]
    assert pins(first) == wanted_pins(first)
