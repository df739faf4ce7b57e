"""``python -m apps`` writes every chart to ``dist/``; ``cdk8s synth`` calls it too."""

from __future__ import annotations

import sys
from pathlib import Path

from apps.adopted import Adopted
from apps.backup import Backup
from apps.config_file import ConfigFile
from apps.config_sync import ConfigSync
from apps.database_backup import DatabaseBackup
from apps.initial_data import InitialData
from apps.log_collection import LogCollection
from apps.permissions import Permissions
from apps.platform import Platform
from apps.proxy import Proxied
from apps.shop import Shop
from apps.tutorial import Tutorial
from apps.tutorial_hardened import TutorialHardened
from apps.vault_secrets import VaultSecrets
from apps.wait_and_migrate import WaitAndMigrate
from patterns import App, PatternError


def build() -> App:
    """The app with all its charts, not yet written."""
    app = App()
    Tutorial(app, "tutorial")
    TutorialHardened(app, "tutorial-hardened")
    Shop(app, "shop")
    Adopted(app, "adopted")
    Proxied(app, "proxy")
    Platform(app, "platform")
    Backup(app, "backup")
    DatabaseBackup(app, "database-backup")
    ConfigFile(app, "config-file")
    ConfigSync(app, "config-sync")
    VaultSecrets(app, "vault-secrets")
    InitialData(app, "initial-data")
    Permissions(app, "permissions")
    WaitAndMigrate(app, "wait-and-migrate")
    LogCollection(app, "log-collection")
    return app


def main() -> int:
    """Write all charts and tell what was written; 2 where something cannot work, and then nothing is."""
    try:
        app = build()
        app.synth()
    except PatternError as error:
        print(error, file=sys.stderr)
        return 2
    for path in sorted(Path(app.outdir).glob("*.yaml")):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
