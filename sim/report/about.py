"""What goes beside results in an archive: metadata of the code, citation, environment."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from sim import __version__

TITLE = "GovShift: a laboratory for e-government transitions"
ABSTRACT = (
    "An agent-based simulation of the transitions from System-Government to E-Government to "
    "E-Governance: the same society, the same luck, under different governments."
)
LICENCE = "MIT"
KEYWORDS = (
    "agent-based model", "e-government", "governance", "policy analysis", "public administration",
)  # fmt: skip
ARTICLE = {
    "type": "newspaper-article",
    "title": "Smart Society: From E-Government to E-Governance",
    "family": "Myeong",
    "given": "Seung-hwan",
    "journal": "Korea IT Times",
    "published": "2015-08-05",
}
"""The article that the paradigms come from."""


def codemeta(manifest: Mapping[str, Any]) -> str:
    """Metadata of the code that made results, as CodeMeta 3.0."""
    version = _release(manifest)
    needed = [f"{name} {number}" for name, number in manifest.get("versions", {}).items()]
    return _json(
        {
            "@context": "https://w3id.org/codemeta/3.0",
            "@type": "SoftwareSourceCode",
            "name": "GovShift",
            "description": ABSTRACT,
            "version": version,
            "identifier": manifest.get("model_version"),
            "softwareVersion": manifest.get("commit"),
            "programmingLanguage": "Python",
            "license": f"https://spdx.org/licenses/{LICENCE}",
            "author": [{"@type": "Organization", "name": "GovShift contributors"}],
            "keywords": [*KEYWORDS],
            "softwareRequirements": needed,
            "operatingSystem": manifest.get("platform"),
            "dateCreated": manifest.get("started"),
            "referencePublication": {
                "@type": "NewsArticle",
                "name": ARTICLE["title"],
                "author": {
                    "@type": "Person",
                    "familyName": ARTICLE["family"],
                    "givenName": ARTICLE["given"],
                },
                "datePublished": ARTICLE["published"],
            },
        }
    )


def citation(manifest: Mapping[str, Any]) -> str:
    """How to cite the code and the article, as a CITATION.cff."""
    keywords = "".join(f"  - {word}\n" for word in KEYWORDS)
    return (
        "cff-version: 1.2.0\n"
        "message: If you use these results, please cite the software that made them as below, and "
        "the article that its paradigms come from.\n"
        "type: software\n"
        f'title: "{TITLE}"\n'
        f'abstract: "{ABSTRACT}"\n'
        f"version: {_release(manifest)}\n"
        f"license: {LICENCE}\n"
        "authors:\n  - name: GovShift contributors\n"
        f"keywords:\n{keywords}"
        "references:\n"
        f"  - type: {ARTICLE['type']}\n"
        f'    title: "{ARTICLE["title"]}"\n'
        f"    authors:\n      - family-names: {ARTICLE['family']}\n"
        f"        given-names: {ARTICLE['given']}\n"
        f"    journal: {ARTICLE['journal']}\n"
        f"    date-published: {ARTICLE['published']}\n"
    )


def environment(manifest: Mapping[str, Any]) -> str:
    """The versions that made results, and all that is installed where they are packed."""
    installed = {
        str(found.metadata["Name"]).lower(): found.version
        for found in metadata.distributions()
        if found.metadata["Name"]
    }
    return _json(
        {
            "made_with": {
                "model": manifest.get("model_version"),
                "commit": manifest.get("commit"),
                "platform": manifest.get("platform"),
                **manifest.get("versions", {}),
            },
            "packed_with": {
                "govshift": __version__,
                "python": platform.python_version(),
                "installed": dict(sorted(installed.items())),
            },
        }
    )


def _release(manifest: Mapping[str, Any]) -> str:
    return str(manifest.get("model_version", __version__)).partition("+")[0]


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
