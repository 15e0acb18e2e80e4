"""Product lists with variants, prices, stock and pictures, against a plain DRF ModelViewSet; the
same at 250 a page, with a hundred times as many products, and the list of the admin.

The million is filled once, which takes minutes; BENCH_PRODUCTS says another number.
"""

import os
import statistics
from itertools import repeat

from benchmarks import shelf
from benchmarks.ground import program
from benchmarks.load import Load, drive, waited_for
from benchmarks.table import Result
from core.processes.house import Address, web
from core.processes.ready import free_port

FEW = 10_000
MANY = int(os.environ.get("BENCH_PRODUCTS", "1000000"))
CONNECTIONS = 8
SECONDS = 3.0
ROUNDS = 3
ENOUGH = 20  # answers that make a rate
OURS = "/api/v1/products/?limit="
PLAIN = "/plain/?limit="
YARDSTICK = "/api/v1/categories/"


def run() -> list[Result]:
    """Everything in one run; medians of three rounds, the first round only warms up."""
    shelf.fill(FEW)
    few = _measured(
        {
            "plain": ("plain", f"{PLAIN}25"),
            "ours": ("ours", f"{OURS}25"),
            "plain 250": ("plain", f"{PLAIN}250"),
            "ours 250": ("ours", f"{OURS}250"),
            "yardstick": ("ours", YARDSTICK),
        }
    )
    results = [
        Result("products, page of 25 of 10,000", few["ours"], few["plain"],
               "plain DRF ModelViewSet, prefetched", "1/s", at_least=3.0),
        Result("products, page of 250 of 10,000", few["ours 250"], few["plain 250"],
               "plain DRF ModelViewSet, prefetched", "1/s", at_least=3.0),
    ]  # fmt: skip
    shelf.fill(MANY)
    many = _measured({"ours": ("ours", f"{OURS}25"), "yardstick": ("ours", YARDSTICK)})
    results.append(
        # minutes later the machine may be busier: what a list of one row does then tells how much
        Result(f"products, page of 25 of {MANY:,}, as of 10,000", many["ours"],
               few["ours"] * many["yardstick"] / few["yardstick"],
               "10,000 products, by the same machine", "1/s", at_least=0.8),
    )  # fmt: skip
    return results


def _measured(asked: dict[str, tuple[str, str]]) -> dict[str, float]:
    """Answers per second by name, the servers in turns."""
    ports = {"ours": free_port(8800), "plain": free_port(8850)}
    rates: dict[str, list[float]] = {}
    with (
        program(*_command(ports["ours"])),
        program(*_command(ports["plain"], "benchmarks.plain_products_wsgi:application")),
        waited_for(ports["ours"]),
        waited_for(ports["plain"]),
    ):
        for measured in range(ROUNDS + 1):
            for name, (server, path) in asked.items():
                load = _get(ports[server], path)
                if measured:
                    rates.setdefault(name, []).append(load.rate)
    return {name: statistics.median(found) for name, found in rates.items()}


def _command(port: int, target: str = "config.wsgi:application") -> list[str]:
    command = list(web(Address("127.0.0.1", port), 2).command)[2:]
    return [*command[:-1], target]


def _get(port: int, path: str) -> Load:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n"
    seconds, load = SECONDS, None
    while load is None or sum(load.answers.values()) < ENOUGH:  # a busy machine takes its time
        load = drive(port, repeat(request.encode()), connections=CONNECTIONS, seconds=seconds)
        seconds *= 2
    if set(load.answers) != {200}:
        raise AssertionError(f"{path} was answered {load.answers}")
    return load
