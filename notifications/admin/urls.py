"""Pages of this floor inside the admin, besides the lists of its tables."""

from django.urls import path

from notifications.admin.board import delivery_board
from notifications.admin.told import told_to_person, why_told

urlpatterns = [
    path("delivery-board/", delivery_board, name="delivery-board"),
    path("told/", told_to_person, name="told-to-person"),
    path("told/<uuid:notification_id>/", why_told, name="why-told"),
]
