"""The story as staff see it, in Chromium: every page opens, nothing complains, all is told."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.product import Product
from tests.story.browser import Visitor, visiting
from tests.story.conftest import PaidOrder
from tests.story.shopper import until

pytestmark = pytest.mark.browser

ROLES = ["admin", "manager", "agent", "readonly"]
STORY = [
    "Placed", "Order placed", "Page opened", "Payment intent succeeded", "Paid",
    "Payment succeeded", "Pending → Confirmed", "Order status changed", "Order paid",
    "Thank you for your payment", "New order for a vendor", "Mark order paid", "Thank payer",
]  # fmt: skip


def test_the_dashboard_shows_orders_and_revenue_in_drawn_charts(admin: Visitor) -> None:
    page = admin.open("/admin/")
    dashboard = page.locator("#dashboard")
    expect(dashboard).to_contain_text("Orders today")
    expect(dashboard).to_contain_text(re.compile(r"Revenue, 30 days\s+[\d,]+(\.\d\d)? [A-Z]{3}"))
    expect(dashboard).to_contain_text("Failed deliveries")
    assert admin.drawn() == [True, True]

    page = admin.open("/admin/?days=90&currency=JPY")
    expect(page.locator("#dashboard [aria-current=page]")).to_have_text(["90 days", "JPY"])
    assert admin.drawn() == [True, True]


def test_an_order_tells_its_whole_story(admin: Visitor, paid: PaidOrder) -> None:
    page = admin.open("/admin/commerce/order/")
    page.get_by_placeholder("Number, whole e-mail").fill(paid.number)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=paid.number).click()
    expect(page).to_have_url(re.compile(paid.id))
    main = page.locator("#content")
    for word in ("Confirmed", "Paid", "Ada Buyer", "3011 AA Rotterdam"):
        expect(main).to_contain_text(word)
    story = page.locator(".story")
    for title in STORY:
        expect(story).to_contain_text(title)
    times = story.locator("time").evaluate_all("all => all.map(t => t.dateTime)")
    assert times == sorted(times)
    # Lists show labels as (key, text); pages must not print the pair.
    assert not re.search(r"\('\w+', '", page.locator("body").inner_text())


def test_a_payment_shows_its_money_down_to_the_books(admin: Visitor, paid: PaidOrder) -> None:
    page = admin.open(f"/admin/payments/payment/?q={paid.reference}")
    page.get_by_role("link", name=paid.reference).click()
    admin.settle()
    story = page.locator(".story")
    for title in ("Page opened", "Paid", "Payment succeeded", "Settle stripe event"):
        expect(story).to_contain_text(title)

    story.get_by_role("link", name=f"{paid.reference} paid").click()
    admin.settle()
    expect(page).to_have_url(re.compile("/payments/ledgertransaction/"))
    entries = page.locator("#entries-group")
    amounts = re.findall(r"\d+\.\d\d EUR", entries.inner_text())
    assert len(amounts) == 2
    assert amounts[0] == amounts[1]


def test_the_books_are_in_balance(admin: Visitor, paid: PaidOrder) -> None:
    page = admin.open("/admin/payments/ledgeraccount/")
    sums = page.locator("tfoot tr").all_inner_texts()
    assert sums
    assert all(re.search(r"\s0(\.0+)?( [A-Z]{3})?$", line) for line in sums), sums


def test_an_event_shows_what_arrived_and_who_reacted(admin: Visitor, paid: PaidOrder) -> None:
    page = admin.open(f"/admin/commerce/order/{paid.id}/change/")
    page.locator(".story").get_by_role("link", name="Payment intent succeeded").click()
    admin.settle()
    main = page.locator("#content")
    expect(main.locator("pre").last).to_contain_text('"payment_intent.succeeded"')
    reactions = page.locator("#deliveries-group")
    expect(reactions).to_contain_text("payments.settle_stripe_event")
    expect(reactions).to_contain_text(re.compile("done|ignored", re.I))


def test_a_delivery_is_sent_back_to_work_from_its_list(
    admin: Visitor, paid: PaidOrder, product: Product
) -> None:
    again = (
        f"SELECT id, finished_at FROM core_delivery WHERE subject = 'order:{paid.id}' ORDER BY 1"
    )
    before = product.query(again)
    page = admin.open(f"/admin/core/delivery/?q=order:{paid.id}&state__exact=ignored")
    rows = page.locator("#result_list tbody tr")
    expect(rows.first).to_contain_text("commerce.")
    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option(label="Replay (dead and ignored ones)")
    page.get_by_role("button", name=re.compile("Run|Go")).click()
    expect(page.get_by_text("1 sent back to work.")).to_be_visible()
    until(lambda: product.query(again) != before, what="Working it off again")


def test_a_customers_page_lists_their_orders(admin: Visitor, paid: PaidOrder) -> None:
    page = admin.open(f"/admin/crm/customer/?q={paid.email}")
    page.get_by_role("link", name="Ada Buyer").click()
    admin.settle()
    panel = page.locator("section", has_text="Orders")
    expect(panel.get_by_role("link", name=paid.number)).to_be_visible()


@pytest.mark.parametrize("role", ROLES)
def test_each_link_of_the_sidebar_opens(role: str, request: pytest.FixtureRequest) -> None:
    visitor: Visitor = request.getfixturevalue(role)
    visitor.open("/admin/")
    links = visitor.sidebar()
    assert len(links) >= 5
    for path in links:
        if role in {"admin", "agent"}:
            visitor.open(path)
        else:  # the same pages: drawn above, and for a reader below
            assert visitor.page.request.get(visitor.url + path).status == 200, path
    files = "/admin/core/bulkjob/"  # what an agent takes out are their own customers
    engine_room = {path for path in links if path.startswith("/admin/core/") and path != files}
    assert bool(engine_room) is (role != "agent")
    assert any("/accounts/user/" in path for path in links) is (role in {"admin", "manager"})


def test_an_agent_sees_their_own_customers_and_not_the_engine_room(
    agent: Visitor, paid: PaidOrder, product: Product
) -> None:
    own = product.query(
        "SELECT count(*) FROM crm_assignment a JOIN accounts_user u ON u.id = a.user_id "
        "WHERE u.email = 'agent@example.com'"
    )[0][0]
    page = agent.open("/admin/crm/customer/")
    assert page.locator("#result_list tbody tr").count() == own > 0
    page = agent.open(f"/admin/crm/customer/?q={paid.email}")
    expect(page.locator("#content")).not_to_contain_text("Ada Buyer")
    for path in ("core/event/", "core/delivery/", "core/auditentry/", "accounts/user/"):
        assert page.request.get(f"{agent.url}/admin/{path}").status == 403, path
    page = agent.open("/admin/")
    expect(page.locator("#dashboard")).not_to_contain_text("Failed deliveries")


def test_a_reader_has_nothing_to_press(readonly: Visitor, paid: PaidOrder) -> None:
    deeds = re.compile(r"^(Save|Add|Delete|Processing|Shipped|Cancelled|Confirmed|Refunded|Run)\b")
    page = readonly.open(f"/admin/commerce/order/{paid.id}/change/")
    expect(page.locator(".story")).to_contain_text("Paid")
    assert page.get_by_role("button", name=deeds).count() == 0
    for path in readonly.sidebar():
        if not path.startswith("/admin/"):
            continue  # their own password and second factor
        page = readonly.open(path)
        assert page.get_by_role("button", name=deeds).count() == 0, path
        assert page.locator("a[href$='/add/'], select[name=action] option[value]:not([value=''])"
                            ).count() == 0, path  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_telephone(
    browser: Browser, product: Product, paid: PaidOrder, scheme: str
) -> None:
    size = {"width": 390, "height": 844}
    with visiting(browser, product.url, viewport=size, color_scheme=scheme) as visitor:
        visitor.open("/")
        visitor.log_in("manager@example.com")
        for path in ("/", "/admin/", "/admin/commerce/order/", "/admin/crm/customer/",
                     f"/admin/commerce/order/{paid.id}/change/"):  # fmt: skip
            page = visitor.open(path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"], f"{path} is {wide} wide"


def test_the_home_page_leads_to_every_door(browser: Browser, product: Product) -> None:
    with visiting(browser, product.url) as visitor:
        page = visitor.open("/")
        links = page.locator("main a").evaluate_all("all => all.map(a => a.href)")
        assert f"{product.url}/admin/" in links
        assert f"{product.rehearsal.base_url}/mail" in links
        for link in links:
            visitor.open(link)


STICKS_OUT = """() => {
    const width = document.documentElement.clientWidth;
    const found = document.documentElement.scrollWidth > width + 1 ? ["the page itself"] : [];
    for (const one of document.querySelectorAll("#content *")) {
        const box = one.getBoundingClientRect(), text = one.innerText || "";
        if (one.children.length || !box.width || !one.offsetParent) continue;
        const spills = one.scrollWidth > one.clientWidth + 2
            && getComputedStyle(one).overflow === "visible"
            && getComputedStyle(one).display !== "inline";
        if (spills || (box.width < 45 && text.length > 30)) found.push(text.slice(0, 50));
    }
    return found;
}"""


@pytest.mark.parametrize(
    "path", ["order", "product", "coupon", "stockitem", "shippingmethod", "shippingzone"]
)
def test_nothing_sticks_out_or_is_squeezed(admin: Visitor, path: str) -> None:
    page = admin.open(f"/admin/commerce/{path}/")
    assert page.evaluate(STICKS_OUT) == []
    first = page.locator("#result_list tbody tr a[href*='/change/']").first
    page = admin.open(str(first.get_attribute("href")))
    assert page.evaluate(STICKS_OUT) == []
