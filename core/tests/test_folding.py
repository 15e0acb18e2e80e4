import pytest

from core.folding import Fold, fold, prefix_query
from core.models import AuditEntry

TEXTS = [
    "Łukasz Søren Müller Yılmaz Straße Zoë Nguyễn",
    "ÆSIR Œuvre ĐẶNG Þór Ðe",
    "mia.o'neil+shop@web.de (home): 030/12-34",
    "Ελένη Παπαδοπούλου", "Дмитрий", "محمد", "山田太郎",
    "",
]  # fmt: skip


def test_letters_lose_case_accents_and_punctuation():
    assert fold("Łukasz Søren Müller-Straße") == "lukasz soren muller strasse"


@pytest.mark.django_db
@pytest.mark.parametrize("text", TEXTS)
def test_python_and_the_database_fold_alike(text):
    row = AuditEntry.objects.create(action=text)
    assert AuditEntry.objects.values_list(Fold("action")).get(pk=row.pk) == (fold(text),)


def test_operators_of_the_query_language_never_get_through():
    assert prefix_query("a' | !b:* & (c) <-> \\") == "a:* & b:* & c:*"
    assert prefix_query(" .,; ") == ""
