"""The same door inside Django, for its development server and the tests' client.

It stores through Django's own connection: under a test's transaction the row goes with it.
"""

from django.db import (
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from core.events.publish import ring_after_commit
from core.identity import acting_as_system
from core.intake.door import answer
from core.intake.rows import ARRIVE, Row, RowRefused, StoreUnavailable, parameters


def store(row: Row) -> bool:
    """Commit the row in a transaction of its own, then wake the workers."""
    try:
        with (
            acting_as_system("intake"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(ARRIVE, parameters([row]))
            ((_, duplicate),) = cursor.fetchall()
            if not duplicate:
                ring_after_commit(row.type)
    except (OperationalError, InterfaceError, InternalError) as error:
        raise StoreUnavailable(str(error)) from error
    except DatabaseError as error:
        raise RowRefused(str(error)) from error
    return bool(duplicate)


@csrf_exempt
@transaction.non_atomic_requests
def receive(request: HttpRequest, source: str) -> HttpResponse:
    """Answer one webhook; the request id is added by the middleware."""
    told = answer(source.rstrip("/"), request.META | {"wsgi.input": request}, store)
    return HttpResponse(
        told.body, status=told.status, content_type="application/json", headers=dict(told.headers)
    )
