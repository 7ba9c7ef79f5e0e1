package tavern.server.archive;

import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/** The archive of a store in SQLite. */
final class EmbeddedArchiveTest extends ArchiveContract {
    @Override
    Store open() {
        return EmbeddedStore.open(StoreSettings.embedded(root.resolve("store"), 1_000, 1_000));
    }
}
