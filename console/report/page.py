"""The HTML page of a demo: a summary, then a card per call with its picture, its sound and every turn's why."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from console.report.picture import picture
from console.report.sound import data_address


def write_page(result: Mapping[str, Any], folder: Path, path: Path) -> None:
    """Write the self-contained page of `result` (rows and summary); recordings are read from `folder` and embedded.

    Raises:
        OSError: a recording or the page cannot be read or written.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("console.report", "."), autoescape=True, undefined=jinja2.StrictUndefined
    )
    calls = [
        {
            "row": row,
            "picture": picture(row) if row["turns"] else "",
            "sounds": [
                (name, data_address(folder / Path(row[key]).name))
                for key, name in (("wav", "customer"), ("agent_wav", "agent"))
                if row.get(key)
            ],
        }
        for row in result["rows"]
    ]
    html = environment.get_template("page.html").render(summary=result["summary"], calls=calls)
    path.write_text(html, encoding="utf-8")
