"""Every gateway in turn; one that fails stops no other."""

from collections.abc import Iterable
from typing import Any

import structlog

from core.errors import DomainError
from payments.services.reconcile.gateways import all_set_up
from payments.services.reconcile.run import failed_lately, reconcile

logger = structlog.get_logger(__name__)


class NotAllCompared(Exception):
    """Some gateways could not be compared; the message says which and why."""


def reconcile_all() -> dict[str, Any]:
    """Compare with every gateway we have a key for. Raises NotAllCompared after the last one."""
    return _each(all_set_up())


def go_on_with_failed() -> dict[str, Any]:
    """Go on with what failed lately. Raises NotAllCompared."""
    return _each(failed_lately())


def _each(gateways: Iterable[str]) -> dict[str, Any]:
    done: dict[str, Any] = {}
    failed = []
    for name in gateways:
        try:
            run = reconcile(gateway=name)
        except DomainError as error:
            logger.warning("reconcile.gateway_failed", gateway=name, error=error.message)
            failed.append(f"{name}: {error.message}")
        except Exception as error:
            logger.exception("reconcile.gateway_failed", gateway=name)
            failed.append(f"{name}: {type(error).__name__}")
        else:
            done[name] = {
                "lines": run.lines, "found": run.found, "mended": run.mended, "gone": run.gone,
            }  # fmt: skip
    if failed:
        raise NotAllCompared("; ".join(failed))
    return done
