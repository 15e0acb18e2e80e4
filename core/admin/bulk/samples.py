"""A file to begin with: the headings a target knows and one row of examples (by tablib)."""

from django.http import Http404, HttpRequest, HttpResponse
from tablib import Dataset

from core.admin.bulk.page import IMPORT, require
from core.bulk.download import TYPES
from core.bulk.targets import target_called
from core.enums import BulkFormat
from core.errors import NotFound


def sample_view(request: HttpRequest, target: str, format: str) -> HttpResponse:
    """As CSV or XLSX."""
    require(request, IMPORT)
    try:
        known = target_called(target)
    except NotFound:
        raise Http404 from None
    if format not in BulkFormat.values or not known.imports:
        raise Http404
    columns = [column for column in known.columns() if not column.only_out]
    rows = Dataset(headers=[column.label for column in columns], title=known.label)
    rows.append([column.example for column in columns])
    answer = HttpResponse(rows.export(format), content_type=TYPES[BulkFormat(format)])
    answer["Content-Disposition"] = f'attachment; filename="{target}-template.{format}"'
    return answer
