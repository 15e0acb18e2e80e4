"""Which rows of this floor point to files (core/files/uses.py)."""

from django.db.models import Q

from core.files.uses import declare_use

# What was taken off a product waits to be put back, until its file is swept.
declare_use("commerce.ProductMedia", "file", live=Q(removed_at__isnull=True), owner="product")
