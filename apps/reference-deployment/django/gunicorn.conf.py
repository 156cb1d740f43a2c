"""What holds in every deployment. Addresses, numbers of processes and time-outs come in GUNICORN_CMD_ARGS."""

from typing import Any

from config import env
from ops.logs import logging_config

preload_app = True
logconfig_dict = logging_config(env.process())
# Nothing asks the socket, and a read-only root file system has no place for it.
control_socket_disable = True


def post_worker_init(_worker: Any) -> None:
    from django.conf import settings

    if settings.REPORT_QUEUES:
        from config.celery import app
        from ops.queue_report import QueueReport

        QueueReport(app, settings.REPORT_QUEUES).start()
