"""An App that renders whatever it is given, for tests of rendering alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patterns import App
from patterns.files import Document
from patterns.judgement import Verdict


class Unjudged(App):
    """Renders objects that no server would take, such as manifests which somebody's controller completes."""

    def _judged(self, files: Mapping[str, Sequence[Document]]) -> Verdict:
        return Verdict(files={file: list(documents) for file, documents in files.items()})
