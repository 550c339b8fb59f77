"""Typst makes the page; what people wrote reaches it as data, never as markup."""

from __future__ import annotations

from services.dossiers.papers.fields import Paper


def render(paper: Paper) -> bytes:
    """The paper as a tagged PDF, the same bytes for the same paper."""
    raise NotImplementedError(type(paper).__name__)
