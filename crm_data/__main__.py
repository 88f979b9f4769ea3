"""The CRM database from a shell: python -m crm_data COMMAND."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

#: Each command's help, and the module with its `add_arguments(parser)` and `main(args) -> exit code`.
#: Only the chosen one is imported, so that help comes at once.
COMMANDS = {
    "demo": ("make a demo CRM (refuses to overwrite another)", "crm_data.demo.command"),
    "import": ("import files from another system", "crm_data.importers.command"),
    "imports": ("list imports, show one, or undo it", "crm_data.importers.imports_command"),
    "reconcile": ("compare an import's files with the CRM", "crm_data.reconcile.command"),
    "recognise": ("say what files of another system are", "crm_data.importers.recognise.command"),
    "dimensions": ("list custom columns, and mark them as dimensions", "crm_data.dimensions_command"),
    "refresh": ("bring the columnar copy up to date", "crm_data.warehouse.refresh_command"),
    "check": ("compare the copy with the CRM database", "crm_data.warehouse.check_command"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Gives 0, or 1 after a message on stderr; wrong usage ends with 2."""
    argv = sys.argv[1:] if argv is None else list(argv)
    parser = argparse.ArgumentParser(
        prog="python -m crm_data",
        description="The CRM database. CRM_DATABASE_URL says which; else a file in the data folder.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = argv[0] if argv else None
    for name, (help_text, module) in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=help_text.capitalize() + ".")
        if name == chosen:
            import_module(module).add_arguments(command)
    args = parser.parse_args(argv)
    return _run(args)


def _run(args: argparse.Namespace) -> int:
    from crm_data.engine import CrmUnavailable

    try:
        return int(import_module(COMMANDS[args.command][1]).main(args))
    except CrmUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What was not finished was not saved.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
