"""Run in nbgrader's own environment, in a course's folder: `python nbgrader_course.py ASSIGNMENT`.

Has nbgrader make the assignment from source/, and with --autograde grade all that is in submitted/;
then prints, as JSON, {"stubs": number of stubs, "scores": {student: {check cell: points}}}.
"""

import json
import logging
import sys
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

assignment = sys.argv[1]
config = Config()
config.CourseDirectory.root = str(Path.cwd())
config.Exchange.root = str(Path.cwd() / "exchange")
config.Execute.timeout = 60
logging.getLogger("traitlets").addHandler(logging.StreamHandler())
api = NbGraderAPI(config=config)


def must(outcome: dict) -> None:
    if not outcome["success"]:
        sys.exit(f"{outcome.get('error', '')}\n{outcome['log']}")


must(api.generate_assignment(assignment))
(released,) = Path("release", assignment).glob("*.ipynb")
report = {"stubs": released.read_text().count("raise NotImplementedError()"), "scores": {}}
if "--autograde" in sys.argv:
    for student in sorted(folder.name for folder in Path("submitted").iterdir()):
        must(api.autograde(assignment, student))
    with Gradebook(api.coursedir.db_url) as gradebook:
        for submission in gradebook.assignment_submissions(assignment):
            report["scores"][submission.student.id] = {
                grade.name: grade.auto_score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
print(json.dumps(report))
