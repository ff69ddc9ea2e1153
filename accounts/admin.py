from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Role, User
from accounts.permissions import DESCRIPTIONS, member_of

# Roles say what a person may do. Django's groups would be a second, silent answer to the same question.
admin.site.unregister(Group)


class NewStaffForm(BaseUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email",)


@admin.register(User)
class StaffAdmin(UserAdmin):  # type: ignore[type-arg]
    """Accounts and their roles. They are closed, never deleted: the audit log names them for ever."""

    add_form = NewStaffForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser", "roles")
    search_fields = ("email", "name")
    filter_horizontal = ("roles",)
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "roles")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nobody gives roles to the own account, here neither."""
        return ("is_active", "is_staff", "is_superuser", "roles") if obj == request.user else ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After the roles are saved, so that the audit row shows what holds now."""
        super().save_related(request, form, formsets, change)
        user: User = form.instance
        audit.record(
            "staff.changed" if change else "staff.created",
            by=member_of(request),
            now=timezone.now(),
            target=user,
            roles=sorted(user.roles.values_list("key", flat=True)),
            active=user.is_active,
            superuser=user.is_superuser,
            fields=sorted(form.changed_data),
        )

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            target = User.objects.get(pk=id)
            audit.record("staff.password_changed", by=member_of(request), now=timezone.now(), target=target)
        return response


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    permissions = forms.MultipleChoiceField(
        choices=[(name, f"{name}: {words}") for name, words in DESCRIPTIONS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Role
        fields = ("key", "name", "permissions")


@admin.register(Role)
class RoleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = RoleForm
    list_display = ("key", "name")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        audit.record(
            "role.changed" if change else "role.created",
            by=member_of(request),
            now=timezone.now(),
            target=obj,
            permissions=sorted(obj.permissions),
        )
