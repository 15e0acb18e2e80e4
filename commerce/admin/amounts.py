"""Amounts in forms are written as people write them; the column holds smallest units."""

from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from core.money import Money, MoneyError


class AmountsForm(forms.ModelForm):
    """A form of a model with a `currency`, whose `amounts` are typed as 4.90."""

    amounts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.amounts:
            column = self._meta.model._meta.get_field(name)
            self.fields[name] = forms.CharField(
                required=not (column.null or column.has_default()),
                label=str(column.verbose_name).capitalize(),
                help_text=column.help_text,
                widget=UnfoldAdminTextInputWidget(
                    attrs={"class": "min-w-24", "inputmode": "decimal", "placeholder": "0.00"}
                ),
                max_length=25,
            )
            minor = getattr(self.instance, name, None)
            if minor is not None and self.instance.currency:
                amount = Money(minor, self.instance.currency).decimal
                self.initial[name] = f"{amount:f}"

    def clean(self) -> dict[str, Any] | None:
        """Each amount in smallest units, exact. What is empty is the column's default."""
        super().clean()
        cleaned = self.cleaned_data
        for name in self.amounts:
            column = self._meta.model._meta.get_field(name)
            text = cleaned.get(name) or ""
            if not text:
                cleaned[name] = None if column.null else 0
                continue
            try:
                money = Money.parse(text.replace(",", "."), str(cleaned.get("currency", "")))
            except MoneyError as error:
                self.add_error(name, str(error))
                continue
            if money.minor < 0:
                self.add_error(name, "Not below zero.")
            cleaned[name] = money.minor
        return cleaned
