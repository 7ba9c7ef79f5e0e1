package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tavern.game.Player;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.store.ChatLine;
import tavern.server.store.Erasure;
import tavern.server.store.Realm;
import tavern.server.store.Sanction;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/** What is kept about a player is handed out, and erased, while others play. */
final class PlayerDataIT {
    @TempDir
    private Path folder;

    @Test
    void aPlayerIsExportedAndErasedEverywhere() throws IOException {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true");
                RawClient bob = server.client("bob", "hall")) {
            OpsClient admin = OpsClient.of(server.opsAddress(), folder, "admin");
            try (RawClient ann = server.client("ann", "hall")) {
                ann.chat("I live in Oslo");
                bob.expect(ServerMessage::hasChat);
                bob.chat("good night ann");
                ann.expect(ServerMessage::hasChat);
                await().untilAsserted(() -> assertThat(
                                admin.get("/api/v1/players/ann/export").body())
                        .contains("starter:"));
                await().untilAsserted(() -> assertThat(
                                admin.get("/api/v1/players/ann/export/rooms").body())
                        .contains("\"room\":\"hall\"", "I live in Oslo", "\"next\":\"\""));
                assertThat(OpsClient.of(server.opsAddress(), folder, "moderator")
                                .get("/api/v1/players/ann/export")
                                .status())
                        .isEqualTo(403);

                // Whoever may play could do something under the name meanwhile.
                assertThat(erase(admin, "[\"erase\"]").status()).isEqualTo(409);
                assertThat(admin.post("/api/v1/players/ann/ban", "{\"forever\":true,\"reason\":\"asked for it\"}")
                                .status())
                        .isEqualTo(200);
            }
            OpsClient.Answer unsure = erase(admin, "[]");
            assertThat(unsure.status()).isEqualTo(422);
            assertThat(unsure.body()).contains("cannot be brought back");
            OpsClient.Answer erased = erase(admin, "[\"erase\"]");
            assertThat(erased.status()).as(erased.body()).isEqualTo(200);
            assertThat(erased.body()).contains("the name is now *erased-");

            assertThat(admin.get("/api/v1/players/ann").status()).isEqualTo(404);
            String room = admin.get("/api/v1/rooms/hall").body();
            assertThat(room).contains("(erased)").doesNotContain("Oslo", "good night");
            // The books follow the audit log. Items 1 and 2 are bob's, who came first.
            await().untilAsserted(() -> assertThat(admin.get("/api/v1/items/3").body())
                    .contains("*erased-2*")
                    .doesNotContain("ann"));
            // The name is free, and whoever takes it finds nothing of the player before.
            try (RawClient newcomer = server.client("ann", "hall")) {
                assertThat(newcomer.chat(UUID.randomUUID().toString())).isPositive();
                await().untilAsserted(() -> assertThat(
                                admin.get("/api/v1/players/ann/export").body())
                        .contains("JOINED")
                        .doesNotContain("Oslo", "asked for it"));
            }
            assertThat(admin.get("/api/v1/economy").status()).isEqualTo(200);
        }
    }

    @Test
    void anErasureThatBrokeOffIsNamedAtTheStartAndFinishedByTheSameCommand() throws IOException {
        Erasure erasure = halfErasedAnn();
        Logger logger = (Logger) LoggerFactory.getLogger("tavern.server.ops.PlayerDataCommands");
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        logger.addAppender(logged);
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            await().untilAsserted(() -> assertThat(logged.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(line -> line.contains("bin/server player erase ann --confirm erase")));
            OpsClient admin = OpsClient.of(server.opsAddress(), folder, "admin");
            try (RawClient newcomer = new RawClient(server.address())) {
                newcomer.send(Say.hello("ann"));
                assertThat(newcomer.closedWith()).isEqualTo(ErrorCode.BANNED);
            }
            OpsClient.Answer erased = erase(admin, "[\"erase\"]");
            assertThat(erased.status()).as(erased.body()).isEqualTo(200);
            assertThat(erased.body())
                    .contains("the name is now " + erasure.replacement() + ", lines of chat erased in the store: 1");
            assertThat(erase(admin, "[\"erase\"]").status())
                    .as("once more, after the end")
                    .isEqualTo(404);
            // A login that the store has refused is refused for a second without another question to the store.
            await().ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
                try (RawClient newcomer = server.client("ann", "hall")) {
                    assertThat(newcomer.chat("hello")).isPositive();
                }
            });
        } finally {
            logger.detachAppender(logged);
        }
    }

    /** Does the first step of an erasure, as a server that was killed after it. */
    private Erasure halfErasedAnn() {
        try (Store store = EmbeddedStore.open(StoreSettings.embedded(folder, 1_000, 1_000))) {
            long now = System.currentTimeMillis();
            Player ann = new Realm(store).open("ann");
            Erasure erasure = Erasure.of(ann.id(), "ann");
            Sanction none = Sanction.none(Sanction.Kind.BAN);
            Realm.await(store.sanction(ann.id(), new Sanction(Sanction.Kind.BAN, Long.MAX_VALUE, ""), none));
            long fence = Realm.acquire(store, Realm.ROOM);
            Realm.await(
                    store.appendChat(Realm.ROOM, fence, 1, List.of(new ChatLine("ann", "I live in Oslo", now)), 10));
            assertThat(Realm.await(store.eraseName(erasure, now))).isTrue();
            return erasure;
        }
    }

    private static OpsClient.Answer erase(OpsClient admin, String confirm) throws IOException {
        return admin.post("/api/v1/players/ann/erase", "{\"reason\":\"asked for it\",\"confirm\":" + confirm + "}");
    }
}
