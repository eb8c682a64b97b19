"""Lab 09: its exercises, in the order of the notebook. The checks stand in `lab09_*.py`.

Everything that a check compares with is computed in numpy (`lab09_reference.py`); the lab runs
TensorFlow. Each tolerance and threshold has its reason beside it.
"""

from grader.rubric import Rubric
from grader.rubrics import lab09_distiller, lab09_losses, lab09_students, lab09_study

rubric = Rubric(
    lab="09",
    notebook="09_lab_distill_teacher_student_on_mnist",
    title="A teacher, a student, and what passes between them",
    stack=("tensorflow", "scipy"),
    exercises=[
        lab09_losses.softening,
        lab09_losses.loss,
        lab09_losses.soft_gradient,
        lab09_distiller.distiller,
        lab09_students.architecture,
        lab09_study.dark,
        lab09_study.omitted,
        lab09_study.paired,
        lab09_students.saving,
    ],
)
