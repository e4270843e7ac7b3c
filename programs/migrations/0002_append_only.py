from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial")]

    operations = [
        AppendOnly("BudgetEntry"),
        AppendOnly("ConsentEntry"),
        AppendOnly("Wording"),
    ]
