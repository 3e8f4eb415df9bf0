from __future__ import annotations

from django import forms

from accounts.roles import Role


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(choices=Role.member_choices(), coerce=Role)
