"""What the worker does for a what-if (若改为): counts it, writes its workbook."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from shouwen.desk.administration.tables import Section
from shouwen.desk.models import Task
from shouwen.insight.models import WhatIf
from shouwen.insight.whatif_export import write
from shouwen.insight.whatif_kept import run

Progress = Callable[[int], None]


def count(task: Task, progress: Progress) -> list[Section]:
    asked = WhatIf.objects.get(pk=task.asked["whatif"])
    run(asked, progress)
    return [Section(task.title, note=_("Counted."))]


def export(task: Task, progress: Progress) -> list[Section]:
    asked = WhatIf.objects.select_related("unit").get(pk=task.asked["whatif"])
    write(asked, task.person, task.pk, task.asked["reason"], progress)
    return [Section(task.title, note=_("The file is ready."))]
