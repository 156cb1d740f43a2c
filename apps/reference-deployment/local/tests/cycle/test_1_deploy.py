"""The whole site is deployed by one command, and is what its templates say."""

import json
import re
import urllib.error
import urllib.request

import pytest

import settings
from deployment import cdk, steps
from deployment.start import Progress, start
from local_deployment import LocalDeployment
from tests.browser import Browser
from tests.cycle.deployed import (
    DEPLOYMENT,
    deployed_digest,
    eventually,
    image,
    pins,
    running_tasks,
    sql,
    task_containers,
    wanted_pins,
)


def test_the_demo_command_deploys_everything():
    start(DEPLOYMENT, Progress())
    assert "Notes" in Browser.of(DEPLOYMENT).page("/")
    assert eventually(lambda: len(running_tasks()) == 4)


def test_the_deployed_image_is_pinned_for_each_service():
    digest = deployed_digest()
    assert eventually(lambda: pins(digest) == wanted_pins(digest)), image(digest)["imageTags"]


def test_a_tag_is_never_pushed_over():
    known = image(deployed_digest())
    tag, manifest = known["imageTags"][0], {"schemaVersion": 2, "mediaType": known["imageManifestMediaType"]}
    ecr, repository = DEPLOYMENT.client("ecr"), known["repositoryName"]
    with pytest.raises(ecr.exceptions.ImageTagAlreadyExistsException):
        ecr.put_image(repositoryName=repository, imageTag=tag, imageManifest=json.dumps(manifest))
    # the last request of a `docker push`
    push = urllib.request.Request(
        f"{DEPLOYMENT.endpoint}/v2/{repository}/manifests/{tag}",
        method="PUT",
        data=json.dumps(manifest).encode(),
        headers={"Content-Type": known["imageManifestMediaType"]},
    )
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(push)
    assert image(known["imageDigest"])["imageTags"] == known["imageTags"]


def test_every_type_that_the_launcher_has_is_used_by_the_stacks_of_a_profile():
    listed = re.findall(r"^\| `(AWS::\S+)` \|", (settings.LOCAL / "README.md").read_text(), re.MULTILINE)
    development = DEPLOYMENT.folder / "development.out"
    context = [f"--context={key}={value}" for key, value in steps.context(LocalDeployment("development")).items()]
    assert cdk.run(DEPLOYMENT, "synth", "--quiet", "--output", str(development), *context) == 0
    templates = [path for out in (DEPLOYMENT.folder / "cdk.out", development) for path in out.glob("*.template.json")]
    used = {resource["Type"] for path in templates for resource in json.loads(path.read_text())["Resources"].values()}
    assert set(listed) - used == set()


def test_what_production_adds_is_on_record():
    """The emulator makes nothing of it: README.md, "Recorded only"."""

    def ask(service, operation, key, **options):
        return getattr(DEPLOYMENT.client(service), operation)(**options)[key]

    database = ask("rds", "describe_db_instances", "DBInstances")[0]
    wanted = {"MultiAZ": True, "DeletionProtection": True, "BackupRetentionPeriod": 14, "StorageEncrypted": True}
    assert {name: database[name] for name in wanted} == wanted
    cache = ask("elasticache", "describe_replication_groups", "ReplicationGroups")[0]
    assert (cache["MultiAZ"], len(cache["MemberClusters"])) == ("enabled", 2)
    assert len(ask("ec2", "describe_nat_gateways", "NatGateways")) == 2
    assert [log["TrafficType"] for log in ask("ec2", "describe_flow_logs", "FlowLogs")] == ["REJECT"]
    cluster = DEPLOYMENT.outputs(steps.SITE)["ClusterName"]
    found = ask("ecs", "describe_clusters", "clusters", clusters=[cluster], include=["SETTINGS"])[0]
    assert {"name": "containerInsights", "value": "enabled"} in found["settings"]
    arn = ask("elbv2", "describe_load_balancers", "LoadBalancers")[0]["LoadBalancerArn"]
    attributes = ask("elbv2", "describe_load_balancer_attributes", "Attributes", LoadBalancerArn=arn)
    assert {"Key": "access_logs.s3.enabled", "Value": "true"} in attributes


def test_tasks_run_under_the_limits_of_their_definition(engine):
    for process, number in (("web", 2), ("worker", 1), ("beat", 1)):
        containers = task_containers(engine, process)
        assert len(containers) == number
        for container in containers:
            host = container["HostConfig"]
            assert (host["ReadonlyRootfs"], host["Init"], container["Config"]["User"].split(":")[0]) == (
                True,
                True,
                "10001",
            )
            assert "noexec" in host["Tmpfs"]["/tmp"]
            status = engine.cli("exec", container["Id"], "cat", "/proc/1/status")
            assert re.search(r"^CapBnd:\s+0+$", status, re.MULTILINE), "a capability was left"


def test_every_connection_to_the_database_is_encrypted(engine):
    query = "SELECT count(*), bool_and(ssl) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE client_addr IS NOT NULL"
    number, encrypted = sql(engine, query).split("|")
    assert int(number) > 0
    assert encrypted == "t"


def test_a_second_start_with_nothing_changed_replaces_nothing():
    tasks, known = running_tasks(), DEPLOYMENT.state.read()
    start(DEPLOYMENT, Progress())
    assert running_tasks() == tasks
    assert {k: DEPLOYMENT.state.read()[k] for k in ("password", "image")} == {
        k: known[k] for k in ("password", "image")
    }
