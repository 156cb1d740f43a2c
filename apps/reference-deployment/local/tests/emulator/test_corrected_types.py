import pytest

from emulator import corrected_types


def test_exclusions_of_a_secret_become_characters():
    excluded = corrected_types.excluded_characters(
        {"GenerateSecretString": {"ExcludePunctuation": True, "ExcludeCharacters": "a"}}
    )
    assert excluded["GenerateSecretString"]["ExcludeCharacters"].startswith("a!")
    assert "0" not in excluded["GenerateSecretString"]["ExcludeCharacters"]
    assert corrected_types.excluded_characters({"SecretString": "x"}) == {"SecretString": "x"}


def test_the_name_of_a_secret_is_read_from_its_arn():
    assert (
        corrected_types.secret_name("arn:aws:secretsmanager:us-east-1:111122223333:secret:my/secret-name-1a2b3c")
        == "my/secret-name"
    )


@pytest.mark.parametrize("value, deleted", [("true", False), ("false", True)])
def test_a_load_balancer_is_deleted_unless_it_is_protected(monkeypatch, value, deleted):
    attributes = [{"Key": "deletion_protection.enabled", "Value": value}, {"Key": "other", "Value": "true"}]
    monkeypatch.setattr(corrected_types, "call", lambda *_, **options: {"Attributes": attributes})
    done = []
    if deleted:
        corrected_types.unprotected(lambda: done.append(True), "arn", {})
    else:
        with pytest.raises(ValueError, match="'arn' cannot be deleted because deletion protection is enabled"):
            corrected_types.unprotected(lambda: done.append(True), "arn", {})
    assert done == [True] * deleted


def test_an_alarm_on_metric_math_watches_its_first_metric():
    alarm = corrected_types.plain_alarm(
        {
            "Threshold": 1,
            "Metrics": [
                {"Expression": "a / 2"},
                {"MetricStat": {"Metric": {"Namespace": "N", "MetricName": "M"}, "Period": 60, "Stat": "p95"}},
            ],
        }
    )
    assert alarm == {"Threshold": 1, "Namespace": "N", "MetricName": "M", "Statistic": "Sum", "Period": 60}
