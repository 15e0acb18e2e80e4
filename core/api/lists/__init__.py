from core.api.lists.filters import Filter
from core.api.lists.view import DetailView, ListView

__all__ = ["DetailView", "Filter", "ListView"]
