# ruff: noqa: S608 - the SQL is made of our own names
"""Words that products are found by, kept by triggers; options taken from variants; grants.

A product's words come from four tables. Whoever changes one of them (service, admin, import, psql)
has the words made anew in the same transaction; the product's row is locked first, so that of two
changes at once the later one sees what the earlier wrote.
"""

from django.db import migrations

from commerce.catalogue_policies import (
    MY_VENDORS,
    OF_MY_PRODUCTS,
    OF_MY_VARIANTS,
    members_write,
    public_catalogue,
)
from core.folding import Fold
from core.identity.policies import protect

MOST_TEXT = 200_000  # characters; a tsvector holds 1 MB
FOLDED = Fold.template % {"expressions": f"left(t.text, {MOST_TEXT})"}

WORDS = f"""
CREATE FUNCTION commerce_write_words(ids uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM commerce_product WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO commerce_productwords AS w (product_id, words)
    SELECT p.id, strip(to_tsvector('simple', {FOLDED}))
    FROM commerce_product p
    CROSS JOIN LATERAL (SELECT concat_ws(' ', p.name, p.description,
        (SELECT string_agg(v.sku || ' ' || v.barcode, ' ')
         FROM commerce_variant v WHERE v.product_id = p.id),
        (SELECT string_agg(o.name || ' ' || o.description, ' ')
         FROM commerce_producttranslation o WHERE o.product_id = p.id)) AS text) t
    WHERE p.id = ANY (ids)
    ON CONFLICT (product_id) DO UPDATE SET words = EXCLUDED.words
    WHERE w.words IS DISTINCT FROM EXCLUDED.words;
END $$;
"""
NO_WORDS = "DROP FUNCTION commerce_write_words(uuid[])"


def trigger(table: str, key: str, texts: tuple[str, ...]) -> list[migrations.RunSQL]:
    """Statement triggers that bring the words of the touched products up to date."""
    name = f"commerce_words_of_{table.removeprefix('commerce_')}"
    same = " AND ".join(f"n.{text} = w.{text}" for text in (*texts, key))
    sources = {
        "INSERT": ("NEW TABLE AS now_rows", f"SELECT {key} FROM now_rows"),
        "DELETE": ("OLD TABLE AS was_rows", f"SELECT {key} FROM was_rows"),
        "UPDATE": (
            "OLD TABLE AS was_rows NEW TABLE AS now_rows",
            f"SELECT unnest(ARRAY[n.{key}, w.{key}]) FROM now_rows n JOIN was_rows w USING (id) "
            f"WHERE NOT ({same})",
        ),
    }
    if table == "commerce_product":
        del sources["DELETE"]  # its words go with it
    made = []
    for verb, (tables, touched) in sources.items():
        each = f"{name}_{verb.lower()}"
        made.append(
            migrations.RunSQL(
                f"""
                CREATE FUNCTION {each}() RETURNS trigger LANGUAGE plpgsql
                SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
                DECLARE touched uuid[] := ARRAY({touched});
                BEGIN
                    IF touched <> '{{}}' THEN PERFORM commerce_write_words(touched); END IF;
                    RETURN NULL;
                END $$;
                CREATE TRIGGER {each} AFTER {verb} ON {table} REFERENCING {tables}
                FOR EACH STATEMENT EXECUTE FUNCTION {each}();
                """,
                f"DROP TRIGGER {each} ON {table}; DROP FUNCTION {each}()",
            )
        )
    return made


GONE = """
CREATE FUNCTION commerce_words_gone() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM commerce_productwords WHERE product_id = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER commerce_words_gone BEFORE DELETE ON commerce_product
FOR EACH ROW EXECUTE FUNCTION commerce_words_gone();
"""
NOT_GONE = (
    "DROP TRIGGER commerce_words_gone ON commerce_product; DROP FUNCTION commerce_words_gone()"
)

WRITE_ALL = "SELECT commerce_write_words(ARRAY(SELECT id FROM commerce_product))"

# in the order in which the first variants name them
OPTIONS = """
INSERT INTO commerce_productoption (id, created_at, updated_at, product_id, name, position)
SELECT gen_random_uuid(), now(), now(), product_id, left(key, 60),
       row_number() OVER (PARTITION BY product_id ORDER BY first, key) - 1
FROM (SELECT v.product_id, o.key, min(v.position) AS first
      FROM commerce_variant v CROSS JOIN LATERAL jsonb_each_text(v.options) o
      GROUP BY v.product_id, o.key) named
ON CONFLICT DO NOTHING;
INSERT INTO commerce_optionvalue (id, created_at, updated_at, option_id, value, position)
SELECT gen_random_uuid(), now(), now(), option_id, left(value, 100),
       row_number() OVER (PARTITION BY option_id ORDER BY first, value) - 1
FROM (SELECT p.id AS option_id, o.value, min(v.position) AS first
      FROM commerce_variant v CROSS JOIN LATERAL jsonb_each_text(v.options) o
      JOIN commerce_productoption p ON p.product_id = v.product_id AND p.name = left(o.key, 60)
      GROUP BY p.id, o.value) named
ON CONFLICT DO NOTHING;
"""

WORDS_ARE_READ = (
    "REVOKE INSERT, UPDATE, DELETE ON commerce_productwords FROM tw_base, tradewind_app"
)
WORDS_ARE_WRITTEN = (
    "GRANT INSERT, UPDATE, DELETE ON commerce_productwords TO tw_base, tradewind_app"
)
OF_MY_OPTIONS = f"""EXISTS (
    SELECT 1 FROM commerce_productoption o JOIN commerce_product p ON p.id = o.product_id
    WHERE o.id = commerce_optionvalue.option_id AND p.vendor_id = {MY_VENDORS})"""
TABLES = {
    "commerce_productoption": OF_MY_PRODUCTS.format(table="commerce_productoption"),
    "commerce_optionvalue": OF_MY_OPTIONS,
    "commerce_producttranslation": OF_MY_PRODUCTS.format(table="commerce_producttranslation"),
    "commerce_categorytranslation": "",
}
# a price that has begun stays as history; one that is only planned may be given up
PLANNED_OF_MINE = f"valid_from > now() AND {OF_MY_VARIANTS.format(table='commerce_price')}"


class Migration(migrations.Migration):
    dependencies = [("commerce", "0018_product_rules")]

    operations = [
        migrations.RunSQL(WORDS, NO_WORDS),
        *trigger("commerce_product", "id", ("name", "description")),
        *trigger("commerce_variant", "product_id", ("sku", "barcode")),
        *trigger("commerce_producttranslation", "product_id", ("name", "description")),
        migrations.RunSQL(GONE, NOT_GONE),
        migrations.RunSQL(WRITE_ALL, migrations.RunSQL.noop),
        migrations.RunSQL(OPTIONS, migrations.RunSQL.noop),
        *[
            operation
            for table, mine in TABLES.items()
            for operation in public_catalogue(table, mine=mine, verbs="INSERT UPDATE DELETE")
        ],
        members_write("commerce_price", mine=PLANNED_OF_MINE, verbs="DELETE"),
        migrations.RunSQL(WORDS_ARE_READ, WORDS_ARE_WRITTEN),
        protect("commerce_pricechange"),
        protect("commerce_pricechangeitem"),
    ]
