"""otter in one process: `python otter_loop.py FOLDER RESULTS`, its own function for each notebook.

This spares what `otter run` spends on starting and importing for each submission.
"""

import sys
from pathlib import Path

from otter.run import main

for path in sorted(Path(sys.argv[1]).glob("*.ipynb")):
    results = Path(sys.argv[2], path.stem)
    results.mkdir(parents=True)
    main(str(path), autograder="autograder.zip", output_dir=str(results), no_logo=True)
