from dataclasses import replace

import pytest

from containers import site_image
from deployment import steps


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


def test_the_site_is_deployed_by_digest_with_two_tasks(deployment):
    assert steps.context(deployment, "sha256:ab") == {
        "profile": "development",
        "minTasks": "2",
        "maxTasks": "4",
        "image": "sha256:ab",
    }


def test_the_production_profile_is_deployed_with_a_domain_behind_cloudfront_and_nothing_else(deployment, monkeypatch):
    monkeypatch.setattr(steps, "hosted_zone", lambda deployment: "Z1")
    monkeypatch.setattr(steps, "certificate", lambda deployment: "arn:1")
    assert steps.context(replace(deployment, profile="production"), "sha256:ab") == {
        "profile": "production",
        "domainName": "www.example.com",
        "hostedZoneId": "Z1",
        "hostedZoneName": "example.com",
        "cloudFrontCertificateArn": "arn:1",
        "image": "sha256:ab",
    }
