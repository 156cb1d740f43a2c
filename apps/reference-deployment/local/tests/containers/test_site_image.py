import pytest

from containers import site_image


@pytest.fixture
def project(tmp_path):
    for name in ("Dockerfile", "config/env.py", "tests/test_env.py", "development.sqlite3"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    return tmp_path


def tag(project):
    return site_image.content_hash(*site_image._sources(project))


def test_the_tag_follows_what_goes_into_the_image(project):
    before = tag(project)
    (project / "config" / "env.py").write_text("changed")
    assert tag(project) != before


@pytest.mark.parametrize("name", ["tests/test_env.py", "development.sqlite3"])
def test_the_tag_does_not_follow_what_stays_outside(project, name):
    before = tag(project)
    (project / name).write_text("changed")
    assert tag(project) == before
