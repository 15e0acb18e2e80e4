"""The house plus the migration linter's command, for `make check` only."""

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]

MIGRATION_LINTER_OPTIONS = {
    # One row a variant and location: these tables are small, whatever the shop's size.
    "ignore_name_contains": "_stock_",
    # Read by a person, who found that nothing waits for long:
    "ignore_name": [
        "0003_mail_news",  # columns of the tables it makes
        "0009_exchange_rates",  # indexes of the tables it makes
        "0011_carts_of_users",  # index of a column that is still empty; carts live a month
        "0016_invitations_without_secret",  # a column that no release had
        "0017_products",  # indexes of the tables it makes
        "0018_product_rules",  # rules of prices and variants: a second for some 100,000 of them
        "0020_figures",  # indexes of the tables it makes
        "0030_price_change_items",  # an index of a table that no release had
    ],
}
