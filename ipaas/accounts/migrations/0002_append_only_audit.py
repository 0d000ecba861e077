"""The audit trail's triggers: from here on the database refuses to change or remove an entry."""

from typing import Any

from django.db import migrations

from ipaas.accounts.append_only import guard, lift


def refuse_changes(apps: Any, schema_editor: Any) -> None:
    guard(schema_editor.connection)


def allow_changes(apps: Any, schema_editor: Any) -> None:
    lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(refuse_changes, allow_changes)]
