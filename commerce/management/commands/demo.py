"""`manage.py demo`: a made-up shop to look at, coherent and always the same."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from accounts.services.demo import PASSWORD
from commerce.demo.catalogue import products
from commerce.demo.desk import furnish
from commerce.demo.figures import set_prices_of_sending_and_tax
from commerce.demo.files import show_files
from commerce.demo.goods import send_some_back, spread_goods
from commerce.demo.large import fill_large
from commerce.demo.money import go_on, pay_orders
from commerce.demo.orders import place_orders
from commerce.demo.pictures import hang_pictures
from commerce.demo.rates import make_rates
from commerce.demo.shop import invite_people, stock_shelves
from commerce.demo.staff import seat_logins
from commerce.demo.telling import tell_people
from payments.demo.payouts import pay_out
from payments.demo.plans import make_plans
from payments.demo.receipts import write_receipts
from payments.demo.referrals import bring_people, offer_referrals
from payments.demo.subscribers import make_subscribers

SIZES = {"small": (120, 300), "medium": (5_000, 20_000)}  # customers, orders
LARGE = "large"


class Command(BaseCommand):
    """Makes what is missing; may be run again."""

    help = (
        "Makes demo data: vendors, products, customers, 90 days of orders, and logins with a "
        "known password. Not for a shop with real customers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--scale", choices=[*SIZES, LARGE], default="small")
        parser.add_argument("--customers", type=int, help="with --scale large: how many")
        parser.add_argument("--orders", type=int, help="with --scale large: how many")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the small or medium shop; the large one comes on top of the small one."""
        quiet = options["verbosity"] == 0
        console = Console(quiet=quiet)
        scale = options["scale"]
        customers, orders = SIZES.get(scale, SIZES["small"])
        with Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=quiet,
        ) as bar:
            make_rates(today=timezone.now().date())
            variants = stock_shelves()
            set_prices_of_sending_and_tax()
            task = bar.add_task("Pictures", total=len(products()))
            hang_pictures(progress=lambda done: bar.update(task, completed=done))
            spread_goods(variants)
            buyers = invite_people(customers)
            logins = seat_logins(buyers)
            make_plans()
            offer_referrals()
            task = bar.add_task("Orders", total=orders)
            new = place_orders(
                buyers=buyers,
                variants=variants,
                count=orders,
                now=timezone.now(),
                progress=lambda done: bar.update(task, completed=done),
            )
            task = bar.add_task("Payments", total=orders)
            pay_orders(progress=lambda done: bar.update(task, completed=done))
            go_on(asked_by=logins["manager"].pk)
            send_some_back()
            furnish(written_by=logins["manager"])
            tell_people(buyers, written_by=logins["manager"])
            invoices = make_subscribers()
            bring_people(invoices)
            pay_out(drafted_by=logins["manager"].pk, approved_by=logins["admin"].pk)
            write_receipts(invoices)
            show_files(asked_by=logins["manager"].pk)
            bar.update(task, completed=orders)
            if scale == LARGE:
                fill_large(
                    variants=variants,
                    bar=bar,
                    **{
                        name: options[name]
                        for name in ("customers", "orders")
                        if options[name] is not None
                    },
                )
        console.print(
            f"{new} new orders; {customers} customers, {len(variants)} variants. "
            f"Logins: admin@, manager@, agent@, readonly@, shopper@ and vendor@example.com, "
            f"password {PASSWORD}."
        )
