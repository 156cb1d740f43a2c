"""What holds in every deployment. Addresses, numbers of processes and time-outs come in GUNICORN_CMD_ARGS."""

from config import env
from ops.logs import logging_config

preload_app = True
logconfig_dict = logging_config(env.process())
# Nothing asks the socket, and a read-only root file system has no place for it.
control_socket_disable = True
