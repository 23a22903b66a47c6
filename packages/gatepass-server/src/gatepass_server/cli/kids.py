"""Arguments that are key ids: one in 64 begins with a hyphen, as no option of ours does."""

import re

import click

_THUMBPRINT = re.compile(r"-[A-Za-z0-9_-]{42}")


class KidCommand(click.Command):
    """A command whose argument may be the thumbprint of a key, hyphen or not."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put thumbprints that look like options behind ``--``."""
        if "--" in args:
            return super().parse_args(ctx, args)
        kids = [arg for arg in args if _THUMBPRINT.fullmatch(arg)]
        others = [arg for arg in args if arg not in kids]
        return super().parse_args(ctx, [*others, "--", *kids] if kids else args)
