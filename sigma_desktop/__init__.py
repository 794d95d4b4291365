"""SIGMA's window: PySide6 around the engine's public door; importing it settles which Qt everyone uses."""

import os

# Both pyqtgraph and qasync would prefer another binding if one were installed.
os.environ["QT_API"] = "pyside6"
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
