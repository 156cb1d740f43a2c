"""The site is destroyed, which its protections prevent at first; then everything is stopped."""

from pathlib import Path

import pytest

from containers import podman
from containers.traces import commands
from deployment import processes, steps
from deployment.stop import stop
from problem import Problem
from tests.browser import Users
from tests.cycle.deployed import DEPLOYMENT, containers, eventually, quietly, running_tasks, sql, stack_status
from tests.left_over import left_over

# What a destroyed production site leaves: parts of the names, in their order.
KEPT = {
    "repository": ["images"],
    "secret": ["CacheAuthToken", "DatabaseInstanceSecret", "SecretKey"],
    "bucket": ["cloudfrontaccesslogs", "edgeaccesslogs", "storagemedia", "storagestatic"],
    "database": ["djangodata-"],
    "database subnets": ["databaseinstancesubnetgroup"],
    "log group": ["SiteLogs", "NetworkFlowLogs", "SiteReleaseHandlerLogs"],
    "key": [""],
    # CloudFront's, which was there before the site
    "certificate": ["www.example.com"],
}


def unprotect(stack: str) -> None:
    DEPLOYMENT.client("cloudformation").update_termination_protection(
        StackName=stack, EnableTerminationProtection=False
    )


class TestDestroying:
    """What the app's README says of a production site."""

    def test_is_refused_and_the_site_runs_on(self):
        tasks = running_tasks()
        with Users(DEPLOYMENT) as users, pytest.raises(Problem, match="cannot be deleted while TerminationProtection"):
            steps.destroy(DEPLOYMENT, quietly, steps.SITE)
        assert users.failed == []
        assert running_tasks() == tasks

    def test_without_the_stacks_protection_stops_at_the_load_balancer_and_leaves_the_data(self, engine):
        unprotect(steps.SITE)
        with pytest.raises(Problem, match=r"LoadBalancer\): .* deletion protection is enabled"):
            steps.destroy(DEPLOYMENT, quietly, steps.SITE)
        assert stack_status() == "DELETE_FAILED"
        assert sql(engine, "SELECT text FROM notes_note") == "The first note"

    def test_of_the_site_alone_leaves_the_stacks_of_network_and_data_as_they_were(self, engine):
        elbv2 = DEPLOYMENT.client("elbv2")
        balancer = elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
        off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
        elbv2.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=off)
        before = [DEPLOYMENT.stack(name) for name in (steps.NETWORK, steps.DATA)]
        steps.destroy(DEPLOYMENT, quietly, steps.SITE)
        assert DEPLOYMENT.stack(steps.SITE) is None
        assert [DEPLOYMENT.stack(name) for name in (steps.NETWORK, steps.DATA)] == before
        assert sql(engine, "SELECT text FROM notes_note") == "The first note"

    def test_of_the_data_is_refused_until_its_stacks_are_not_protected(self):
        for stack in (steps.DATA, steps.NETWORK):
            with pytest.raises(Problem, match=rf"{stack}.* cannot be deleted while TerminationProtection"):
                steps.destroy(DEPLOYMENT, quietly, stack)
            unprotect(stack)

    def test_without_any_protection_leaves_what_is_kept_on_purpose_and_nothing_else(self):
        steps.destroy(DEPLOYMENT, quietly)
        left = left_over(DEPLOYMENT)
        assert left.keys() == KEPT.keys(), left
        for kind, parts in KEPT.items():
            assert len(parts) == len(left[kind]), (kind, left[kind])
            assert all(any(part in name for name in left[kind]) for part in parts), (kind, left[kind])

    def test_leaves_the_note_and_its_pictures(self, engine):
        assert sql(engine, "SELECT text FROM notes_note") == "The first note"
        bucket = next(name for name in left_over(DEPLOYMENT)["bucket"] if "media" in name)
        objects = DEPLOYMENT.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
        assert sorted(o["Key"].split("/")[0] for o in objects) == ["pictures", "thumbnails"]

    def test_leaves_a_database_that_is_deleted_only_without_its_own_protection(self, engine):
        rds = DEPLOYMENT.client("rds")
        database = rds.describe_db_instances()["DBInstances"][0]["DBInstanceIdentifier"]
        with pytest.raises(rds.exceptions.ClientError, match="when DeletionProtection is enabled"):
            rds.delete_db_instance(DBInstanceIdentifier=database, SkipFinalSnapshot=True)
        rds.modify_db_instance(DBInstanceIdentifier=database, DeletionProtection=False, ApplyImmediately=True)
        rds.delete_db_instance(DBInstanceIdentifier=database, SkipFinalSnapshot=True)
        assert engine.cli("ps", "--quiet", "--filter", f"label=ministack.instance={DEPLOYMENT.owner}") == ""


def container_monitors() -> list[str]:
    """Processes by which podman watches containers of a deployment and what runs inside them."""
    lines = [" ".join(command) for command in commands()]
    return [
        line for line in lines if "conmon" in line.split(" ")[0] and str(podman.HOME) in line and "ministack-" in line
    ]


def test_stopping_leaves_no_process_container_network_or_file(engine):
    state = DEPLOYMENT.state
    pids = [state.alive(name) for name in state.processes()]
    assert None not in pids
    stop(DEPLOYMENT, everything=False)
    assert [
        pid for pid in pids if Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes()
    ] == []
    assert eventually(lambda: container_monitors() == []), container_monitors()
    assert containers(engine) == []
    assert DEPLOYMENT.network not in engine.cli("network", "ls")
    assert not DEPLOYMENT.folder.exists()
    for port in (DEPLOYMENT.proxy_port, DEPLOYMENT.gateway_port):
        processes.require_free(port, "the next run", "--port")
