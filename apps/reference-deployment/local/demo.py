"""The reference deployment on this machine.

python3 local/demo.py [start]    deploy everything and say where the site is; again: deploy what has changed
python3 local/demo.py status     what runs
python3 local/demo.py stop       end every process and remove every container, network and file
python3 local/demo.py stop --all also remove the caches: images, virtual environment
python3 local/demo.py --profile production    as on AWS: HTTPS under a domain, two zones, protection from deletion
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable

from containers import base_images as images
from containers import engine as engines
from containers import podman
from deployment import cdk as workspace
from deployment import processes
from deployment import virtual_environment as environment
from problem import Problem
from settings import CACHE, DOMAIN, VENV, Place, ignored_variables, say
from state import State


class Steps:
    """Progress lines with the seconds since the start."""

    def __init__(self):
        self.started = time.monotonic()

    def __call__(self, text: str) -> None:
        say(f"{time.monotonic() - self.started:4.0f} s  {text}")

    def within(self) -> Callable[[str], None]:
        return lambda text: self(f"  … {text}")


def start(place: Place, step: Steps) -> None:
    ignored = ignored_variables()
    if ignored:
        say(f"{', '.join(ignored)} in your environment: ignored, only {place.endpoint} is used.")
    state = State(place)
    running = _running(place, state)
    engine = _engine(step)
    if engine:
        step("images to start from")
        images.ensure(engine)
    step("the app's packages")
    workspace.prepare(step.within())
    if running and state.read().get("engine") == (engine.name if engine else None):
        step(f"emulator: runs already at {place.endpoint}")
    else:
        step(f"emulator at {place.endpoint}")
        _fresh(place, state, engine)
    deploy_all(place, state, engine, step)


def deploy_all(place: Place, state: State, engine: engines.Engine | None, step: Steps) -> None:
    """Everything that one does with the CDK command, against the emulator."""
    from deployment import steps as deploy

    step("cdk bootstrap")
    deploy.bootstrap(place)
    step(f"cdk deploy {deploy.REGISTRY}")
    repository = deploy.registry(place, step.within())
    if not engine:
        step(f"cdk deploy {deploy.SITE}, the control plane alone")
        deploy.site(place, f"sha256:{'0' * 64}", step.within())
        return _tell_control_plane(place)
    from containers import site_image

    step("the site's image: build and push")
    digest = site_image.publish(place, engine, repository)
    step(f"cdk deploy {deploy.SITE} with {digest[:19]}…")
    outputs = deploy.site(place, digest, step.within())
    state.write(image=digest)
    step("admin user, by a one-off task")
    password = deploy.admin(place, state)
    step("the way in")
    processes.start_door(place, state, outputs["SiteUrl"])
    step("done")
    _tell_site(place, deploy.ADMIN, password)


def stop(place: Place, everything: bool) -> None:
    state = State(place)
    try:
        engine = engines.find(install=False)
    except engines.NoEngine:
        engine = None
    processes.stop_everything(place, state, engine)
    shutil.rmtree(place.folder, ignore_errors=True)
    others = [p for p in place.folder.parent.glob("*") if p.is_dir()]
    if not others:
        shutil.rmtree(place.folder.parent, ignore_errors=True)
        podman.forget_runtime()
    if everything:
        if others:
            raise Problem(f"the caches are in use by {', '.join(p.name for p in others)}.", "stop that first")
        if engine and engine.name == "podman":
            podman.remove_everything()
        shutil.rmtree(CACHE, ignore_errors=True)
        say("Stopped. No process, container, network or file is left.")
    else:
        say(
            f"Stopped: no process, container or network is left. {CACHE} keeps images and the virtual environment for the next start;"
        )
        say("`stop --all` removes them as well.")


def status(place: Place) -> None:
    state = State(place)
    known = state.read()
    if not known:
        return say("Nothing runs.")
    for name in ("emulator", "podman", "door"):
        pid = state.alive(name)
        say(f"{name:9} {f'process {pid}' if pid else 'does not run'}")
    if state.alive("emulator") and known.get("image"):
        import aws

        for service in aws.client("ecs", place).describe_services(cluster=_cluster(place), services=_services(place))[
            "services"
        ]:
            say(f"service   {service['serviceName']}: {service['runningCount']} of {service['desiredCount']} tasks")
        if state.alive("door"):
            say(f"site      {place.url}")


def _cluster(place: Place) -> str:
    import aws
    from deployment import steps as deploy

    return aws.outputs(place, deploy.SITE)["ClusterName"]


def _services(place: Place) -> list[str]:
    import aws
    from deployment import steps as deploy

    outputs = aws.outputs(place, deploy.SITE)
    return [outputs[name] for name in ("WebServiceName", "WorkerServiceName", "BeatServiceName")]


def _engine(step: Steps) -> engines.Engine | None:
    try:
        engine = engines.find()
    except engines.NoEngine as problem:
        step("NO CONTAINER ENGINE: the control plane alone will be deployed, no site will run.")
        say(str(problem))
        return None
    step(f"container engine: {engine.name}")
    return engine


def _running(place: Place, state: State) -> bool:
    """Whether this deployment's emulator runs. The ports that are not its own yet must be free."""
    known = state.read()
    if state.alive("emulator") and known.get("gateway_port") != place.gateway_port:
        raise Problem(
            f"the emulator of {place.name!r} runs on port {known.get('gateway_port')}, not {place.gateway_port}.",
            "stop it first, or leave --gateway-port out",
        )
    if state.alive("emulator") and known.get("profile", Place.profile) != place.profile:
        raise Problem(
            f"{place.name!r} runs under the {known.get('profile', Place.profile)} profile, not {place.profile}.",
            "stop it first, or leave --profile out",
        )
    if not (state.alive("door") and known.get("door_port") == place.door_port):
        for port in place.ports.values():
            processes.require_free(port, "the site", "--port")
    if not state.alive("emulator"):
        processes.require_free(place.gateway_port, "the emulator", "--gateway-port")
        return False
    return processes.emulator_answers(place)


def _fresh(place: Place, state: State, engine: engines.Engine | None) -> None:
    """A new emulator knows nothing of an earlier one's deployment, so whatever that left goes first."""
    processes.stop_everything(place, state, engine)
    shutil.rmtree(place.folder, ignore_errors=True)
    place.folder.mkdir(parents=True)
    state.write(engine=engine.name if engine else None, gateway_port=place.gateway_port, profile=place.profile)
    processes.start_emulator(place, state, engine)


def _tell_site(place: Place, user: str, password: str) -> None:
    say(f"""
  The site    {place.url}
  The admin   {place.url}/admin/
  User        {user}
  Password    {password}
{_reached(place)}
  AWS         {place.endpoint} (any command with --endpoint-url)
  Logs        {place.folder}
  Stop        npm run demo stop
""")


def _reached(place: Place) -> str:
    """How to visit a site whose name leads nowhere: to the ports that stand for those of the load balancer."""
    if not place.https:
        return ""
    to = f"{DOMAIN}:443:127.0.0.1:{place.ports[443]}"
    return f"""
  Visit it    curl --connect-to {to} --cacert {place.authority} {place.url}/
"""


def _tell_control_plane(place: Place) -> None:
    say(f"""
  The stacks are deployed to the emulator at {place.endpoint}. NO SITE RUNS: without a container engine, tasks, database and
  cache are records only. See above for what is missing.
  Stop        npm run demo stop
""")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", nargs="?", default="start", choices=["start", "stop", "status"])
    parser.add_argument("--port", type=int, help=f"port of the site (default: {Place.door_port})")
    parser.add_argument("--gateway-port", type=int, help=f"port of the emulator (default: {Place.gateway_port})")
    parser.add_argument(
        "--name",
        default="demo",
        help="name of the deployment; several can run beside each other, on ports of their own",
    )
    parser.add_argument(
        "--profile", choices=["development", "production"], help="default: development, over plain HTTP"
    )
    parser.add_argument("--all", action="store_true", help="with stop: remove the caches as well")
    options = parser.parse_args()
    known = State(Place(options.name)).read()
    place = Place(
        options.name,
        options.port or known.get("door_port", Place.door_port),
        options.gateway_port or known.get("gateway_port", Place.gateway_port),
        options.profile or known.get("profile", Place.profile),
    )
    step = Steps()
    try:
        if options.command == "stop":
            stop(place, options.all)
        elif sys.prefix != str(VENV):
            step("Python environment")
            python = environment.ensure()
            os.execv(python, [str(python), *sys.argv])
        elif options.command == "status":
            status(place)
        else:
            start(place, step)
    except Problem as problem:
        print(f"\nFAILED: {problem}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Next step: start again, or `stop`.", file=sys.stderr, flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
