import pytest

from problem import Problem
from settings import ignored_variables, require_loopback


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


def test_variables_that_point_elsewhere_are_named():
    users = {
        "AWS_PROFILE": "work",
        "AWS_ENDPOINT_URL": "https://example.com",
        "AWS_ENDPOINT_URL_S3": "https://example.com",
        "HOME": "/root",
    }
    assert ignored_variables(users) == ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"]
