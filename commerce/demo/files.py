"""A file of customers that was tried and waits for "write it", and orders taken out."""

import csv
import io
from uuid import UUID

from django.db import transaction

from commerce.imports.ledger import ledger_mapping
from core.bulk.jobs.exports import open_export
from core.bulk.jobs.imports import begin_check, open_import
from core.bulk.jobs.work import work_off
from core.enums import BulkFormat
from core.identity import Identity, Role, acting_as, acting_as_system
from core.models import BulkJob

FILE = "trade-fair.csv"
ROWS = [
    ["E-mail", "Full name", "Company", "Country", "Phone", "Met at"],
    ["ines.moreau@example.com", "Inès Moreau", "Moreau et Filles", "FR", "'+33 4 72 00 00 01",
     "Lyon"],
    ["k.osei@example.com", "Kwame Osei", "Osei Trading", "GH", "'+233 30 200 0002", "Lyon"],
    ["haruka@example.com", "田中 遥", "", "JP", "", "Osaka"],
    ["not an address", "Jo Smudge", "", "GB", "", "Leeds"],
    ["lena@example.com", "Lena Vogt", "Vogt GmbH", "Germany", "", "Köln"],
]  # fmt: skip


def show_files(asked_by: UUID) -> None:
    """Once: a second demo finds them there."""
    ledger_mapping()
    with acting_as_system("demo"), transaction.atomic():
        if BulkJob.objects.exists():
            return
    with acting_as(Identity(Role.MANAGER, asked_by)):
        job = open_import(target="customers", content=_file(), file_name=FILE)
        begin_check(job_id=job.pk, columns=job.columns, options={})
        taken_out = open_export(target="orders", format=BulkFormat.XLSX)
    for pk in (job.pk, taken_out.pk):
        work_off(only=pk)


def _file() -> io.BytesIO:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(ROWS)
    return io.BytesIO(text.getvalue().encode())
