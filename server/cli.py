"""The program `rasim`: one module of `server.commands` is one command."""

import importlib
import pkgutil

import click

from server import commands
from server.logs import configure
from server.settings import Settings
from workflows.model import RasimError


class Commands(click.Group):
    """Finds commands by module name, so that none pays for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Turn what Rásim refuses into one sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except RasimError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rasim")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Rásim runs administrative procedures.

    Every command reads its settings from the environment: RASIM_DATA, DATABASE_URL and
    the others that CONTRIBUTING.md lists. Exit code 1 is a failure, 2 a wrong usage.
    """
    ctx.obj = Settings.from_environment()
    configure(ctx.obj.log_level)


if __name__ == "__main__":
    main(prog_name="rasim")
