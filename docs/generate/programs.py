"""``docs/reference/programs.md``, from the presets."""

from collections.abc import Iterator

from docs.generate.markdown import page, table
from gatepass_server.domain.clients import Client
from gatepass_server.domain.secret import Secret
from gatepass_server.presets import Preset, all_presets
from gatepass_server.presets.rendering import rendered, values_for

ISSUER = "https://auth.example.com"
CLIENT_ID = "2f1c0f6e-8f0e-4a7e-9d3e-0c8f5d1f6b1a"
CLIENT_SECRET = "gp_cs_the-secret-that-is-printed-once"  # noqa: S105 - what stands in its place here
RANDOM = "a-secret-made-for-this-program-alone"

_INTRODUCTION = """\
What `gatepass clients create --for PROGRAM --url ADDRESS` registers, and prints for the program's own files. The values
here are examples; the command prints yours, with the issuer exactly as tokens name it and the secret, once. The
options of the command win over what stands here: `--redirect-uri`, `--scope`, `--trusted` and
[the others](cli.md#gatepass-clients-create).

A program that is not here needs its redirect URI, and mostly no more than that:

```sh
gatepass clients create --name "My program" --redirect-uri https://app.example.com/callback
```

Whether it can reach the issuer, `gatepass doctor` tells from its machine."""


def programs_page() -> str:
    """The page."""
    presets = all_presets()
    listed = table(
        ["name", "program"], [[f"[`{name}`](#{name})", preset.title] for name, preset in presets.items()]
    )
    sections = [part for name, preset in presets.items() for part in _section(name, preset)]
    return page("Settings for well-known programs", _INTRODUCTION, listed, *sections)


def _section(name: str, preset: Preset) -> Iterator[str]:
    yield f"## {name}"
    yield f"{preset.title}, after {_sources(preset)} (looked up on {preset.checked})."
    yield f"```sh\ngatepass clients create --for {name} --url {preset.example_url}\n```"
    metadata = preset.metadata(preset.example_url)
    yield table(
        ["registered with", ""],
        [
            ["redirect URI", ", ".join(f"`{uri}`" for uri in metadata.redirect_uris)],
            ["scope", f"`{metadata.scope}`"],
            ["grants", ", ".join(f"`{grant}`" for grant in metadata.grant_types)],
            ["PKCE", "demanded" if metadata.require_pkce else "not demanded; `nonce` is"],
            ["name and e-mail in the ID token", "yes" if metadata.id_token_claims else "no"],
        ],
    )
    client = Client(id=CLIENT_ID, name=preset.title, created_at=0, metadata=metadata)
    values = values_for(client, Secret(CLIENT_SECRET), issuer=ISSUER, url=preset.example_url)
    for file in rendered(preset, {**values, "random_secret": RANDOM}):
        yield f"`{file.name}`:"
        yield f"```{file.language}\n{file.text.rstrip()}\n```"
    if preset.notes:
        yield "\n".join(f"- {note}" for note in preset.notes)


def _sources(preset: Preset) -> str:
    first, *others = preset.documentation
    more = "".join(f", [{number}]({url})" for number, url in enumerate(others, 2))
    return f"[its documentation]({first}){more}"
