"""Product lists with variants, prices and stock, against a plain DRF ModelViewSet."""

import statistics
from itertools import repeat

from benchmarks import shelf
from benchmarks.ground import program
from benchmarks.load import Load, drive, waited_for
from benchmarks.table import Result
from core.processes.house import Address, web
from core.processes.ready import free_port

FEW = 10_000
CONNECTIONS = 8
SECONDS = 4.0
ROUNDS = 3
OURS = "/api/v1/products/?limit="
PLAIN = "/plain/?limit="


def run() -> list[Result]:
    """Both over the same products, in turns; the median of three rounds."""
    shelf.fill(FEW)
    ours, plain = free_port(8800), free_port(8850)
    took: dict[str, list[float]] = {}
    with (
        program(*_command(ours)),
        program(*_command(plain, "benchmarks.plain_products:application")),
        waited_for(ours),
        waited_for(plain),
    ):
        for measured in range(ROUNDS + 1):  # the first round only warms up
            loads = {
                "plain": _get(plain, f"{PLAIN}25"),
                "ours": _get(ours, f"{OURS}25"),
            }
            if measured:
                for name, load in loads.items():
                    took.setdefault(name, []).append(load.rate)
    rate = {name: statistics.median(rates) for name, rates in took.items()}
    return [
        Result("products, page of 25 of 10,000", rate["ours"], rate["plain"],
               "plain DRF ModelViewSet, prefetched", "1/s", at_least=3.0),
    ]  # fmt: skip


def _command(port: int, target: str = "config.wsgi:application") -> list[str]:
    command = list(web(Address("127.0.0.1", port), 2).command)[2:]
    return [*command[:-1], target]


def _get(port: int, path: str) -> Load:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n"
    load = drive(port, repeat(request.encode()), connections=CONNECTIONS, seconds=SECONDS)
    if set(load.answers) != {200}:
        raise AssertionError(f"{path} was answered {load.answers}")
    return load
