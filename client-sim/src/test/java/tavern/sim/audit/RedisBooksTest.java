package tavern.sim.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ann (1) was granted 100 gold, Bob (2) the sword 9; she bought it for 30. Each test plants a contradiction. */
class RedisBooksTest {
    private static final String TRADE = "trade:1-00010203-0405-0607-0809-0a0b0c0d0e0f";

    private final Map<Long, Map<String, String>> players = new HashMap<>();
    private final Map<String, Map<String, String>> ledger = new LinkedHashMap<>();
    private long grants = 2;

    @BeforeEach
    void soundBooks() {
        players.put(1L, hash("name", "ann", "version", "2", "s:gold", "70", "i:9", "sword"));
        players.put(2L, hash("name", "bob", "version", "2", "s:gold", "30"));
        ledger.put("1-0", entry("grant:starter:1", "1", "0", "", "gold=100"));
        ledger.put("1-1", entry("grant:starter:2", "2", "0", "", "#9:sword"));
        ledger.put("1-2", entry(TRADE, "1", "2", "gold=30", "#9"));
    }

    @Test
    void soundBooksHaveNoContradiction() {
        assertThat(contradictions()).isEmpty();
        assertThat(books().moved(TRADE))
                .containsOnly(
                        Map.entry(new MovedGoods.Line(1, "gold", 0), -30L),
                        Map.entry(new MovedGoods.Line(2, "gold", 0), 30L),
                        Map.entry(new MovedGoods.Line(1, "", 9), 1L),
                        Map.entry(new MovedGoods.Line(2, "", 9), -1L));
    }

    @Test
    void goldOutOfNothingIsFound() {
        player(1).put("s:gold", "71");
        assertThat(contradictions()).containsExactly("player 1 has 1 more of gold than the ledger says");
    }

    @Test
    void goodsThatVanishAreFound() {
        player(2).remove("s:gold");
        assertThat(contradictions()).containsExactly("player 2 has 30 less of gold than the ledger says");
    }

    @Test
    void anItemWithTwoOwnersIsFound() {
        player(2).put("i:9", "sword");
        assertThat(contradictions())
                .contains("player 2 has 1 more of item 9 than the ledger says")
                .anyMatch(each -> each.startsWith("item 9 belongs to"));
    }

    @Test
    void anItemThatBecameAnotherKindIsFound() {
        player(1).put("i:9", "crown");
        assertThat(contradictions()).containsExactly("item 9 is a crown and was granted as sword");
    }

    @Test
    void anEntryThatIsThereTwiceIsFound() {
        ledger.put("1-3", entry(TRADE, "1", "2", "gold=30", "#9"));
        assertThat(contradictions())
                .contains("the ledger has " + TRADE + " twice")
                .hasSizeGreaterThan(1);
        assertThat(books().moved(TRADE)).containsEntry(new MovedGoods.Line(2, "gold", 0), 60L);
    }

    @Test
    void aGrantTheStoreDoesNotRememberIsFound() {
        grants = 1;
        assertThat(contradictions()).containsExactly("the ledger has 2 grants, the store remembers 1");
    }

    @Test
    void whatCannotBeReadIsNamed() {
        player(1).put("s:ruby", "many");
        player(2).put("s:ruby", "-1");
        ledger.put("1-3", entry(TRADE + "x", "1", "2", "gold", ""));
        ledger.put("1-4", hash("entry", "grant:x"));
        assertThat(contradictions())
                .contains(
                        "player 1 has s:ruby = many",
                        "player 2 has -1 of ruby",
                        "ledger entry 1-3 cannot be read: not goods: gold",
                        "ledger entry 1-4 cannot be read: no field account");
    }

    private Map<String, String> player(long id) {
        return players.getOrDefault(id, Map.of());
    }

    private RedisBooks books() {
        RedisBooks books = new RedisBooks(Set.of(TRADE));
        players.forEach(books::player);
        ledger.forEach(books::entry);
        return books;
    }

    private List<String> contradictions() {
        return books().contradictions(grants);
    }

    private static Map<String, String> entry(String entry, String account, String other, String gave, String got) {
        return hash("entry", entry, "account", account, "other", other, "gave", gave, "got", got, "at", "0");
    }

    private static Map<String, String> hash(String... fieldsAndValues) {
        Map<String, String> hash = new HashMap<>();
        for (int i = 0; i < fieldsAndValues.length; i += 2) {
            hash.put(fieldsAndValues[i], fieldsAndValues[i + 1]);
        }
        return hash;
    }
}
