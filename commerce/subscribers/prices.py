"""Many prices changed at once go on batch by batch."""

from commerce.models import PriceChange
from commerce.services.catalogue.bulk_prices import STEP, announce_step, do_next_batch
from core.events import Event, subscribe


@subscribe(STEP, queue="bulk")
def change_next_prices(event: Event) -> None:
    """One batch; the next is announced in the same transaction."""
    change_id = event.data["change_id"]
    if do_next_batch(change_id=change_id):
        announce_step(PriceChange.objects.get(pk=change_id))
