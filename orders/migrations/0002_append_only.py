from django.db import migrations

from orders.four_eyes import FourEyes
from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [AppendOnly("Approval"), AppendOnly("Contributor"), FourEyes()]
