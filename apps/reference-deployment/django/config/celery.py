"""The Celery application, started by `celery --app config worker`."""

import logging.config
from typing import Any

from celery import Celery
from celery.signals import celeryd_init, setup_logging

from config import env
from ops.heartbeat import Heartbeat
from ops.protection import Protection
from ops.queue_age import QueueAge

env.default_settings("config.settings.production")

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].update([Heartbeat, Protection, QueueAge])


@setup_logging.connect
def use_django_logging(**_kwargs: Any) -> None:
    """Any receiver of this signal keeps Celery from setting up its own text format."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@celeryd_init.connect
def hide_banner(instance: Any, **_kwargs: Any) -> None:
    """The start-up banner is the one thing that a worker prints past the loggers."""
    instance.quiet = True
