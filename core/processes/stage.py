"""Where the outside world is played just now, for commands typed beside `make run`.

`manage.py up` writes its rehearsal's addresses and keys into the data folder and takes them away at
its end; `manage.py reconcile` in a second terminal then reaches the same gateways. Nothing in them
is a secret. Imports no Django: it runs before settings are read.
"""

import json
import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from core.embedded.environment import data_dir
from core.processes.house import wants_rehearsal

FILE = "run/stage.json"


def set_stage(environ: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Say where the rehearsal is, as long as this process lives."""
    path = data_dir(environ) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"pid": os.getpid(), "environment": dict(values)}))
    fresh.chmod(0o600)
    fresh.replace(path)


def clear_stage(environ: Mapping[str, str]) -> None:
    """The rehearsal is over."""
    (data_dir(environ) / FILE).unlink(missing_ok=True)


def join_stage(environ: MutableMapping[str, str]) -> bool:
    """Fill in the running rehearsal's addresses where no gateway key is set; whether there is one.

    What is given stays. A file that a killed `up` left behind counts for nothing.
    """
    if not wants_rehearsal(environ):
        return False
    told = _told(data_dir(environ) / FILE)
    if environ.get("EMAIL_URL", "").strip():
        told.pop("EMAIL_BACKEND_ESP", None)  # it would go before the server that was named
    for name, value in told.items():
        if not environ.get(name, "").strip():
            environ[name] = value
    return bool(told)


def _told(path: Path) -> dict[str, str]:
    try:
        stage = json.loads(path.read_text())
        os.kill(int(stage["pid"]), 0)
        return {str(name): str(value) for name, value in stage["environment"].items()}
    except PermissionError:  # it lives, under another user
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
