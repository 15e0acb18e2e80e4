"""The real sample, and jobs that bring it in through the general importer."""

import gzip
import io
from pathlib import Path

from django.db import connection

from commerce.imports.ledger import ledger_mapping
from core.bulk.jobs.imports import apply_mapping, begin_check, open_import
from core.models import BulkJob

SAMPLE = Path(__file__).parent.parent / "data" / "online-retail-sample.csv.gz"

# Everything an import of orders leaves, without ids and moments of this very run.
TOTALS = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)), count(*) FROM (
    SELECT concat_ws('|', o.external_platform, o.external_id, o.placed_at, o.status,
                     o.payment_status, o.paid_at, o.country, o.currency, o.total_minor,
                     c.external_id, l.position, l.sku, l.name, l.service, l.quantity,
                     l.unit_price_minor, v.sku, p.name, p.status, w.slug) AS line
    FROM commerce_order o JOIN commerce_orderline l ON l.order_id = o.id
    JOIN commerce_vendor w ON w.id = l.vendor_id
    LEFT JOIN commerce_variant v ON v.id = l.variant_id
    LEFT JOIN commerce_product p ON p.id = v.product_id
    LEFT JOIN crm_customer c ON c.id = o.customer_id) lines
"""
COUNTS = """
SELECT (SELECT count(*) FROM commerce_order), (SELECT sum(total_minor) FROM commerce_order),
       (SELECT count(*) FROM commerce_orderline), (SELECT count(*) FROM crm_customer),
       (SELECT count(*) FROM commerce_variant), (SELECT sum(amount_minor) FROM commerce_price),
       (SELECT count(*) FROM core_event WHERE type = 'order.placed')
"""


def sample() -> bytes:
    return gzip.decompress(SAMPLE.read_bytes())


def ledger_job(content: bytes, *, go_on: bool = True) -> BulkJob:
    """Uploaded and mapped by the saved mapping; waits for a worker."""
    mapping = ledger_mapping()
    job = open_import(target="orders", content=io.BytesIO(content), file_name="ledger.csv")
    return begin_check(
        job_id=job.pk,
        columns=apply_mapping(mapping, job.layout["headings"]),
        options=mapping.options,
        mapping=mapping,
        go_on=go_on,
    )


def what_is_there() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(TOTALS)
        lines = cursor.fetchone()
        cursor.execute(COUNTS)
        return (*lines, *cursor.fetchone())
