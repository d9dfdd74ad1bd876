"""The command line: parse, call one function, print."""

from __future__ import annotations

import importlib
import io
import os
import sys

import click

from msoko.build.kernels.kernel_environment import ONE_THREAD
from msoko.catalog.yaml.declaration_lines import suggestion
from msoko.cli.click_words import OPTIONS, SUBCOMMAND, speak_russian, with_russian_usage
from msoko.cli.message_paths import ReaderPlace, paths_from_here, reports_stayed
from msoko.core.errors import MsokoError, UsageError

COMMANDS = (
    "demo",
    "check",
    "describe",
    "build",
    "status",
    "new-year",
    "templates",
    "packets",
    "meeting",
    "objectivity",
    "proof",
    "clean",
)
DEFECT = 3
"""The exit code of a fault of ours; 0 done, 1 refused because of data, 2 wrong usage."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for.

    `msoko --help` must answer at once, and most commands import pandas.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"msoko.cli.{name.replace('-', '_')}")
        return with_russian_usage(module.command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise UsageError(f"Нет команды «{args[0]}». {suggestion(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


speak_russian()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    options_metavar=OPTIONS,
    subcommand_metavar=SUBCOMMAND,
)
@click.version_option(package_name="msoko", message="%(version)s")
@click.option("--debug", is_flag=True, help="При ошибке показать и её место в коде.")
def msoko(debug: bool) -> None:
    """Годовые отчёты муниципальной системы оценки качества образования."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command and leave with its exit code; only `--debug` shows a traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    is_debugged = "--debug" in arguments
    arguments = ["--debug"] * is_debugged + [word for word in arguments if word != "--debug"]
    place = ReaderPlace()
    _replace_what_the_console_lacks()
    os.environ.update(ONE_THREAD)
    try:
        code = msoko.main(arguments, prog_name="msoko", standalone_mode=False, obj=place)
    except click.ClickException as error:
        error.show()
        code = 2
    except click.Abort:
        click.echo(f"Прервано.{reports_stayed(place)}", err=True)
        code = 130
    except MsokoError as error:
        click.echo(paths_from_here(str(error), place), err=True)
        code = error.exit_code
    except Exception as error:  # the last line of defence: a defect, said in one line
        if is_debugged:
            raise
        click.echo(
            f"Ошибка в самой программе: {type(error).__name__}: {error}\n{reports_stayed(place)} "
            "Повторите команду с --debug и пришлите вывод разработчикам.",
            err=True,
        )
        code = DEFECT
    sys.stdout.flush()
    sys.exit(code if isinstance(code, int) else os.EX_OK)


def _replace_what_the_console_lacks() -> None:
    """Let a console in cp866, cp1251 or ASCII show a sign in place of a letter it has not."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
