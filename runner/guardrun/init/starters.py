"""The files that a project starts with: never put over what is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from guardrun.errors import GuardrunError

FILES = Path(__file__).with_name("files")


@dataclass(frozen=True, slots=True)
class Starter:
    """One file: its path in the project, and the file that its text is from.

    `others` are names under which a project may have the same; `added` says where in such a file the lines belong
    that follow the text's `head`, None when there is nothing to add.
    """

    path: str
    source: str
    others: tuple[str, ...] = ()
    added: str | None = None
    head: str = ""
    executable: bool = False

    def text(self) -> str:
        """All that is written."""
        return (FILES / self.source).read_text(encoding="utf-8")

    def lines(self) -> str:
        """What to add to a file that is there."""
        return self.text().removeprefix(self.head)

    def existing(self, folder: Path) -> Path | None:
        """What a project has in this file's place."""
        candidates = (folder / name for name in (self.path, *self.others))
        return next((path for path in candidates if path.exists() or path.is_symlink()), None)


SETTINGS = Starter(".guardrun.yml", "guardrun.yml", others=(".guardrun.yaml",))
PRE_COMMIT = Starter(".pre-commit-config.yaml", "pre-commit-config.yaml", added="below repos", head="repos:\n")
CI = {
    "github": Starter(".github/workflows/guardrun.yml", "github.yml", others=(".github/workflows/guardrun.yaml",)),
    "gitlab": Starter(".gitlab-ci.yml", "gitlab-ci.yml", added="at the end"),
    "generic": Starter("guardrun-ci.sh", "guardrun-ci.sh", executable=True),
}


def write(starter: Starter, folder: Path) -> None:
    """Write the file, its folder made if need be. Raises `GuardrunError`, also when it appeared in the meantime."""
    path = folder / starter.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(starter.text())
        if starter.executable:
            path.chmod(path.stat().st_mode | 0o111)
    except OSError as error:
        raise GuardrunError(f"cannot write the file: {error.strerror}", path=path.as_posix()) from error
