import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from core.models import Event
from core.personal_data import Fate, declarations, declare, looks_personal, undeclared_fields

OUR_MODELS = [
    model for floor in settings.FLOORS for model in apps.get_app_config(floor).get_models()
]


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_every_field_that_looks_personal_is_declared_one_way_or_the_other(model):
    missing = undeclared_fields(model)
    floor = model._meta.app_label
    assert not missing, (
        f"{floor}/personal_data.py says nothing about {', '.join(missing)} of {model._meta.label}. "
        f'Write declare("{model._meta.label}", customer=..., user=..., fields={{...: Fate...}}) '
        "for what is personal, not_personal=[...] for what only looks like it, and import the "
        "module in AppConfig.ready(). Example: crm/personal_data.py."
    )


@pytest.mark.parametrize("declaration", declarations(), ids=lambda d: d.label)
def test_declarations_name_fields_that_exist(declaration):
    fields = declaration.model._meta
    names = {field.name for field in fields.get_fields()}
    assert declaration.known_fields <= names, declaration.known_fields - names
    for lookup in (declaration.customer, declaration.user, declaration.email):
        if lookup:  # raises FieldError when the lookup leads nowhere
            declaration.model._base_manager.filter(**{f"{lookup}__isnull": True}).query.__str__()


def test_a_model_is_declared_once():
    with pytest.raises(ValueError, match="declared twice"):
        declare("core.Event", fields={"body": Fate.KEEP})


def test_suspicion_falls_on_types_and_words_not_on_references_and_choices():
    assert looks_personal(Event._meta.get_field("headers"))
    assert looks_personal(Event._meta.get_field("body"))
    assert not looks_personal(Event._meta.get_field("type"))
    assert not looks_personal(models.TextField(name="name", choices=[("a", "A")]))
