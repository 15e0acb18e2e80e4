"""`python -m benchmarks.with_django MODULE ...`: a module's `main`, once the apps are loaded."""

import importlib
import sys

import django

if __name__ == "__main__":
    django.setup()
    module = sys.argv.pop(1)
    importlib.import_module(module).main()
