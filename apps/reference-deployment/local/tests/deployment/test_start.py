import os

import pytest

from deployment.start import Progress, start
from problem import Problem


@pytest.mark.parametrize(("option", "running"), [("profile", "production"), ("stacks", "apart")])
def test_a_deployment_that_runs_as_another_is_not_started_over(deployment, option, running):
    """Its database would be another, empty one."""
    deployment.state.write(gateway_port=deployment.gateway_port, **{option: running})
    deployment.state.remember("emulator", os.getpid())
    now = getattr(deployment, option)
    with pytest.raises(Problem, match=f"'test' runs with --{option} {running}, not {now}") as refused:
        start(deployment, Progress())
    assert f"stop it first, or leave --{option} out" in str(refused.value)
