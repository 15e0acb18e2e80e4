"""Categories as a tree: moved with all below, put in order, never a circle."""

import threading
from contextlib import suppress

import pytest
from django.db import transaction
from django.test import Client

from commerce import locks
from commerce.models import Category, Product
from commerce.services.catalogue import categories
from commerce.services.catalogue.categories import (
    change_category,
    order_siblings,
    place_category,
    remove_category,
)
from commerce.tests.crowd import all_at_once
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import Shopper
from core.api.testing import assert_matches_schema
from core.errors import Conflict, Invalid
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


@transaction.atomic
def grow(*paths: str) -> dict[str, Category]:
    """A tree from readable paths, parents first."""
    made: dict[str, Category] = {}
    for path in paths:
        above, _, slug = path.rpartition("/")
        made[path] = place_category(Category(name=slug.title(), slug=slug, parent=made.get(above)))
    return made


def paths() -> list[str]:
    return list(Category.objects.order_by("path").values_list("path", flat=True))


def test_a_branch_moves_with_all_below_it() -> None:
    tree = grow("home", "home/kitchen", "home/kitchen/tea", "garden")
    change_category(category_id=tree["home/kitchen"].pk, changes={"parent": tree["garden"]})
    assert paths() == ["garden", "garden/kitchen", "garden/kitchen/tea", "home"]
    tea = Category.objects.get(slug="tea")
    above = Category.objects.ancestors(tea).values_list("slug", flat=True)
    assert list(above) == ["garden", "kitchen"]


@pytest.mark.parametrize("into", ["home", "home/kitchen", "home/kitchen/tea"])
def test_nothing_stands_inside_itself(into: str) -> None:
    tree = grow("home", "home/kitchen", "home/kitchen/tea")
    with pytest.raises(Invalid, match="inside itself"):
        change_category(category_id=tree["home"].pk, changes={"parent": tree[into]})
    assert paths() == ["home", "home/kitchen", "home/kitchen/tea"]


def test_depth_counts_what_a_branch_brings_along() -> None:
    tree = grow("a", "a/b", "a/b/c", "x", "x/y", "x/y/z", "x/y/z/w")
    with pytest.raises(Invalid, match="levels"):
        change_category(category_id=tree["a"].pk, changes={"parent": tree["x/y/z/w"]})
    change_category(category_id=tree["a"].pk, changes={"parent": tree["x/y/z"]})
    assert "x/y/z/a/b/c" in paths()


def test_a_path_that_would_not_fit_is_refused_not_an_error() -> None:
    long = "s" * 100
    tree = grow(long, f"{long}/{long}", f"{long}/{long}/{long}", f"{long}/{long}/{long}/{long}")
    deepest = tree[f"{long}/{long}/{long}/{long}"]
    with pytest.raises(Invalid, match="too long"):
        place_category(Category(name="X", slug=long, parent=deepest))


def test_a_slug_is_taken_once_a_parent() -> None:
    tree = grow("home", "home/tea", "garden")
    with pytest.raises(Conflict):
        place_category(Category(name="Tea", slug="tea", parent=tree["home"]))
    place_category(Category(name="Tea", slug="tea", parent=tree["garden"]))


def test_siblings_stand_as_staff_put_them_and_new_ones_last() -> None:
    tree = grow("c", "a", "b", "a/z", "a/y")
    order_siblings(parent_id=None, ids=[tree["b"].pk, tree["a"].pk])
    order_siblings(parent_id=tree["a"].pk, ids=[tree["a/y"].pk])
    grow("d")
    in_order = [(c.path, c.tree_depth) for c in Category.objects.in_tree_order()]
    assert in_order == [("b", 0), ("a", 0), ("a/y", 1), ("a/z", 1), ("c", 0), ("d", 0)]


def test_only_children_of_that_parent_are_put_in_order() -> None:
    tree = grow("a", "a/z", "b")
    for ids in ([tree["a/z"].pk], [tree["a"].pk, tree["a"].pk]):
        with pytest.raises(Invalid):
            order_siblings(parent_id=None, ids=ids)


def test_a_category_that_holds_something_is_not_taken_away() -> None:
    tree = grow("a", "a/z")
    variant = make_variant(make_vendor())
    Product.objects.filter(pk=variant.product_id).update(category=tree["a/z"])
    for path in ("a", "a/z"):
        with pytest.raises(Conflict):
            remove_category(category_id=tree[path].pk)
    Product.objects.update(category=None)
    remove_category(category_id=tree["a/z"].pk)
    remove_category(category_id=tree["a"].pk)
    assert paths() == []


# -- the doors ----------------------------------------------------------------------------------


def test_staff_change_move_order_and_remove(staff: dict[str, Shopper]) -> None:
    manager = staff["manager"]
    tree = grow("home", "home/tea", "garden")
    path = f"categories/{tree['home/tea'].pk}/"
    moved = manager.patch(path, {"name": "Teas", "slug": "teas", "parent": str(tree["garden"].pk)})
    assert moved.status_code == 200
    assert_matches_schema(moved)
    seen = moved.json()["data"]
    assert (seen["path"], seen["depth"], seen["name"]) == ("garden/teas", 1, "Teas")
    body = {"parent": None, "order": [str(tree["garden"].pk), str(tree["home"].pk)]}
    ordered = manager.http.put(
        "/api/v1/categories/order/", body, content_type="application/json", headers=manager.headers
    )
    assert_matches_schema(ordered)
    assert [row["slug"] for row in ordered.json()["data"]] == ["garden", "home"]
    assert manager.delete(path).status_code == 204
    assert manager.patch(path, {"name": "X"}).status_code == 404
    assert manager.patch(f"categories/{tree['home'].pk}/", {"slug": "garden"}).status_code == 409


def test_neighbours_come_along_at_one_query_each(shop: Shopper) -> None:
    def cost() -> int:
        return len(queries_of(lambda: shop.get("categories/", expand="parent,children,ancestors")))

    grow("a", "a/b", "a/b/c")
    few = cost()
    grow(
        *(f"r{n}" for n in range(5)),
        *(f"r{n}/s" for n in range(5)),
        *(f"r{n}/s/t" for n in range(5)),
    )
    assert cost() == few
    answer = shop.get("categories/", expand="parent,children,ancestors", slug="b")
    assert_matches_schema(answer)
    (seen,) = answer.json()["data"]
    assert seen["parent"]["path"] == "a"
    assert [row["path"] for row in seen["children"]] == ["a/b/c"]
    (deep,) = shop.get("categories/", expand="ancestors", slug="c").json()["data"]
    assert [row["path"] for row in deep["ancestors"]] == ["a", "a/b"]


# -- two at once --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False], ids=["with the lock", "control without it"])
def test_two_moves_at_once_make_no_circle(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    tree = grow("a", "b")
    meeting, check = threading.Barrier(2), categories.check_place

    def check_and_meet(category: Category, *, parent: Category | None) -> str:
        path = check(category, parent=parent)
        with suppress(threading.BrokenBarrierError):  # the other waits for the lock
            meeting.wait(1)
        return path

    monkeypatch.setattr(categories, "check_place", check_and_meet)
    if not guarded:
        monkeypatch.setattr(locks, "lock_tree", lambda: None)
    outcomes = all_at_once(
        [
            lambda one=one, other=other: change_category(
                category_id=tree[one].pk, changes={"parent": tree[other]}
            )
            for one, other in (("a", "b"), ("b", "a"))
        ]
    )
    names = sorted(type(outcome).__name__ for outcome in outcomes)
    # without it, what stops the circle is a deadlock of their row locks, if at all
    assert (names == ["Category", "Invalid"]) is guarded, names


def test_the_list_of_the_admin_is_the_tree_with_counts(
    client: Client, django_user_model: type
) -> None:
    from accounts.services.demo import create_demo_users

    client.force_login(create_demo_users()["manager"])
    tree = grow("home", "home/tea")
    variant = make_variant(make_vendor())
    Product.objects.filter(pk=variant.product_id).update(category=tree["home/tea"])
    cost = len(queries_of(lambda: client.get("/admin/commerce/category/")))
    grow(*(f"r{n}" for n in range(8)))
    assert len(queries_of(lambda: client.get("/admin/commerce/category/"))) == cost
    page = client.get("/admin/commerce/category/")
    listed = list(page.context["cl"].queryset)
    assert [(c.path, c.here, c.below) for c in listed[:2]] == [("home", 0, 1), ("home/tea", 1, 1)]
    rows = {
        f"form-{n}-{name}": value
        for n, c in enumerate(listed)
        for name, value in (("id", str(c.pk)), ("position", str(len(listed) - n)))
    }
    count = str(len(listed))
    answer = client.post(
        "/admin/commerce/category/",
        rows | {"form-TOTAL_FORMS": count, "form-INITIAL_FORMS": count, "_save": "Save"},
    )
    assert answer.status_code == 302, answer.content
    assert Category.objects.in_tree_order().first().path == listed[-1].path
