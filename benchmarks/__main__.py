"""`make bench`: what Tradewind does per second, each time beside a baseline of the same run.

Figures of one machine say little; ratios say how much the house itself costs. Names of single
benchmarks may be given: `make bench ARGS="deliveries lists"`.
"""

import os
import sys
from pathlib import Path

from core.embedded import embedded_environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
os.environ.setdefault("DATA_DIR", str(Path(".data/bench").absolute()))
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ.setdefault("STRIPE_SECRET_KEY", "sk_test_bench")
os.environ.setdefault("STRIPE_WEBHOOK_SECRET", "whsec_bench")


def main() -> int:
    """Run what was asked for; 1 when a promise was missed."""
    with embedded_environment(os.environ):
        import django

        django.setup()
        from benchmarks import checkout, deliveries, desk, files, intake, lists, products
        from benchmarks.ground import prepare
        from benchmarks.table import show

        known = {
            "intake": intake.run,
            "deliveries": deliveries.run,
            "lists": lists.run,
            "products": products.run,
            "desk": desk.run,
            "checkout": checkout.run,
            "files": files.run,
        }
        asked = [name for name in sys.argv[1:] if not name.startswith("-")] or list(known)
        unknown = set(asked) - set(known)
        if unknown:
            print(f"No benchmark is called {', '.join(unknown)}; there are {', '.join(known)}.")
            return 2
        prepare()
        results = [result for name in asked for result in known[name]()]
    show(results)
    return 0 if all(result.kept for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
