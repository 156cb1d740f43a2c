"""One whole life of a production site on the emulator. The tests are steps: each stands on the one before it."""

import json
import re
import shutil
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from browser import BackgroundTask, Browser, Users, png
from left_over import left_over

import settings
from containers import engine as engines
from containers import podman, site_image
from deployment import cdk, one_off_task, processes, steps
from deployment.start import Progress, start
from deployment.stop import stop
from local_deployment import LocalDeployment
from problem import Problem

# The steps that failed; conftest.py fails those that would stand on them.
STEPS = []
DEPLOYMENT = LocalDeployment("cycle", proxy_port=8091, gateway_port=4591, profile="production")
SERVICES = ("WebServiceName", "WorkerServiceName", "BeatServiceName")
# What a destroyed production site leaves: parts of the names, in their order.
KEPT = {
    "repository": ["images"],
    "secret": ["CacheAuthToken", "DatabaseInstanceSecret", "SecretKey"],
    "bucket": ["cloudfrontaccesslogs", "edgeaccesslogs", "storagemedia", "storagestatic"],
    "database": ["djangosite-"],
    "database subnets": ["databaseinstancesubnetgroup"],
    "log group": ["SiteLogs", "SiteNetworkFlowLogs", "SiteReleaseHandlerLogs"],
    "key": [""],
    # CloudFront's, which was there before the site
    "certificate": ["www.example.com"],
}
LIVEZ_500 = """
_site = application
def application(environ, start_response):
    if environ["PATH_INFO"] == "/livez":
        start_response("500 Internal Server Error", [])
        return [b""]
    return _site(environ, start_response)
"""
BROKEN_MIGRATION = """
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("notes", "{after}")]
    operations = [migrations.RunSQL("SELECT 1 / 0")]
"""


@pytest.fixture(scope="module", autouse=True)
def engine():
    try:
        found = engines.find()
    except engines.NoEngine as problem:
        pytest.skip(f"THE WHOLE CYCLE WAS NOT TESTED: {problem}")
    stop(DEPLOYMENT, everything=False)
    yield found
    stop(DEPLOYMENT, everything=False)


@pytest.fixture(scope="module")
def browser():
    return Browser(DEPLOYMENT)


@pytest.fixture
def release(tmp_path, engine):
    """Publishes a changed copy of the project and answers its digest."""

    def publish(change) -> str:
        copy = tmp_path / "django"
        shutil.copytree(site_image.DJANGO, copy, ignore=shutil.ignore_patterns("*.sqlite3", "__pycache__"))
        change(copy)
        return site_image.publish(DEPLOYMENT, engine, DEPLOYMENT.outputs(steps.REGISTRY)["RepositoryName"], copy)

    return publish


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def quietly(text: str) -> None:
    """Progress is not looked at here."""


def running_tasks() -> set[str]:
    outputs = DEPLOYMENT.outputs(steps.SITE)
    return set(DEPLOYMENT.client("ecs").list_tasks(cluster=outputs["ClusterName"], desiredStatus="RUNNING")["taskArns"])


def task_containers(engine, process: str) -> list[dict]:
    """What the engine says about the containers of one process."""
    ids = engine.labelled(f"ministack.instance={DEPLOYMENT.owner}")
    # one that has gone meanwhile is an error, and the others are answered all the same
    every = json.loads(engine.cli("inspect", *ids, check=False) or "[]")
    return [c for c in every if c["State"]["Running"] and f"DJANGO_PROCESS={process}" in c["Config"]["Env"]]


def sql(engine, *statements: str) -> str:
    """What the database answers to the last of them; all in one session."""
    ours = engine.labelled(f"ministack.instance={DEPLOYMENT.owner}")
    database = next(id_ for id_ in engine.labelled("ministack=rds") if id_ in ours)
    options = [word for statement in statements for word in ("-c", statement)]
    return engine.cli("exec", database, "psql", "-U", "django", "-d", "django", "-qAt", *options).strip()


class Watch(BackgroundTask):
    """Counts the containers of one process all the time while its `with` block runs; `seen` are their numbers."""

    def __init__(self, engine, process: str):
        super().__init__()
        self.engine, self.process, self.seen = engine, process, set()

    def _work(self):
        while not self._over.wait(0.3):
            self.seen.add(len(task_containers(self.engine, self.process)))


def eventually(check, seconds: float = 30):
    deadline = time.monotonic() + seconds
    while not (result := check()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return result


def image(digest: str) -> dict:
    name = DEPLOYMENT.outputs(steps.REGISTRY)["RepositoryName"]
    ids = [{"imageDigest": digest}]
    return DEPLOYMENT.client("ecr").describe_images(repositoryName=name, imageIds=ids)["imageDetails"][0]


def pins(digest: str) -> set[str]:
    return {tag for tag in image(digest)["imageTags"] if tag.startswith("inuse-")}


def wanted_pins(digest: str) -> set[str]:
    """One for each service, named after it and the image."""
    outputs = DEPLOYMENT.outputs(steps.SITE)
    return {f"inuse-{outputs[name]}-{digest[7:19]}" for name in SERVICES}


def deployed_digest() -> str:
    """The image of the web service, as its task definition names it."""
    ecs, outputs = DEPLOYMENT.client("ecs"), DEPLOYMENT.outputs(steps.SITE)
    service = ecs.describe_services(cluster=outputs["ClusterName"], services=[outputs["WebServiceName"]])["services"][0]
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    return next(c["image"] for c in definition["containerDefinitions"] if c["name"] == "django").partition("@")[2]


def test_the_demo_command_deploys_everything():
    start(DEPLOYMENT, Progress())
    assert "Notes" in Browser(DEPLOYMENT).page("/")
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


def test_every_type_of_ours_is_used_by_the_stacks_of_a_profile():
    listed = re.findall(r"^\| `(AWS::\S+)` \|", (settings.LOCAL / "README.md").read_text(), re.MULTILINE)
    development = DEPLOYMENT.folder / "development.out"
    context = [f"--context={key}={value}" for key, value in steps.context(LocalDeployment("development")).items()]
    assert cdk.run(DEPLOYMENT, "synth", "--quiet", "--output", str(development), *context) == 0
    templates = [path for out in (DEPLOYMENT.folder / "cdk.out", development) for path in out.glob("*.template.json")]
    used = {resource["Type"] for path in templates for resource in json.loads(path.read_text())["Resources"].values()}
    assert set(listed) - used == set()


class TestHttps:
    def test_a_visitor_over_plain_http_is_sent_to_https_by_cloudfront(self, browser):
        status, headers, _ = browser.ask("http://www.example.com/notes/add/?a=%2F")
        assert (status, headers["X-Cache"]) == (301, "Error from cloudfront")
        assert headers["Location"] == "https://www.example.com/notes/add/?a=%2F"

    def test_the_certificate_is_for_the_sites_name_only(self, browser):
        with pytest.raises(urllib.error.URLError, match=r"Hostname mismatch.*'other\.example\.com'"):
            browser.ask("https://other.example.com/")

    def test_who_goes_around_cloudfront_does_not_reach_the_site(self):
        name = DEPLOYMENT.outputs(steps.SITE)["LoadBalancerName"]
        around = urllib.request.Request(f"{DEPLOYMENT.endpoint}/_alb/{name}/", headers={"Host": "www.example.com:443"})
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(around)
        assert refusal.value.code == 421
        assert refusal.value.read() == b"This server answers requests that come through CloudFront."

    def test_another_host_name_does_not_reach_the_site(self, browser):
        assert browser.get("/", Host="other.example.com")[0] == 403

    def test_browsers_are_told_to_stay_with_https(self, browser):
        status, headers, _ = browser.ask(f"{DEPLOYMENT.url}/")
        assert status == 200
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"

    def test_a_visitor_cannot_say_which_protocol_was_used(self, browser):
        assert browser.ask(f"{DEPLOYMENT.url}/", **{"X-Forwarded-Proto": "http"})[0] == 200

    def test_cookies_belong_to_this_host_and_to_https(self, browser):
        cookie = browser.ask(f"{DEPLOYMENT.url}/admin/login/")[1]["Set-Cookie"]
        assert cookie.startswith("__Host-csrftoken=")
        assert {"Path=/", "Secure"} <= set(cookie.split("; "))
        assert "Domain" not in cookie

    def test_a_form_from_another_site_is_refused(self, browser):
        forged = {"Origin": "https://other.example.com", "Content-Type": "application/x-www-form-urlencoded"}
        assert browser.ask(f"{DEPLOYMENT.url}/admin/login/", b"username=admin", **forged)[0] == 403


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


def styles(browser) -> str:
    return re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', browser.page("/"))[1]


def test_styles_come_from_the_bucket_are_hashed_and_never_asked_for_again(browser):
    sheet = styles(browser)
    bucket = next(name for name in left_over(DEPLOYMENT)["bucket"] if "storagestatic" in name)
    assert DEPLOYMENT.client("s3").head_object(Bucket=bucket, Key=sheet[1:])["ContentLength"] > 0
    status, headers, content = browser.get(sheet)
    assert (headers["Server"], headers["X-Content-Type-Options"]) == (None, "nosniff")
    assert (status, headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    assert b"{" in content


def test_the_admin_logs_in_with_the_generated_password(browser):
    password = DEPLOYMENT.state.read()["password"]
    page = browser.submit(
        "/admin/login/?next=/admin/", {"username": one_off_task.ADMIN, "password": password, "next": "/admin/"}
    )
    assert "Site administration" in page
    session = next(cookie for cookie in browser.cookies if "sessionid" in cookie.name)
    assert (session.name, session.secure, session.path, session.domain_specified) == (
        "__Host-sessionid",
        True,
        "/",
        False,
    )
    assert session.has_nonstandard_attr("HttpOnly")


def test_a_note_with_a_picture_is_seen_and_the_worker_makes_its_thumbnail(browser):
    page = browser.submit("/notes/add/", {"text": "The first note"}, png())
    assert "The first note" in page

    def thumbnail():
        return re.search(r'src="(/media/thumbnails/[^"]+)"', browser.page("/"))

    found = eventually(thumbnail)
    assert found, "no thumbnail after 30 s"
    for path in (found[1], re.search(r'href="(/media/pictures/[^"]+)"', browser.page("/"))[1]):
        status, headers, content = browser.get(path)
        assert (status, headers["Content-Type"], content[8:12]) == (200, "image/webp", b"WEBP")


def test_beat_has_a_thumbnail_made_whose_task_was_lost(engine, browser):
    lost = "UPDATE notes_note SET thumbnail = '', created_at = now() - interval '5 minutes' RETURNING 1"
    assert sql(engine, lost) == "1"
    assert "/media/thumbnails/" not in browser.page("/")
    assert eventually(lambda: 'src="/media/thumbnails/' in browser.page("/"), 90)


class TestScheduledCommand:
    EXPIRED = "INSERT INTO django_session VALUES ('expired', 'x', now() - interval '1 day')"
    LEFT = "SELECT count(*) FROM django_session WHERE expire_date < now()"

    @pytest.fixture
    def schedule(self):
        name = DEPLOYMENT.outputs(steps.SITE)["ClearSessionsSchedule"]
        found = DEPLOYMENT.client("scheduler").get_schedule(Name=name)
        return {k: found[k] for k in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}

    def test_runs_when_it_is_due(self, engine, schedule):
        assert schedule["ScheduleExpression"] == "cron(0 3 * * ? *)"
        sql(engine, self.EXPIRED)
        scheduler = DEPLOYMENT.client("scheduler")
        scheduler.update_schedule(**schedule | {"ScheduleExpression": "rate(1 minute)"})
        try:
            assert eventually(lambda: sql(engine, self.LEFT) == "0", 90)
        finally:
            scheduler.update_schedule(**schedule)

    def test_is_skipped_while_it_runs(self, engine, schedule):
        """The clock would start it the same way; here a session of the database stands for the run before."""
        parameters = schedule["Target"]["EcsParameters"]
        ecs = DEPLOYMENT.client("ecs")
        task = ecs.describe_task_definition(taskDefinition=parameters["TaskDefinitionArn"])["taskDefinition"]
        _python, _option, _guard, lock, *_rest = task["containerDefinitions"][0]["command"]
        sql(engine, self.EXPIRED)
        held = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32) + objid::bigint = {lock}"
        before = threading.Thread(target=sql, args=(engine, f"SELECT pg_advisory_lock({lock})", "SELECT pg_sleep(20)"))
        before.start()
        assert eventually(lambda: sql(engine, held) == "1", 10)
        network = parameters["NetworkConfiguration"]["awsvpcConfiguration"]

        def run() -> list[str]:
            started = ecs.run_task(
                cluster=schedule["Target"]["Arn"],
                taskDefinition=parameters["TaskDefinitionArn"],
                launchType=parameters["LaunchType"],
                networkConfiguration={
                    "awsvpcConfiguration": {
                        "subnets": network["Subnets"],
                        "securityGroups": network["SecurityGroups"],
                        "assignPublicIp": network["AssignPublicIp"],
                    }
                },
            )["tasks"][0]["taskArn"]

            def ended():
                found = ecs.describe_tasks(cluster=schedule["Target"]["Arn"], tasks=[started])["tasks"][0]
                return found if found["lastStatus"] == "STOPPED" else None

            assert eventually(ended, 60)["containers"][0]["exitCode"] == 0
            return [line for line in DEPLOYMENT.task_log(f"command/django/{started.rsplit('/', 1)[-1]}") if line]

        assert run() == ["skipped, the run before has not ended: clearsessions"]
        assert sql(engine, self.LEFT) == "1"
        before.join(60)
        assert run() == []
        assert sql(engine, self.LEFT) == "0"


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


def test_an_update_to_a_changed_image_fails_no_request_and_runs_one_beat(release, browser, engine):
    def change(project):
        append(project / "notes/templates/notes/home.html", "{% block title %}The second release{% endblock %}\n")
        append(project / "notes/static/notes/site.css", "/* the second release */\n")

    digest = release(change)
    first, beat, sheet = deployed_digest(), task_containers(engine, "beat"), styles(browser)
    with Users(DEPLOYMENT) as users, Watch(engine, "beat") as watch:
        steps.site(DEPLOYMENT, digest, quietly)
        eventually(lambda: len(running_tasks()) == 4)
    assert users.failed == []
    assert watch.seen == {0, 1}
    assert [c["Id"] for c in task_containers(engine, "beat")] != [c["Id"] for c in beat]
    assert users.asked > 20
    page = browser.page("/")
    assert "The second release" in page
    assert "The first note" in page
    assert b"the second release" in browser.get(styles(browser))[2]
    status, _, content = browser.get(sheet)
    assert status == 200, "a page of the release before has lost its styles"
    assert b"the second release" not in content
    assert deployed_digest() == digest
    assert eventually(lambda: pins(digest) == wanted_pins(digest)), image(digest)["imageTags"]
    assert pins(first) == wanted_pins(first)


def rolls_back(digest: str, reason: str) -> None:
    """The deployment fails for `reason`, and all the while the site goes on as it was."""
    with Users(DEPLOYMENT) as users:
        with pytest.raises(Problem, match=reason):
            steps.site(DEPLOYMENT, digest, quietly)
        eventually(lambda: len(running_tasks()) == 4)
    assert users.failed == []
    assert DEPLOYMENT.stack(steps.SITE)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "The second release" in Browser(DEPLOYMENT).page("/")


def test_a_broken_migration_rolls_back_before_a_new_task_starts(release):
    def break_migration(project):
        latest = sorted(path.stem for path in (project / "notes/migrations").glob("0*.py"))[-1]
        (project / "notes/migrations/9999_broken.py").write_text(BROKEN_MIGRATION.format(after=latest))

    tasks = running_tasks()
    rolls_back(release(break_migration), r"(?s)release command ended with exit code 1.*division by zero")
    assert running_tasks() == tasks


def test_an_image_whose_health_check_fails_rolls_back(release):
    rolls_back(
        release(lambda project: append(project / "config/wsgi.py", LIVEZ_500)),
        "Service deployment failed: .*health checks",
    )


def test_an_image_that_does_not_start_rolls_back(release):
    rolls_back(
        release(lambda project: append(project / "config/wsgi.py", "\nraise SystemExit(3)\n")),
        "Service deployment failed: .*Essential container",
    )


class TestDestroying:
    """What the app's README says of a production site."""

    def test_is_refused_and_the_site_runs_on(self):
        tasks = running_tasks()
        with Users(DEPLOYMENT) as users, pytest.raises(Problem, match="cannot be deleted while TerminationProtection"):
            steps.destroy(DEPLOYMENT, quietly)
        assert users.failed == []
        assert running_tasks() == tasks

    def test_without_the_stacks_protection_stops_at_the_load_balancer_and_leaves_the_data(self, engine):
        DEPLOYMENT.client("cloudformation").update_termination_protection(
            StackName=steps.SITE, EnableTerminationProtection=False
        )
        with pytest.raises(Problem, match=r"LoadBalancer\): .* deletion protection is enabled"):
            steps.destroy(DEPLOYMENT, quietly)
        assert DEPLOYMENT.stack(steps.SITE)["StackStatus"] == "DELETE_FAILED"
        assert sql(engine, "SELECT text FROM notes_note") == "The first note"

    def test_without_any_protection_leaves_what_is_kept_on_purpose_and_nothing_else(self, engine):
        elbv2 = DEPLOYMENT.client("elbv2")
        balancer = elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
        off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
        elbv2.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=off)
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
        running = [
            c
            for c in engine.labelled(f"ministack.instance={DEPLOYMENT.owner}")
            if json.loads(engine.cli("inspect", c))[0]["State"]["Running"]
        ]
        assert running == []


def container_monitors() -> list[str]:
    """Processes by which podman watches containers of ours and what runs inside them."""
    lines = [p.read_bytes().replace(b"\0", b" ").decode() for p in Path("/proc").glob("[0-9]*/cmdline") if p.exists()]
    return [line for line in lines if "conmon" in line.split(" ")[0] and str(podman.HOME) in line]


def test_stopping_leaves_no_process_container_network_or_file(engine):
    state = DEPLOYMENT.state
    pids = [state.alive(name) for name in state.processes()]
    assert None not in pids
    stop(DEPLOYMENT, everything=False)
    assert [
        pid for pid in pids if Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes()
    ] == []
    assert eventually(lambda: not container_monitors(), 10), container_monitors()
    assert engine.labelled(f"ministack.instance={DEPLOYMENT.owner}") == []
    assert DEPLOYMENT.network not in engine.cli("network", "ls")
    assert not DEPLOYMENT.folder.exists()
    for port in (DEPLOYMENT.proxy_port, DEPLOYMENT.gateway_port):
        processes.require_free(port, "the next run", "--port")
