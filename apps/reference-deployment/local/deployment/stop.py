"""Ends a deployment: its processes, containers, network and files, and with the last deployment what all of them share."""

import shutil

from containers import engine as engines
from containers import podman
from deployment import processes
from local_deployment import LocalDeployment
from problem import Problem
from settings import CACHE, say


def stop(deployment: LocalDeployment, everything: bool) -> None:
    """With `everything`, the caches go as well."""
    try:
        engine = engines.find(install=False)
    except engines.NoEngine:
        engine = None
    processes.stop_everything(deployment, engine)
    shutil.rmtree(deployment.folder, ignore_errors=True)
    others = [path.name for path in deployment.folder.parent.glob("*") if path.is_dir()]
    if not others:
        shutil.rmtree(deployment.folder.parent, ignore_errors=True)
        podman.forget_runtime()
    if everything:
        _remove_caches(engine, others)
        say("Stopped. No process, container, network or file is left.")
    else:
        say(
            f"Stopped: no process, container or network is left. {CACHE} keeps images and the virtual environment for the next start;"
        )
        say("`stop --all` removes them as well.")


def _remove_caches(engine: engines.Engine | None, others: list[str]) -> None:
    if others:
        raise Problem(f"the caches are in use by {', '.join(others)}.", "stop that first")
    if engine and engine.name == "podman":
        podman.remove_everything()
    shutil.rmtree(CACHE, ignore_errors=True)
