"""The reference deployment on this machine.

python3 local/demo.py [start]    deploy everything and say where the site is; again: deploy what has changed
python3 local/demo.py prepare    fetch and make what `start` needs, the images above all, and start nothing
python3 local/demo.py status     what runs
python3 local/demo.py stop       end every process and remove every container, network and file
python3 local/demo.py stop --all also remove the caches: images, virtual environment
python3 local/demo.py --profile production    as on AWS: HTTPS under a domain, two zones, protection from deletion
python3 local/demo.py --stacks apart          network and data in stacks of their own
"""

import argparse
import os
import sys

from deployment import virtual_environment
from deployment.preparation import make_images
from deployment.start import Progress, start
from deployment.status import status
from deployment.stop import stop
from local_deployment import LocalDeployment
from problem import Problem
from settings import VENV


def main() -> int:
    options = parse()
    try:
        run(options, deployment_of(options))
    except Problem as problem:
        print(f"\nFAILED: {problem}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Next step: start again, or `stop`.", file=sys.stderr, flush=True)
        return 130
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    port, gateway_port = LocalDeployment.proxy_port, LocalDeployment.gateway_port
    parser.add_argument("command", nargs="?", default="start", choices=["start", "prepare", "stop", "status"])
    parser.add_argument("--port", type=int, help=f"port of the site (default: {port})")
    parser.add_argument("--gateway-port", type=int, help=f"port of the emulator (default: {gateway_port})")
    parser.add_argument(
        "--name",
        default="demo",
        help="name of the deployment; several can run beside each other, on ports of their own",
    )
    parser.add_argument(
        "--profile", choices=["development", "production"], help="default: development, over plain HTTP"
    )
    parser.add_argument(
        "--stacks",
        choices=["together", "apart"],
        help="apart: network and data in stacks of their own (default: together)",
    )
    parser.add_argument("--all", action="store_true", help="with stop: remove the caches as well")
    return parser.parse_args()


def deployment_of(options: argparse.Namespace) -> LocalDeployment:
    """The deployment that is meant: what the command line leaves open is as it was at the last start."""
    known = LocalDeployment(options.name).state.read()
    return LocalDeployment(
        options.name,
        options.port or known.get("proxy_port", LocalDeployment.proxy_port),
        options.gateway_port or known.get("gateway_port", LocalDeployment.gateway_port),
        options.profile or known.get("profile", LocalDeployment.profile),
        options.stacks or known.get("stacks", LocalDeployment.stacks),
    )


def run(options: argparse.Namespace, deployment: LocalDeployment) -> None:
    progress = Progress()
    if options.command == "stop":
        stop(deployment, options.all)
    elif sys.prefix != str(VENV):
        progress("Python environment")
        python = virtual_environment.ensure()
        os.execv(python, [str(python), *sys.argv])
    elif options.command == "prepare":
        make_images()
    elif options.command == "status":
        status(deployment)
    else:
        start(deployment, progress)


if __name__ == "__main__":
    sys.exit(main())
