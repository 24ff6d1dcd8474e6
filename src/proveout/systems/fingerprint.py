"""What can be known of a system's version without running it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

MODEL_SUFFIXES = frozenset(
    {
        ".bin", ".cbm", ".gguf", ".h5", ".joblib", ".json", ".keras", ".model", ".onnx", ".pickle",
        ".pkl", ".pmml", ".pt", ".pth", ".safetensors", ".skops", ".toml", ".txt", ".ubj", ".yaml",
        ".yml",
    }
)  # fmt: skip
"""Files beside the code that a system may be made of."""


def of_settings(settings: dict[str, Any]) -> str:
    """Fingerprint a system that is known by its settings alone."""
    return _finish(hashlib.sha256(_canonical(settings)))


def of_code(settings: dict[str, Any], files: Iterable[Path], *, root: Path) -> str:
    """Fingerprint settings and the content of files, whatever their dates."""
    return of_files(settings, {file.relative_to(root).as_posix(): file for file in files})


def of_files(settings: dict[str, Any], files: Mapping[str, Path]) -> str:
    """Fingerprint settings and the content of files, which are known by the given names."""
    digest = hashlib.sha256(_canonical(settings))
    for name, file in sorted(files.items()):
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(f"{name}\0{content}\n".encode())
    return _finish(digest)


def files_beside(code: Path) -> list[Path]:
    """List a code file, the other Python files in its folder, and the model files there."""
    wanted = MODEL_SUFFIXES | {".py"}
    found = {file for file in code.parent.iterdir() if file.is_file() and file.suffix in wanted}
    return sorted(found | {code})


def _canonical(settings: dict[str, Any]) -> bytes:
    return json.dumps(settings, sort_keys=True, default=str).encode()


def _finish(digest: hashlib._Hash) -> str:
    return f"sha256:{digest.hexdigest()}"
