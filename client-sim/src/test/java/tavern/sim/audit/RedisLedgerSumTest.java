package tavern.sim.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ann (1) received 100 gold from a mint, and Bob (2) sword 9, which she bought for 30 gold. Each test plants a contradiction. */
class RedisLedgerSumTest {
    private static final String TRADE = "trade:1-00010203-0405-7607-0809-0a0b0c0d0e0f";

    private final Map<Long, Map<String, String>> players = new HashMap<>();
    private final Map<String, Map<String, String>> ledger = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> sealed = new LinkedHashMap<>();
    private final Map<String, String> checkpoint = new HashMap<>();

    @BeforeEach
    void soundBooks() {
        players.put(1L, hash("name", "ann", "version", "2", "s:gold", "70", "i:9", "sword"));
        players.put(2L, hash("name", "bob", "version", "2", "s:gold", "30"));
        ledger.put("1-0", entry("starter:1", "mint:starter>1|gold=100"));
        ledger.put("1-1", entry("starter:2", "mint:starter>2|+9:sword"));
        ledger.put("1-2", entry(TRADE, "1>2|gold=30;2>1|#9:sword"));
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
        assertThat(contradictions()).containsExactly("item 9 is a crown and was made as sword");
    }

    @Test
    void anEntryThatIsThereTwiceIsFound() {
        ledger.put("1-3", entry(TRADE, "1>2|gold=30;2>1|#9:sword"));
        assertThat(contradictions())
                .contains("the ledger has " + TRADE + " twice")
                .hasSizeGreaterThan(1);
        assertThat(books().moved(TRADE)).containsEntry(new MovedGoods.Line(2, "gold", 0), 60L);
    }

    /** The accounts agree with the ledger, and yet somebody got more than was ordered. */
    @Test
    void aGrantOrAKitThatWasGivenTwiceIsFound() {
        ledger.put("1-3", entry("grant:g1", "mint:ops>1|gold=5"));
        player(1).put("s:gold", "75");
        assertThat(contradictions()).isEmpty();
        ledger.put("1-4", entry("grant:g1", "mint:ops>1|gold=5"));
        ledger.put("1-5", entry("starter:1", "mint:starter>1|gold=100"));
        player(1).put("s:gold", "180");
        assertThat(contradictions()).containsExactly("the ledger has grant:g1 twice", "the ledger has starter:1 twice");
    }

    @Test
    void aTransactionOfManyAccountsIsSummed() {
        ledger.put("1-3", entry("craft:1", "1>3|gold=20;1>mint:forge|#9:sword,gold=10;mint:forge>3|+10:crown,gem=2"));
        player(1).put("s:gold", "40");
        player(1).remove("i:9");
        players.put(3L, hash("name", "@guild:7", "version", "1", "s:gold", "20", "s:gem", "2", "i:10", "crown"));
        assertThat(contradictions()).isEmpty();
        player(3).put("s:gem", "3");
        assertThat(contradictions()).containsExactly("player 3 has 1 more of gem than the ledger says");
    }

    @Test
    void entriesOfSchemaOneCountToo() {
        ledger.put("1-0", earlier("grant:starter:1", "1", "0", "", "gold=100"));
        ledger.put("1-1", earlier("grant:starter:2", "2", "0", "", "#9:sword"));
        ledger.put("1-2", earlier(TRADE, "1", "2", "gold=30", "#9"));
        soundBooksHaveNoContradiction();
        player(1).put("i:9", "crown");
        assertThat(contradictions()).containsExactly("item 9 is a crown and was made as sword");
    }

    @Test
    void anIdOfTheGamesOwnThatWasForgottenMayComeAgain() {
        ledger.put("1-3", entry("craft:1", "mint:forge>1|gold=1"));
        ledger.put("9-0", entry("craft:1", "mint:forge>1|gold=1"));
        player(1).put("s:gold", "72");
        assertThat(contradictions()).isEmpty();
    }

    @Test
    void whatCannotBeReadIsNamed() {
        player(1).put("s:ruby", "many");
        player(2).put("s:ruby", "-1");
        ledger.put("1-3", entry(TRADE + "x", "1>2|gold"));
        ledger.put("1-4", hash("entry", "grant:x"));
        ledger.put("1-5", entry("x", "1|gold=2"));
        assertThat(contradictions())
                .contains(
                        "player 1 has s:ruby = many",
                        "player 2 has -1 of ruby",
                        "ledger entry 1-3 cannot be read: not goods: gold",
                        "ledger entry 1-4 cannot be read: no field account",
                        "ledger entry 1-5 cannot be read: not a leg: 1|gold=2");
    }

    @Test
    void whatTheCheckpointHasWasReceivedBefore() {
        seal();
        assertThat(contradictions()).isEmpty();
        assertThat(books().moved(TRADE)).hasSize(4);
        player(1).put("s:gold", "71");
        player(1).put("i:9", "crown");
        assertThat(contradictions())
                .containsExactly(
                        "player 1 has 1 more of gold than the ledger says", "item 9 is a crown and was made as sword");
    }

    @Test
    void aRowOfTheCheckpointThatWasChangedIsFound() {
        seal();
        checkpoint.put("1 gold", "101");
        assertThat(contradictions())
                .containsExactly(
                        "the checkpoint does not add up: gold 1", "player 1 has 1 less of gold than the ledger says");
        checkpoint.put("1 gold", "100");
        checkpoint.remove("#9");
        assertThat(contradictions())
                .contains("the checkpoint does not add up: # -1", "player 2 has 1 more of item 9 than the ledger says");
        checkpoint.put("#9", "2");
        checkpoint.put("1 ruby", "many");
        assertThat(contradictions()).contains("the checkpoint has #9 = 2", "the checkpoint has 1 ruby = many");
    }

    @Test
    void aGrantWhoseEntryIsInTheArchiveIsNotGivenAgain() {
        seal();
        sealed.put("0-3", entry("grant:g1", "mint:ops>1|gold=5"));
        checkpoint.put("grant:g1", "0");
        assertThat(contradictions()).isEmpty();
        checkpoint.put("grant:g2", "0");
        ledger.put("1-3", entry("grant:g2", "mint:ops>1|gold=5"));
        player(1).put("s:gold", "75");
        assertThat(contradictions()).containsExactly("the ledger has grant:g2 again, which the checkpoint has");
    }

    /** The checkpoint is the end of the second entry. */
    private void seal() {
        for (String id : List.of("1-0", "1-1")) {
            sealed.put(id, ledger.getOrDefault(id, Map.of()));
            ledger.remove(id);
        }
        checkpoint.putAll(hash("1 gold", "100", "#9", "2 sword", "mint:starter gold", "-100", "mint:starter #", "-1"));
    }

    private Map<String, String> player(long id) {
        return players.getOrDefault(id, Map.of());
    }

    private RedisLedgerSum books() {
        RedisLedgerSum books = new RedisLedgerSum(Set.of(TRADE));
        checkpoint.forEach(books::checkpoint);
        players.forEach(books::player);
        sealed.forEach(books::sealedEntry);
        ledger.forEach(books::entry);
        return books;
    }

    private List<String> contradictions() {
        return books().contradictions();
    }

    private static Map<String, String> entry(String id, String legs) {
        return hash("id", id, "room", "", "fence", "", "at", "0", "legs", legs);
    }

    private static Map<String, String> earlier(String entry, String account, String other, String gave, String got) {
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
