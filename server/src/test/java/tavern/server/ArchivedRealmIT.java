package tavern.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tavern.server.store.Realm.wish;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.server.archive.ArchivedRealm;
import tavern.server.it.TestServer;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/** A server whose ledger begins in the archive. */
final class ArchivedRealmIT {
    @TempDir
    private Path folder;

    private final StringWriter output = new StringWriter();

    @Test
    void whatReachesIntoTheArchiveIsAnsweredAndSaysSo() throws Exception {
        long bow;
        try (Store store = EmbeddedStore.open(StoreSettings.embedded(folder, 1_000, 1_000))) {
            Realm realm = new Realm(store);
            Player ann = realm.open("ann", "gold", 1_000);
            Player bob = realm.open("bob", "potion", 1_000);
            bow = realm.item(ann, "bow");
            realm.settle(wish(ann, bob, Goods.ofItem(bow), Goods.NONE));
            Realm.await(Realm.grant(store, ann.id(), Realm.stacks("gold", 5), "ops:old-key", Realm.NOW));
            for (int i = 0; i < 20; i++) {
                realm.settle(wish(ann, bob, Goods.of("gold", 1), Goods.NONE));
            }
            ArchivedRealm.archive(store, folder.resolve("archive"), 10, 20);
            while (Realm.await(store.forgetOutcomes(0, System.currentTimeMillis(), 1_000))) {
                // until only the archive knows the grant
            }
        }
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> run(server, "item", Long.toString(bow)) == 0 && run(server, "economy") == 0);
            assertThat(run(server, "item", Long.toString(bow))).isZero();
            assertThat(output.toString()).contains("bob", "in the archive: bin/server archived --item=" + bow);
            assertThat(run(server, "trades", "--player=ann")).isZero();
            assertThat(output.toString()).contains("in the archive: bin/server archived --player=ann");
            assertThat(run(server, "timeline", "ann")).isZero();
            assertThat(output.toString()).contains("in the archive: bin/server archived --player=ann");
            assertThat(run(server, "archived", "--item=" + bow)).isZero();
            assertThat(output.toString().lines().toList()).hasSize(2);
            assertThat(output.toString()).contains("ann -> bob  bow #" + bow, "mint:ops -> ann  bow #" + bow);
            assertThat(run(server, "archived", "--player=bob", "--max=4")).isZero();
            assertThat(output.toString()).contains("more with a larger --max");
            assertThat(run(server, "grant", "ann", "--stack=gold=5", "--key=old-key", "--reason=test"))
                    .as("%s", output)
                    .isEqualTo(1);
            assertThat(output.toString()).contains("was used before");
        }
    }

    private int run(TestServer server, String... words) {
        output.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--ops=http://127.0.0.1:" + server.opsAddress().getPort());
        all.add("--token-file=" + folder.resolve("ops-tokens"));
        CommandLine line = Main.commandLine().setOut(new PrintWriter(output)).setErr(new PrintWriter(output));
        return line.execute(all.toArray(String[]::new));
    }
}
