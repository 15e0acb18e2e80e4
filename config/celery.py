"""Celery: the hands. What there is to do is remembered by PostgreSQL (core/events)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("tradewind")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
