from dataclasses import replace

from deployment import steps


def test_the_site_is_deployed_by_digest_with_two_tasks(deployment):
    assert steps.context(deployment, "sha256:ab") == {
        "profile": "development",
        "minTasks": "2",
        "maxTasks": "4",
        "stacks": "together",
        "image": "sha256:ab",
    }


def test_the_production_profile_is_deployed_with_a_domain_behind_cloudfront_and_nothing_else(deployment, monkeypatch):
    monkeypatch.setattr(steps, "hosted_zone", lambda deployment: "Z1")
    monkeypatch.setattr(steps, "certificate", lambda deployment: "arn:1")
    assert steps.context(replace(deployment, profile="production", stacks="apart"), "sha256:ab") == {
        "profile": "production",
        "domainName": "www.example.com",
        "hostedZoneId": "Z1",
        "hostedZoneName": "example.com",
        "cloudFrontCertificateArn": "arn:1",
        "stacks": "apart",
        "image": "sha256:ab",
    }
