"""What runs once the apps are loaded: `python -m benchmarks.with_django MODULE ...` a module's
`main`; and what a server answers with.
"""

import importlib
import os
import sys

import django
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application


def served(settings: str) -> WSGIHandler:
    """The application of a server, under settings of its own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = settings  # not the house's
    return get_wsgi_application()


if __name__ == "__main__":
    django.setup()
    module = sys.argv.pop(1)
    importlib.import_module(module).main()
