"""Where the window keeps its settings and its log."""

import os
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "SIGMA_HOME"
_APPLICATION = "sigma"


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one SIGMA; they need not exist yet."""

    data: Path
    config: Path
    logs: Path

    @classmethod
    def of(cls, home: Path | None) -> "Folders":
        """Those below ``home``, else below ``SIGMA_HOME``, else where the platform wants them."""
        named = home or (Path(value).expanduser() if (value := os.environ.get(HOME_VARIABLE)) else None)
        if named is not None:
            return cls(named, named / "config", named / "logs")
        import platformdirs

        found = platformdirs.PlatformDirs(_APPLICATION, appauthor=False)
        return cls(found.user_data_path, found.user_config_path, found.user_log_path)
