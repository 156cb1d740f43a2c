import pytest

from problem import Problem
from settings import DUMMY_KEYS, ignored_variables, require_loopback


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:4577", "http://127.8.9.10", "http://[::1]:4577", "http://localhost:4577"]
)
def test_a_loopback_endpoint_is_taken(endpoint):
    assert require_loopback(endpoint) == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://sts.us-east-1.amazonaws.com",
        "http://10.0.0.1:4577",
        "http://0.0.0.0:4577",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://user@192.0.2.1",
        "http://127.0.0.1@192.0.2.1/",
        "127.0.0.1:4577",
        "",
    ],
)
def test_any_other_endpoint_is_refused_with_the_value_and_the_next_step(endpoint):
    with pytest.raises(Problem) as refusal:
        require_loopback(endpoint)
    assert repr(endpoint) in str(refusal.value)
    assert "Next step: to deploy to AWS, use `npx cdk deploy`" in str(refusal.value)


def test_children_see_nothing_of_the_users_aws(deployment):
    users = {
        "AWS_PROFILE": "work",
        "AWS_SESSION_TOKEN": "t",
        "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_ENDPOINT_URL": "https://example.com",
        "CDK_DEFAULT_ACCOUNT": "999999999999",
        "PATH": "/usr/bin",
        "LANG": "C.UTF-8",
    }
    seen = deployment.child_environment(users)
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "CDK_DEFAULT_ACCOUNT"} & seen.keys()
    assert seen["AWS_ENDPOINT_URL"] == deployment.endpoint == "http://127.0.0.1:14577"
    assert seen["AWS_ACCESS_KEY_ID"] == DUMMY_KEYS["AWS_ACCESS_KEY_ID"]
    assert seen["AWS_CONFIG_FILE"] == seen["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert seen["LANG"] == "C.UTF-8"
    assert seen["HOME"].startswith(str(deployment.folder))


def test_variables_that_point_elsewhere_are_named():
    users = {
        "AWS_PROFILE": "work",
        "AWS_ENDPOINT_URL": "https://example.com",
        "AWS_ENDPOINT_URL_S3": "https://example.com",
        "HOME": "/root",
    }
    assert ignored_variables(users) == ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"]
