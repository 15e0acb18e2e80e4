"""What we lean on inside firebase-admin; fails when an upgrade moves it (see push/firebase.py)."""

import json
import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from firebase_admin import exceptions, messaging

from notifications.channels.push.firebase import firebase_app
from rehearsal.testing import RunningRehearsal

PRIVATE_KEY_WORD = "PRIVATE KEY"


def test_the_sdk_calls_our_base_and_tries_once(outside: RunningRehearsal) -> None:
    outside.client.add_fault("status", face="fcm", path="/v1/*", status=503, times=None)
    began = time.monotonic()
    with pytest.raises(exceptions.UnavailableError):
        messaging.send(messaging.Message(topic="t"), app=firebase_app())
    assert time.monotonic() - began < 2
    (fault,) = outside.client.faults()
    assert fault["hits"] == 1


def test_topics_go_to_our_base_too(outside: RunningRehearsal) -> None:
    answer = messaging.subscribe_to_topic(["phone-1"], "news", app=firebase_app())
    assert (answer.success_count, answer.failure_count) == (1, 0)


def test_one_app_per_setting(outside: RunningRehearsal, settings) -> None:
    first = firebase_app()
    assert firebase_app() is first
    settings.FIREBASE_API_BASE += "/"
    assert firebase_app() is not first


def test_credentials_may_be_a_file(outside: RunningRehearsal, settings, tmp_path) -> None:
    path = tmp_path / "account.json"
    path.write_text(settings.FIREBASE_CREDENTIALS)
    settings.FIREBASE_CREDENTIALS = str(path)
    assert firebase_app().project_id == "tradewind-rehearsal"


@pytest.mark.parametrize("given", ["/nowhere.json", "{", "[]", json.dumps({"project_id": "x"})])
def test_unusable_credentials_are_named_without_being_shown(settings, given: str) -> None:
    settings.FIREBASE_CREDENTIALS = given
    with pytest.raises(ImproperlyConfigured, match="FIREBASE_CREDENTIALS") as refused:
        firebase_app()
    assert PRIVATE_KEY_WORD not in str(refused.value)
