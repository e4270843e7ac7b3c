"""Celery, as an entrance: it wakes the outbox's dispatcher and holds no truth.

A lost broker or a killed worker loses nothing: `sweep` finds in the outbox table what
was not delivered. Start it as docs/operations.md says.
"""

import gc
import os
import sys
import time

from celery import Celery
from celery.signals import task_prerun, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

_LOOK_EVERY_SECONDS = 10.0
_looked_at = 0.0

app = Celery("laurel")
app.config_from_object(
    {
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {"socket_connect_timeout": 2},
        "task_ignore_result": True,
        "task_acks_late": True,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "beat_schedule": {
            "sweep": {"task": "portal.outbox.tasks.sweep", "schedule": 5.0}
        },
    }
)


@app.on_configure.connect
def _read_settings(sender: Celery, **_: object) -> None:
    from django.conf import settings

    # Connections are kept from task to task, as from request to request.
    kept = {"CELERY_DB_REUSE_MAX": sys.maxsize}
    sender.conf.update(broker_url=settings.BROKER_URL, **kept)


@task_prerun.connect
def _close_old_connections(**_: object) -> None:
    from django.db import close_old_connections, connection

    # Each time costs a question to the database; what broke since is seen by its error.
    global _looked_at
    now = time.monotonic()
    if connection.errors_occurred or now - _looked_at > _LOOK_EVERY_SECONDS:
        close_old_connections()
        _looked_at = now


@worker_process_init.connect
def _spare_the_collector(**_: object) -> None:
    # What is loaded by now stays for good; walking it again and again took a tenth of
    # a worker's time.
    gc.collect()
    gc.freeze()


app.autodiscover_tasks(["portal.outbox"])
