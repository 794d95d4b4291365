"""PySide6 6.12.0 drops a reference to None on every call that returns it, which kills Python 3.11 within seconds."""

import subprocess
import sys

CALLS = 2_000
PROBE = f"""
import sys
spare = [None] * 1_000_000
from PySide6 import QtCore, QtGui, QtWidgets
app = QtWidgets.QApplication([])
image = QtGui.QImage(20, 20, QtGui.QImage.Format.Format_ARGB32_Premultiplied)
painter, pen, label, thing = QtGui.QPainter(image), QtGui.QPen(), QtWidgets.QLabel("a"), QtCore.QObject()
calls = [lambda: painter.setPen(pen), lambda: label.setText("x"), lambda: thing.parent(), lambda: label.update()]
worst = 0
for call in calls:
    call()
    before = sys.getrefcount(None)
    for _ in range({CALLS}):
        call()
    worst = max(worst, abs(sys.getrefcount(None) - before))
painter.end()
print(worst)
"""


def test_a_qt_call_that_returns_none_keeps_the_count_of_its_references() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < CALLS / 10, "this PySide6 loses references to None: pin one that does not"
