import pytest

from crm.models import Customer

pytestmark = pytest.mark.django_db


def test_a_customer_is_found_by_the_beginnings_of_folded_words():
    found = Customer.objects.create(name="Łukasz Müller-Straße", email="zoe@web.de")
    for text in ("lukasz", "muller stra", "MÜLLER", "web", "zoe@web.de"):
        assert Customer.objects.matching(text).get() == found, text
    assert not Customer.objects.matching("nobody").exists()
