from __future__ import annotations

from typing import Any

from django import forms

from accounts.validators import validate_plain_text
from scheduling.models import ProgressNote

SOAP_FIELDS = ("subjective", "objective", "assessment", "plan")


class NoteForm(forms.ModelForm):
    """The texts of one format. `version` is that of the note the author saw, 0 for none."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ProgressNote
        fields = ("format", *SOAP_FIELDS, "narrative")
        widgets = {
            "format": forms.HiddenInput,
            **{name: forms.Textarea({"rows": 3}) for name in SOAP_FIELDS},
            "narrative": forms.Textarea({"rows": 10}),
        }

    def __init__(self, data: Any = None, *, format: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        unused = SOAP_FIELDS if format == ProgressNote.Format.NARRATIVE else ("narrative",)
        for name in unused:
            del self.fields[name]

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or 0

    def clean(self) -> dict[str, Any]:
        # Does not call the parent, which would change the instance: the service does that.
        return self.cleaned_data


class AddendumForm(forms.Form):
    text = forms.CharField(
        label="Addendum",
        max_length=10_000,
        validators=[validate_plain_text],
        widget=forms.Textarea({"rows": 3}),
    )
