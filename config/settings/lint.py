"""The house plus the migration linter's command, for `make check` only."""

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]

# One row a variant and location: these tables are small, whatever the shop's size.
MIGRATION_LINTER_OPTIONS = {"ignore_name_contains": "_stock_"}
