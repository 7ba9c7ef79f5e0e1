package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.it.OpsClient.Answer;

/** What operators find out about trades, items, players and the economy. */
class OpsBooksIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    final Tavern tavern = Tavern.with("ops.enabled=true");

    private OpsClient viewer() throws IOException {
        return OpsClient.of(tavern.server().opsAddress(), tavern.folder(), "viewer");
    }

    private OpsClient moderator() throws IOException {
        return OpsClient.of(tavern.server().opsAddress(), tavern.folder(), "moderator");
    }

    private JsonObject see(String path) throws IOException {
        return see(viewer(), path);
    }

    private static JsonObject see(OpsClient operator, String path) throws IOException {
        Answer answer = operator.get("/api/v1" + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static List<JsonObject> rows(JsonObject answer, String name) {
        return answer.getAsJsonArray(name).asList().stream()
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    private void order(String path, String fields) throws IOException {
        Answer answer = OpsClient.of(tavern.server().opsAddress(), tavern.folder(), "admin")
                .post("/api/v1" + path, "{\"reason\": \"a test\"" + fields + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private TradeOutcome trade(UUID id, RawClient from, RawClient to, Goods give, Goods want) throws IOException {
        from.offer(id, to.welcome().getPlayer(), give, want);
        to.expect(ServerMessage::hasTradeOffered);
        to.accept(id, from.welcome().getPlayer());
        to.tradeResult(id);
        return from.tradeResult(id).getOutcome();
    }

    private static String id(RawClient proposer, UUID uuid) {
        return proposer.welcome().getPlayerId() + "-" + uuid;
    }

    @Test
    void aTradeIsFoundByPlayerItemAndIdWithBothSides() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        long item = ann.firstItem();
        UUID uuid = TestIds.fresh();
        assertThat(trade(uuid, ann, bob, RawClient.item(item), RawClient.gold(30)))
                .isEqualTo(TradeOutcome.COMMITTED);

        await().atMost(PATIENCE)
                .until(() -> !rows(see("/trades?player=ann"), "trades").isEmpty());
        JsonObject trades = see("/trades?player=ann");
        JsonObject found = rows(trades, "trades").get(0);
        assertThat(found.get("trade").getAsString()).isEqualTo(id(ann, uuid));
        assertThat(found.get("room").getAsString()).isEqualTo(Tavern.HALL);
        assertThat(found.get("proposer").getAsString()).isEqualTo("ann");
        assertThat(found.get("partner").getAsString()).isEqualTo("bob");
        assertThat(found.get("outcome").getAsString()).isEqualTo("COMMITTED");
        assertThat(found.get("publication").getAsString()).isEqualTo("NONE");
        assertThat(found.getAsJsonObject("gave").getAsJsonObject("items").has(Long.toString(item)))
                .isTrue();
        assertThat(found.getAsJsonObject("got")
                        .getAsJsonObject("stacks")
                        .get("gold")
                        .getAsLong())
                .isEqualTo(30);
        assertThat(trades.get("next").getAsLong()).isZero();
        assertThat(trades.get("entries").getAsLong())
                .isEqualTo(found.get("entry").getAsLong());
        for (String query : List.of("", "?player=bob", "?item=" + item, "?player=ann&item=" + item)) {
            assertThat(rows(see("/trades" + query), "trades")).as(query).containsExactly(found);
        }
        assertThat(see("/trades/" + id(ann, uuid))).isEqualTo(found);
        assertThat(rows(see("/trades?player=bystander"), "trades")).isEmpty();
        assertThat(viewer().get("/api/v1/trades?player=nobody").status()).isEqualTo(404);
    }

    @Test
    void aTradeThatDidNotCommitIsFoundByItsIdAndOneThatNeverEndedIsNot() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        UUID uuid = TestIds.fresh();
        ann.offer(uuid, "bob", RawClient.gold(1), RawClient.gold(2));
        bob.expect(ServerMessage::hasTradeOffered);
        assertThat(viewer().get("/api/v1/trades/" + id(ann, uuid)).status()).isEqualTo(404);
        bob.send(Say.decline(uuid, "ann"));
        ann.tradeResult(uuid);
        JsonObject declined = see("/trades/" + id(ann, uuid));
        assertThat(declined.get("outcome").getAsString()).isEqualTo("DECLINED");
        assertThat(declined.get("entry").getAsLong()).isZero();
        assertThat(declined.get("room").getAsString()).isEqualTo(Tavern.HALL);
        assertThat(declined.get("publication").getAsString()).isEqualTo("NONE");
        assertThat(viewer().get("/api/v1/trades/1-nothing").status()).isEqualTo(400);
    }

    @Test
    void aTradeWhoseOutcomeTheStoreHasForgottenIsFoundByItsId() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        UUID uuid = TestIds.fresh();
        trade(uuid, ann, bob, RawClient.gold(1), RawClient.gold(2));
        await().atMost(PATIENCE).until(() -> !rows(see("/trades"), "trades").isEmpty());
        JsonObject known = see("/trades/" + id(ann, uuid));
        write("DELETE FROM outcome");
        assertThat(see("/trades/" + id(ann, uuid))).isEqualTo(known);
        assertThat(viewer().get("/api/v1/trades/" + id(ann, TestIds.fresh())).status())
                .isEqualTo(404);
    }

    @Test
    void aGrantsKeyIsUsedUpEvenWhenTheStoreHasForgottenIt() throws Exception {
        tavern.client("ann", Tavern.HALL);
        order("/players/ann/grant", ", \"key\": \"k1\", \"stacks\": {\"gold\": 5}");
        await().atMost(PATIENCE)
                .until(() -> see("/players/ann/timeline").toString().contains("ops:k1"));
        write("DELETE FROM outcome");
        for (int gold : List.of(5, 6)) {
            Answer again = OpsClient.of(tavern.server().opsAddress(), tavern.folder(), "admin")
                    .post(
                            "/api/v1/players/ann/grant",
                            "{\"reason\": \"a test\", \"key\": \"k1\", \"stacks\": {\"gold\": " + gold + "}}");
            assertThat(again.status()).as(again.body()).isEqualTo(409);
            assertThat(again.body()).contains("ops:k1 was used before, done at 2");
        }
        assertThat(see("/players/ann").getAsJsonObject("stacks").get("gold").getAsLong())
                .isEqualTo(1_005);
    }

    @Test
    @With({"feed.kind=rabbitmq", "feed.rabbitmq.uri=amqp://127.0.0.1:1"})
    void aTradeThatWaitsToBePublishedSaysSo() throws Exception {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        UUID waiting = TestIds.fresh();
        trade(waiting, ann, bob, RawClient.gold(1), RawClient.gold(2));
        await().atMost(PATIENCE).until(() -> !rows(see("/trades"), "trades").isEmpty());
        assertThat(publications()).containsExactly("WAITING");
        // As the relay does once the broker has it.
        write("DELETE FROM outbox");
        trade(TestIds.fresh(), ann, bob, RawClient.gold(1), RawClient.gold(2));
        await().atMost(PATIENCE).until(() -> rows(see("/trades"), "trades").size() == 2);
        assertThat(publications()).containsExactly("WAITING", "PUBLISHED");
        assertThat(see("/trades/" + id(ann, waiting)).get("publication").getAsString())
                .isEqualTo("PUBLISHED");
    }

    private List<String> publications() throws IOException {
        return rows(see("/trades"), "trades").stream()
                .map(trade -> trade.get("publication").getAsString())
                .toList();
    }

    @Test
    void tradesArePagedByEntry() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        for (int i = 0; i < 5; i++) {
            trade(TestIds.fresh(), ann, bob, RawClient.gold(1), RawClient.gold(2));
        }
        await().atMost(PATIENCE).until(() -> rows(see("/trades"), "trades").size() == 5);
        JsonObject first = see("/trades?max=3&player=bob");
        long next = first.get("next").getAsLong();
        assertThat(next).isEqualTo(rows(first, "trades").get(2).get("entry").getAsLong());
        JsonObject second = see("/trades?max=3&player=bob&before=" + next);
        assertThat(rows(second, "trades")).hasSize(2);
        assertThat(second.get("next").getAsLong()).isZero();
        assertThat(rows(second, "trades").get(0).get("entry").getAsLong()).isLessThan(next);
    }

    @Test
    void anItemsWayLeadsFromItsGrantOverATradeBackToTheMint() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        order("/players/ann/grant", ", \"key\": \"k1\", \"items\": [\"crown\"], \"confirm\": [\"new-kind\"]");
        long crown =
                ann
                        .expect(ServerMessage::hasInventoryChanged)
                        .getInventoryChanged()
                        .getChange()
                        .getItemsInList()
                        .stream()
                        .filter(item -> item.getKind().equals("crown"))
                        .findFirst()
                        .orElseThrow()
                        .getId();
        UUID uuid = TestIds.fresh();
        trade(uuid, bob, ann, RawClient.gold(5), RawClient.item(crown));
        order("/players/bob/revoke", ", \"key\": \"k2\", \"items\": [" + crown + "]");

        await().atMost(PATIENCE).until(() -> {
            Answer answer = viewer().get("/api/v1/items/" + crown);
            return answer.status() == 200
                    && answer.json().getAsJsonArray("lineage").size() == 3;
        });
        JsonObject item = see("/items/" + crown);
        assertThat(item.get("kind").getAsString()).isEqualTo("crown");
        assertThat(item.get("owner").getAsString()).isEmpty();
        List<JsonObject> lineage = rows(item, "lineage");
        assertThat(lineage)
                .extracting(step -> step.get("how").getAsString())
                .containsExactly("GRANT", "TRADE", "REVOKE");
        assertThat(lineage).extracting(step -> step.get("from").getAsString()).containsExactly("", "ann", "bob");
        assertThat(lineage).extracting(step -> step.get("to").getAsString()).containsExactly("ann", "bob", "");
        assertThat(lineage.get(0).get("reference").getAsString()).isEqualTo("ops:k1");
        assertThat(lineage.get(1).get("reference").getAsString()).isEqualTo(id(bob, uuid));
        assertThat(viewer().get("/api/v1/items/987654").status()).isEqualTo(404);
    }

    @Test
    @With("limits.resume-seconds=30")
    void aPlayersTimelineTellsAllThatHappenedInItsOrder() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        RawClient bob = tavern.client("bob", Tavern.HALL);
        int said = ann.chat("<b>good evening</b>");
        ann.expect(message -> message.getChat().getClientSeq() == said);
        ann.send(Say.whisper("bob", "between us"));
        bob.expect(ServerMessage::hasWhisper);
        UUID uuid = TestIds.fresh();
        trade(uuid, ann, bob, RawClient.gold(3), RawClient.gold(4));
        ann.cut();
        // Who resumes before the loss is noticed was never away.
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(whats(see("/players/ann/timeline"))).contains("DISCONNECTED"));
        RawClient again = tavern.resumed(ann);
        order("/players/ann/kick", "");
        again.closedWith();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(whats(see(moderator(), "/players/ann/timeline")))
                        .contains("TRADE", "ORDER", "GRANT", "LEFT"));
        JsonObject timeline = see(moderator(), "/players/ann/timeline");
        List<String> oldestFirst = new ArrayList<>(whats(timeline));
        Collections.reverse(oldestFirst);
        assertThat(oldestFirst)
                .containsSubsequence("GRANT", "JOINED", "CHAT", "WHISPER", "TRADE", "DISCONNECTED", "RESUMED", "LEFT");
        assertThat(oldestFirst).containsSubsequence("CONNECTED", "JOINED").containsSubsequence("RESUMED", "ORDER");
        assertThat(event(timeline, "CHAT").get("text").getAsString()).isEqualTo("<b>good evening</b>");
        assertThat(viewer().get("/api/v1/players/ann/timeline").body()).doesNotContain("<b>");
        assertThat(event(timeline, "CHAT").get("room").getAsString()).isEqualTo(Tavern.HALL);
        assertThat(event(timeline, "WHISPER").get("text").getAsString()).isEqualTo("to bob: between us");
        assertThat(event(timeline, "TRADE").get("text").getAsString()).isEqualTo("gave 3 gold, got 4 gold, with bob");
        assertThat(event(timeline, "TRADE").get("reference").getAsString()).isEqualTo(id(ann, uuid));
        assertThat(event(timeline, "ORDER").get("text").getAsString()).contains("kick", "a test");
        assertThat(event(timeline, "DISCONNECTED").get("text").getAsString()).startsWith("KICKED");
        assertThat(event(timeline, "GRANT").get("text").getAsString()).contains("1000 gold");
        assertThat(timeline.get("hidden").getAsLong()).isZero();
        JsonObject seenByAll = see("/players/ann/timeline");
        assertThat(seenByAll.get("hidden").getAsLong())
                .isEqualTo(whats(timeline).stream()
                        .filter(what -> what.equals("ORDER") || what.equals("WHISPER"))
                        .count())
                .isPositive();
        assertThat(whats(seenByAll)).contains("TRADE", "CHAT", "WHISPER").doesNotContain("ORDER");
        assertThat(event(seenByAll, "WHISPER").get("text").getAsString()).isEmpty();
    }

    private static List<String> whats(JsonObject timeline) {
        return rows(timeline, "events").stream()
                .map(event -> event.get("what").getAsString())
                .toList();
    }

    /** The newest of its sort. */
    private static JsonObject event(JsonObject timeline, String what) {
        return rows(timeline, "events").stream()
                .filter(event -> event.get("what").getAsString().equals(what))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @With("limits.rates.joins=100")
    void aTimelineIsPagedWithoutAGap() throws IOException {
        RawClient ann = tavern.client("ann", Tavern.HALL);
        for (int i = 0; i < 12; i++) {
            ann.leave();
            ann.join(Tavern.HALL);
        }
        JsonArray paged = new JsonArray();
        await().atMost(PATIENCE)
                .until(() -> whats(see("/players/ann/timeline?max=200")).contains("GRANT"));
        JsonObject page = see("/players/ann/timeline?max=5");
        paged.addAll(page.getAsJsonArray("events"));
        while (page.get("next").getAsLong() != 0) {
            page = see("/players/ann/timeline?max=5&before=" + page.get("next").getAsLong());
            paged.addAll(page.getAsJsonArray("events"));
        }
        assertThat(paged).isEqualTo(see("/players/ann/timeline?max=200").getAsJsonArray("events"));
        assertThat(paged).hasSizeGreaterThan(25);
        assertThat(viewer().get("/api/v1/players/nobody/timeline").status()).isEqualTo(404);
    }

    @Test
    void theEconomyAddsUpAndWhenSomebodyWritesToTheStoreItIsSaidWithTheDifference() throws Exception {
        tavern.client("ann", Tavern.HALL);
        await().atMost(PATIENCE).until(() -> goldOfBoth(see("/economy")) != null);
        JsonObject sound = see("/economy");
        assertThat(sound.get("holds").getAsBoolean()).isTrue();
        assertThat(sound.getAsJsonArray("problems")).isEmpty();
        assertThat(gold(sound).get("granted").getAsLong()).isEqualTo(2_000);
        assertThat(gold(sound).get("held").getAsLong()).isEqualTo(2_000);
        assertThat(sound.getAsJsonObject("items").get("granted").getAsLong()).isEqualTo(4);
        assertThat(metric("tavern_economy_holds")).isEqualTo("1.0");

        tavern.logs().expect("goods do not add up");
        addGold(11);
        await().atMost(PATIENCE).until(() -> !see("/economy").get("holds").getAsBoolean());
        JsonObject wrong = see("/economy");
        assertThat(gold(wrong).get("difference").getAsLong()).isEqualTo(11);
        assertThat(gold(wrong).get("held").getAsLong()).isEqualTo(2_011);
        assertThat(wrong.getAsJsonArray("problems").toString()).contains("has 1011 gold, the ledger says 1000");
        assertThat(metric("tavern_economy_holds")).isEqualTo("0.0");
        await().atMost(PATIENCE)
                .until(() ->
                        see("/overview").getAsJsonArray("degraded").toString().contains("goods do not add up"));
        assertThat(tavern.logs().contain("goods do not add up: player")).isTrue();
        addGold(-11);
        await().atMost(PATIENCE).until(() -> see("/economy").get("holds").getAsBoolean());
    }

    /** Of the bystander and ann; null: they are not in it yet. */
    private static @Nullable JsonObject goldOfBoth(JsonObject economy) {
        return rows(economy, "kinds").stream()
                .filter(kind -> kind.get("kind").getAsString().equals("gold")
                        && kind.get("granted").getAsLong() == 2_000)
                .findFirst()
                .orElse(null);
    }

    private static JsonObject gold(JsonObject economy) {
        return Objects.requireNonNull(goldOfBoth(economy));
    }

    private String metric(String name) throws IOException {
        return viewer().get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    private void addGold(long more) throws SQLException {
        write("UPDATE balance SET count = count + " + more + " WHERE kind = 'gold' AND player ="
                + " (SELECT id FROM player WHERE name = 'ann')");
    }

    private void write(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + tavern.folder().resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute(sql);
        }
    }
}
