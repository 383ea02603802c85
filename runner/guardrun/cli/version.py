"""The versions that decide a result: guardrun's, its rules' and the engine's."""

from __future__ import annotations

import guardrun
from guardrun.engine import find_engine
from guardrun.errors import GuardrunError
from guardrun.pack import bundled_rules, load_pack


def version_text() -> str:
    """Versions and hashes, one a line."""
    pack = load_pack(bundled_rules(), "guard-rules")
    lines = [f"guardrun {guardrun.__version__}", f"rules {len(pack.rules)} (sha256 {pack.info.hash()})"]
    try:
        engine = find_engine()
        lines.append(f"cfn-guard {engine.info.version} (sha256 {engine.info.sha256()})")
    except GuardrunError as error:
        lines.append(f"cfn-guard: {error.message}")
    return "\n".join(lines)
