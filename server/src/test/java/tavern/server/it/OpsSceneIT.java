package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.games.TestJar;
import tavern.server.games.sample.HerdGame;
import tavern.server.games.sample.HerdModule;

/** What operators see of the NPCs of a room. */
class OpsSceneIT {
    private static final int SHEEP = 3;
    private static final int SHEEP_MAX = 250;

    @TempDir
    static Path games;

    @RegisterExtension
    final Tavern tavern = Tavern.with().settings(() -> new String[] {
        "games.path=" + games,
        "games.types.herd.capacity=4",
        "games.types.herd.npcs=300",
        "ops.enabled=true",
        "ops.port=0",
        "limits.rates.customs=1000"
    });

    @BeforeAll
    static void packTheGame() throws IOException {
        TestJar.of(HerdModule.class, HerdGame.class).write(games.resolve("herd.jar"));
    }

    @BeforeEach
    void aSlowMachineMayDelayATick() {
        tavern.logs().expect("a tick of the game in room ");
    }

    private OpsClient.Answer get(String role, String path) throws IOException {
        return OpsClient.of(tavern.server().opsAddress(), tavern.folder(), role).get("/api/v1" + path);
    }

    private JsonObject scene(String query) throws IOException {
        OpsClient.Answer answer = get("moderator", "/rooms/meadow/scene" + query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static List<Integer> numbers(JsonObject page) {
        List<Integer> numbers = new ArrayList<>();
        page.getAsJsonArray("things")
                .forEach(thing ->
                        numbers.add(thing.getAsJsonObject().get("entity").getAsInt()));
        return numbers;
    }

    private static JsonObject first(JsonObject page, int kind) {
        for (JsonElement thing : page.getAsJsonArray("things")) {
            if (thing.getAsJsonObject().get("kind").getAsInt() == kind) {
                return thing.getAsJsonObject();
            }
        }
        throw new AssertionError("no " + kind + " in " + page);
    }

    private static long attribute(JsonObject thing, int attribute) {
        JsonArray attributes = thing.getAsJsonArray("attributes");
        assertThat(attributes.get(attribute).getAsJsonPrimitive().isString())
                .as("JavaScript's numbers have 53 bits")
                .isTrue();
        return attributes.get(attribute).getAsLong();
    }

    private RawClient herder() throws IOException {
        RawClient ann = tavern.client("ann");
        ann.answerTo(ann.send(GameRoomIT.joining("meadow", "herd", "")));
        return ann;
    }

    private static void says(RawClient player, String line) throws IOException {
        assertThat(player.answerTo(player.send(GameRoomIT.saying(0, line))).hasTurnDone())
                .isTrue();
    }

    @Test
    void everyNpcIsOnAPageWithAllItsAttributes() throws Exception {
        RawClient ann = herder();
        for (int i = 0; i < SHEEP_MAX; i++) {
            says(ann, "spawn 3 " + (100 + i) + " 200");
        }
        says(ann, "set 3 2 -77");
        says(ann, "set 3 15 9007199254740993");
        says(ann, "set 0 1 5");
        await().until(() ->
                scene("").get("npcs").getAsInt() == SHEEP_MAX + 1 && attribute(first(scene(""), 0), 1) == 5);

        JsonObject page = scene("?max=100");
        assertThat(page.get("npcsMax").getAsInt()).isEqualTo(300);
        JsonObject player = first(page, 0);
        assertThat(player.get("player").getAsString()).isEqualTo("ann");
        JsonObject sheep = first(page, SHEEP);
        assertThat(sheep.get("player").getAsString()).isEmpty();
        assertThat(sheep.get("x").getAsInt()).isEqualTo(100);
        assertThat(sheep.get("y").getAsInt()).isEqualTo(200);
        assertThat(attribute(sheep, 2)).isEqualTo(-77);
        assertThat(attribute(sheep, 15)).as("which no client is told").isEqualTo(9_007_199_254_740_993L);

        List<Integer> all = new ArrayList<>(numbers(page));
        while (page.get("next").getAsInt() != 0) {
            assertThat(page.getAsJsonArray("things")).hasSize(100);
            page = scene("?max=100&after=" + page.get("next").getAsInt());
            all.addAll(numbers(page));
        }
        assertThat(all).hasSize(SHEEP_MAX + 2).isSorted().doesNotHaveDuplicates();
        assertThat(scene("?after=" + all.get(all.size() - 1)).getAsJsonArray("things"))
                .isEmpty();
        assertThat(get("moderator", "/rooms/meadow/game").json().get("npcs").getAsInt())
                .isEqualTo(SHEEP_MAX + 1);
    }

    @Test
    void whoMayNotSeeItDoesNotAndPagesAreBounded() throws Exception {
        herder();
        tavern.client("ben", Tavern.HALL);

        assertThat(get("viewer", "/rooms/meadow/scene").status()).isEqualTo(403);
        assertThat(get("moderator", "/rooms/nowhere/scene").status()).isEqualTo(404);
        assertThat(get("moderator", "/rooms/meadow/scene?max=201").status()).isEqualTo(400);
        assertThat(get("moderator", "/rooms/meadow/scene?after=-1").status()).isEqualTo(400);
        OpsClient.Answer none = get("moderator", "/rooms/" + Tavern.HALL + "/scene");
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.body()).contains("nothing moves");
    }
}
