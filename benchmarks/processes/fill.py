"""Creates the database of the environment's settings with the tables of all installed plugins."""

from tmws_core.assembly import Assembly
from tmws_core.settings import Settings


def main() -> None:
    """Do it, or fail when any plugin is not well."""
    assembly = Assembly(Settings(strict=True))
    assembly.schema.apply(assembly.active, strict=True)


if __name__ == "__main__":
    main()
