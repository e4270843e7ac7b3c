import hashlib

from django.db import migrations

VERSION = "v1"
TEXT = (
    "I agree to receive messages about rewards I have earned, by the channel named. "
    "Message and data rates may apply. I can stop them at any time with the link in "
    "every message or by replying STOP."
)


def write(apps, schema_editor):
    apps.get_model("programs", "Wording").objects.create(
        version=VERSION, text=TEXT, digest=hashlib.sha256(TEXT.encode()).hexdigest()
    )


class Migration(migrations.Migration):
    dependencies = [("programs", "0002_append_only")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
