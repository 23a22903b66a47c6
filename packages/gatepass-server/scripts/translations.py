"""The catalogues of the pages: ``make translations`` brings them up to date, ``--check`` says what they lack.

A message is what stands in English in a template (``_("...")``, ``{% trans %}``) or in a call ``sentence("...")``. New
messages get an empty entry in each ``.po`` file; who has filled it in runs the command again, which compiles what the
server reads.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parents[1] / "src" / "gatepass_server" / "web"
LOCALES = WEB / "locale"
_METHODS = [("pages/**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "sentence": None}


def messages() -> Catalog:
    """Everything that the pages say, and where."""
    found = Catalog(fuzzy=False)
    for path, _, message, comments, context in extract_from_dir(
        str(WEB), _METHODS, _OPTIONS, keywords=_KEYWORDS
    ):
        found.add(message, None, [(path, 0)], auto_comments=comments, context=context)
    return found


def read(path: Path) -> Catalog:
    """A catalogue of a language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def compiled(catalogue: Catalog) -> bytes:
    """What the server reads."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def faults(path: Path) -> list[str]:
    """What a catalogue lacks, a sentence for each."""
    wanted, catalogue = messages(), read(path)
    asked = {entry.id for entry in wanted if entry.id}
    there = {entry.id for entry in catalogue if entry.id}
    untranslated = [
        entry.id
        for entry in catalogue
        if entry.id
        and (entry.fuzzy or not all([entry.string] if isinstance(entry.string, str) else entry.string))
    ]
    found = [f"{path.parts[-3]}: not in the catalogue: {text!r}" for text in sorted(map(str, asked - there))]
    found += [
        f"{path.parts[-3]}: no page says this any more: {text!r}" for text in sorted(map(str, there - asked))
    ]
    found += [f"{path.parts[-3]}: not translated: {text!r}" for text in untranslated]
    found += [
        f"{path.parts[-3]}: {error} in {entry.id!r}"
        for entry, errors in catalogue.check()
        for error in errors
    ]
    if not found and path.with_suffix(".mo").read_bytes() != compiled(catalogue):
        found.append(f"{path.parts[-3]}: the compiled catalogue is older than the text")
    return found


def bring_up_to_date(path: Path) -> None:
    """Add what is new, drop what is gone, and compile."""
    catalogue = read(path)
    created = catalogue.creation_date
    catalogue.update(messages(), no_fuzzy_matching=True)
    catalogue.creation_date = created  # or every run would change the file
    catalogue.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, omit_header=False, include_lineno=False)
    path.with_suffix(".mo").write_bytes(compiled(catalogue))


def main(arguments: list[str]) -> int:
    """Run the command."""
    paths = sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))
    if "--check" not in arguments:
        for path in paths:
            bring_up_to_date(path)
    found = [fault for path in paths for fault in faults(path)]
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
