"""Deploys the site to an emulator on this machine, or what has changed since the last time."""

import shutil
import time
from collections.abc import Callable

from containers import engine as engines
from containers import site_image
from deployment import one_off_task, preparation, processes, steps
from local_deployment import LocalDeployment
from problem import Problem
from settings import DOMAIN, ignored_variables, say


class Progress:
    """Progress lines with the seconds since the start."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def __call__(self, text: str) -> None:
        say(f"{time.monotonic() - self.started:4.0f} s  {text}")

    def within(self) -> Callable[[str], None]:
        return lambda text: self(f"  … {text}")


def start(deployment: LocalDeployment, progress: Progress) -> None:
    ignored = ignored_variables()
    if ignored:
        say(f"{', '.join(ignored)} in your environment: ignored, only {deployment.endpoint} is used.")
    running = _running(deployment)
    engine = _engine(progress)
    progress("images to start from, and the app's packages" if engine else "the app's packages")
    preparation.prepare(engine, progress.within())
    if running and deployment.state.read().get("engine") == (engine.name if engine else None):
        progress(f"emulator: runs already at {deployment.endpoint}")
    else:
        progress(f"emulator at {deployment.endpoint}")
        _start_afresh(deployment, engine)
    _deploy(deployment, engine, progress)


def _running(deployment: LocalDeployment) -> bool:
    """Whether this deployment's emulator runs. The ports that are not its own yet must be free."""
    known, alive = deployment.state.read(), deployment.state.alive
    if alive("emulator") and known.get("gateway_port") != deployment.gateway_port:
        raise Problem(
            f"the emulator of {deployment.name!r} runs on port {known.get('gateway_port')}, not {deployment.gateway_port}.",
            "stop it first, or leave --gateway-port out",
        )
    for option in ("profile", "stacks"):
        # another profile or other stacks would be another site, with an empty database
        running, wanted = known.get(option, getattr(LocalDeployment, option)), getattr(deployment, option)
        if alive("emulator") and running != wanted:
            raise Problem(
                f"{deployment.name!r} runs with --{option} {running}, not {wanted}.",
                f"stop it first, or leave --{option} out",
            )
    if not (alive("proxy") and known.get("proxy_port") == deployment.proxy_port):
        for port in deployment.ports.values():
            processes.require_free(port, "the site", "--port")
    if not alive("emulator"):
        processes.require_free(deployment.gateway_port, "the emulator", "--gateway-port")
        return False
    return processes.emulator_answers(deployment)


def _engine(progress: Progress) -> engines.Engine | None:
    try:
        engine = engines.find()
    except engines.NoEngine as problem:
        progress("NO CONTAINER ENGINE: the control plane alone will be deployed, no site will run.")
        say(str(problem))
        return None
    progress(f"container engine: {engine.name}")
    return engine


def _start_afresh(deployment: LocalDeployment, engine: engines.Engine | None) -> None:
    """A new emulator knows nothing of an earlier one's deployment, so whatever that left goes first."""
    processes.stop_everything(deployment, engine)
    shutil.rmtree(deployment.folder, ignore_errors=True)
    deployment.folder.mkdir(parents=True)
    deployment.state.write(
        engine=engine.name if engine else None,
        gateway_port=deployment.gateway_port,
        profile=deployment.profile,
        stacks=deployment.stacks,
    )
    processes.start_emulator(deployment, engine)


def _deploy(deployment: LocalDeployment, engine: engines.Engine | None, progress: Progress) -> None:
    """Everything that one does with the CDK command, against the emulator."""
    progress("cdk bootstrap")
    steps.bootstrap(deployment)
    progress(f"cdk deploy {steps.REGISTRY}")
    repository = steps.registry(deployment, progress.within())
    if not engine:
        progress(f"cdk deploy {steps.SITE}, the control plane alone")
        steps.site(deployment, f"sha256:{'0' * 64}", progress.within())
        return _tell_control_plane(deployment)
    progress("the site's image: build and push")
    digest = site_image.publish(deployment, engine, repository)
    progress(f"cdk deploy {steps.SITE} with {digest[:19]}…")
    outputs = steps.site(deployment, digest, progress.within())
    deployment.state.write(image=digest)
    progress("admin user, by a one-off task")
    password = one_off_task.admin(deployment)
    progress("proxy to the site")
    processes.start_proxy(deployment, outputs["SiteUrl"])
    progress("done")
    _tell_site(deployment, password)


def _tell_site(deployment: LocalDeployment, password: str) -> None:
    say(f"""
  The site    {deployment.url}
  The admin   {deployment.url}/admin/
  User        {one_off_task.ADMIN}
  Password    {password}
{_reached(deployment)}
  AWS         {deployment.endpoint} (any command with --endpoint-url)
  Logs        {deployment.folder}
  Stop        npm run demo stop
""")


def _reached(deployment: LocalDeployment) -> str:
    """How to visit a site whose name leads nowhere: by the ports that stand for those of the load balancer."""
    if not deployment.https:
        return ""
    to = f"{DOMAIN}:443:127.0.0.1:{deployment.ports[443]}"
    return f"""
  Visit it    curl --connect-to {to} --cacert {deployment.authority} {deployment.url}/
"""


def _tell_control_plane(deployment: LocalDeployment) -> None:
    say(f"""
  The stacks are deployed to the emulator at {deployment.endpoint}. NO SITE RUNS: without a container engine, tasks, database and
  cache are records only. See above for what is missing.
  Stop        npm run demo stop
""")
