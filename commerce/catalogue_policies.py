"""Row-level security of what everybody may read and a vendor's members may write, written once.

    # a migration; `variant_id` leads to the vendor
    operations = [
        *public_catalogue("commerce_price", mine=OF_MY_VARIANTS.format(table="commerce_price")),
    ]

Reading is `USING (true)`: a constant that PostgreSQL takes out of the query, so that lists,
searches and GIN indexes work as they do without policies (docs/decisions/0050). What is not on
sale is held back by the API (commerce/api/visibility.py). Writing is for staff, the house, and
members within the vendors they act for: `app_my_vendors()` of commerce/migrations.
"""

from django.db.migrations.operations import RunSQL

from core.identity.policies import ALL_VERBS, Rule, protect

MY_VENDORS = "ANY ((SELECT app_my_vendors())::uuid[])"
OF_MY_VENDORS = f"vendor_id = {MY_VENDORS}"
# Asked for the few rows of a write, never in a list. `{table}` is the table that is protected.
OF_MY_VARIANTS = f"""EXISTS (
    SELECT 1 FROM commerce_variant v
    WHERE v.id = {{table}}.variant_id AND v.vendor_id = {MY_VENDORS})"""  # noqa: S608  - our names
OF_MY_PRODUCTS = f"""EXISTS (
    SELECT 1 FROM commerce_product p
    WHERE p.id = {{table}}.product_id AND p.vendor_id = {MY_VENDORS})"""  # noqa: S608  - our names


def public_catalogue(
    table: str, *, mine: str = "", verbs: str = "INSERT UPDATE", wide_verbs: str = ALL_VERBS
) -> list[RunSQL]:
    """Reading for all; writing for staff and the house, and `verbs` for members where `mine`."""
    protected = protect(
        table, agent=Rule(), shopper=Rule(), anonymous=Rule(), wide_verbs=wide_verbs
    )
    if not mine:
        return [protected]
    return [protected, members_write(table, mine=mine, verbs=verbs)]


def members_write(table: str, *, mine: str, verbs: str) -> RunSQL:
    """Let members write rows of their vendors in a table that they may read already."""
    statements, back = [], []
    for verb in verbs.split():
        clause = {
            "INSERT": f"WITH CHECK ({mine})",
            "UPDATE": f"USING ({mine}) WITH CHECK ({mine})",
            "DELETE": f"USING ({mine})",
        }[verb]
        name = f"shopper_{verb.lower()}"
        statements += [
            f"GRANT {verb} ON {table} TO tw_shopper",
            f"CREATE POLICY {name} ON {table} FOR {verb} TO tw_shopper {clause}",
        ]
        back += [
            f"DROP POLICY {name} ON {table}",
            f"REVOKE {verb} ON {table} FROM tw_shopper",
        ]
    return RunSQL(sql=list(statements), reverse_sql=list(back))
