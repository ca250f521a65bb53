"""Packages that bring verifier plug-ins, written into a directory as an installer would leave them."""

from __future__ import annotations

from pathlib import Path

GOOD = """
class Second:
    name = "second"

    async def look(self, question):
        raise NotImplementedError
"""


def leave(directory: Path, package: str, *, release: str = "1.0", module: str = "", **entries: str) -> None:
    """A package whose one module is named after it; each entry point is a name there."""
    about = directory / f"{package}-{release}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {release}\n")
    lines = "\n".join(f"{name.replace('_', '-')} = {package}:{value}" for name, value in entries.items())
    (about / "entry_points.txt").write_text(f"[atomicpos.verifiers]\n{lines}\n")
    (directory / f"{package}.py").write_text(module or GOOD)
