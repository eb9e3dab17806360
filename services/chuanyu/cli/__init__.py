"""
The command `chuanyu`: one module a command, loaded when it is called.

A module of this package that bears a command's name (`import_` for `import`) holds a click command named `command`. What a command
returns is the exit status; a fault leaves through `main`, which says it in one sentence with what to do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import NoReturn

import click

from chuanyu.embedded.unable import NotRunning
from chuanyu.kernel.faults import Fault, SettingsIncomplete, Transient

DONE, NO, WRONG_USE, AWAY, CONDITIONAL = 0, 1, 2, 3, 4
"""Exit statuses: done or yes; no, or something was refused; wrong use; a dependency is away; conditional or unknown."""

COMMANDS = (
    "up", "down", "status", "run", "import", "submit", "check", "recheck", "obligations", "clock", "case", "inbox", "parked",
    "audit", "contracts", "topics", "recover", "watch", "doctor",
)  # fmt: skip


class Commands(click.Group):
    """Those of COMMANDS whose module is there."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if find_spec(_module(name))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS or not find_spec(_module(cmd_name)):
            return None
        command: click.Command = import_module(_module(cmd_name)).command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.list_commands(ctx):
            raise click.UsageError(f"There is no command {args[0]!r}. {_nearest(args[0], self.list_commands(ctx))}", ctx)
        return super().resolve_command(ctx, args)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120}, no_args_is_help=True)
@click.version_option(package_name="chuanyu-bus", message="%(package)s %(version)s")
def commands() -> None:
    """川渝协同监管消息总线: the Sichuan–Chongqing supervision bus.

    First time here: `chuanyu up --demo`.

    Exit status: 0 done or yes, 1 no or refused, 2 wrong use, 3 a dependency is away, 4 conditional or unknown.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs one command and leaves with its status. Every fault becomes one sentence and what to do, on standard error."""
    try:
        result = commands.main(args=None if arguments is None else list(arguments), prog_name="chuanyu", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_USE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has left; so do we
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
    except Fault as fault:
        _tell(fault)
        sys.exit(_status(fault))
    except OSError as error:
        click.echo(f"Error: {_file_trouble(error)}", err=True)
        sys.exit(NO)
    sys.exit(result if isinstance(result, int) else DONE)


def _status(fault: Fault) -> int:
    if isinstance(fault, Transient | NotRunning):
        return AWAY
    return WRONG_USE if isinstance(fault, SettingsIncomplete) else NO


def _tell(fault: Fault) -> None:
    click.echo(f"Error: {fault}", err=True)
    if not hasattr(fault, "remedy"):
        click.echo(f"What to do: docs/runbooks/{fault.code}.md.", err=True)


def _file_trouble(error: OSError) -> str:
    place = f" ({error.filename})" if error.filename else ""
    advice = " Make room on the disk and repeat." if error.errno == 28 else " Nothing else was done."
    return f"{error.strerror or error}{place}.{advice}"


def _nearest(word: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, known, 1)
    return f"Did you mean {near[0]!r}?" if near else "`chuanyu --help` lists them."


def _module(name: str) -> str:
    return f"{__name__}.{name}_" if name == "import" else f"{__name__}.{name}"


if __name__ == "__main__":
    main()
