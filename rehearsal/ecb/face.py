"""The European Central Bank's reference rates: three files, and figures that can be set."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from rehearsal.checked import Unfit
from rehearsal.control import read_json
from rehearsal.ecb.days import days, newest
from rehearsal.ecb.files import file_named
from rehearsal.ecb.rates import CURRENCIES, figure
from rehearsal.face import Doorplate, Face, World
from rehearsal.faults import STATUS_FAULT
from rehearsal.journal import Entry


class EcbFace(Face):
    """Publishes at 16:00 in Frankfurt on working days, as the bank does."""

    slug = "ecb"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.said: dict[tuple[date, str], str] = {}
        self.today: date | None = None

    def routes(self) -> list[BaseRoute]:
        """The files."""
        return [Route("/stats/eurofxref/{name}", self._file)]

    def control_routes(self) -> list[BaseRoute]:
        """Under /control/ecb."""
        return [
            Route("/rates", self._rates, methods=["GET", "POST", "DELETE"]),
            Route("/today", self._today, methods=["GET", "PUT"]),
        ]

    def restore(self, entry: Entry) -> None:
        """Figures that were set come back."""
        if entry.kind == "said":
            data = entry.data
            self.said[date.fromisoformat(data["day"]), data["currency"]] = data["rate"]

    def clear(self) -> None:
        """Forget what was set."""
        self.said.clear()
        self.today = None

    def overview(self) -> dict[str, Any]:
        """What is out."""
        return {"newest": str(self.newest), "set": len(self.said)}

    def doorplate(self) -> Doorplate:
        """What the start page says."""
        return Doorplate(
            title="Exchange rates (ECB)",
            purpose="Publishes made-up reference rates, with a history since 1999.",
            facts=[
                ("Base", f"{self.world.base_url}/ecb"),
                ("Newest day", str(self.newest)),
                ("Figures set", str(len(self.said))),
            ],
            links=[("Today's file", "/ecb/stats/eurofxref/eurofxref-daily.xml")],
        )

    @property
    def newest(self) -> date:
        """The newest day that is out."""
        if self.today is not None:
            return next(days(date.min, self.today))
        return newest(datetime.now(UTC))

    async def _file(self, request: Request) -> Response:
        """One of the three."""
        fault = request.scope.get(STATUS_FAULT)
        if fault is not None:
            return Response("<html>Sorry.</html>", fault.status, media_type="text/html")
        body = file_named(request.path_params["name"], newest=self.newest, said=dict(self.said))
        if body is None:
            return Response("<html>Not found.</html>", 404, media_type="text/html")
        return StreamingResponse(body, media_type="text/xml")

    async def _rates(self, request: Request) -> Response:
        """GET ?day=&currency= shows, POST {day, currency, rate} sets (any text; "" leaves it out),
        DELETE forgets what was set."""
        if request.method == "POST":
            raw = await read_json(request)
            if set(raw) != {"day", "currency", "rate"} or not all(
                isinstance(value, str) for value in raw.values()
            ):
                raise Unfit("day, currency and rate are texts")
            self.said[_day(raw["day"]), raw["currency"]] = raw["rate"]
            self.world.journal.record(self.slug, "said", raw)
        elif request.method == "DELETE":
            self.clear()
            self.world.journal.forget(self.slug)
        else:
            day = _day(request.query_params.get("day", ""))
            currency = request.query_params.get("currency", "")
            if currency not in CURRENCIES and (day, currency) not in self.said:
                raise Unfit("that currency is not quoted")
            rate = self.said.get((day, currency)) or figure(currency, day)
            return JSONResponse({"rate": rate})
        return JSONResponse({"set": len(self.said)})

    async def _today(self, request: Request) -> Response:
        """PUT {"day": "2026-11-27"} stops the calendar there; {"day": ""} lets it go on."""
        if request.method == "PUT":
            raw = await read_json(request)
            day = raw.get("day")
            if not isinstance(day, str):
                raise Unfit("day is a text")
            self.today = _day(day) if day else None
        return JSONResponse({"newest": str(self.newest)})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unfit(f"{text!r} is no day such as 2026-11-27") from error
