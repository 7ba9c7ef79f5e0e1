package tavern.server.game;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class InventoryTest {
    private static final Inventory BEFORE =
            new Inventory(new TreeMap<>(Map.of("gold", 10L, "potion", 2L)), new TreeMap<>(Map.of(7L, "sword")), 3);

    private static GoodsChange change(long version, Map<String, Long> counts, Map<Long, String> in, Set<Long> out) {
        return new GoodsChange(version, new TreeMap<>(counts), new TreeMap<>(in), new TreeSet<>(out));
    }

    @Test
    void aChangeIsAppliedAndTheInventoryBeforeStaysAsItWas() {
        Inventory after = BEFORE.after(change(4, Map.of("gold", 15L, "potion", 0L), Map.of(9L, "bow"), Set.of(7L)));
        assertThat(after)
                .isEqualTo(new Inventory(new TreeMap<>(Map.of("gold", 15L)), new TreeMap<>(Map.of(9L, "bow")), 4));
        assertThat(BEFORE.stacks()).isEqualTo(Map.of("gold", 10L, "potion", 2L));
        assertThat(BEFORE.items()).isEqualTo(Map.of(7L, "sword"));
    }

    @Test
    void aChangeAppliesToTheVersionBeforeItOnly() {
        for (long version : new long[] {0, 2, 3, 5}) {
            GoodsChange other = change(version, Map.of("gold", 15L), Map.of(), Set.of());
            assertThat(other.follows(BEFORE.version())).isFalse();
            assertThatThrownBy(() -> BEFORE.after(other)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void nobodyOutsideCanChangeIt() {
        TreeMap<String, Long> counts = new TreeMap<>(Map.of("gold", 1L));
        Inventory inventory = new Inventory(counts, new TreeMap<>(), 1);
        counts.put("gold", 2L);
        assertThat(inventory.count("gold")).isEqualTo(1);
        assertThatThrownBy(() -> inventory.stacks().put("gold", 3L)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> inventory.items().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    /** Inventories that were made from one another share what did not change, so many of them fit into memory. */
    @Test
    void manyVersionsOfALargeInventoryShareWhatTheyHaveInCommon() {
        TreeMap<Long, String> items = new TreeMap<>();
        for (long item = 0; item < 100_000; item++) {
            items.put(item, "sword");
        }
        Inventory[] versions = new Inventory[10_000];
        versions[0] = new Inventory(new TreeMap<>(), items, 0);
        Random random = new Random(12);
        for (int i = 1; i < versions.length; i++) {
            long out = versions[i - 1].items().firstKey() + random.nextInt(1_000);
            Set<Long> gone = versions[i - 1].owns(out) ? Set.of(out) : Set.of();
            items.keySet().removeAll(gone);
            items.put(100_000L + i, "bow");
            versions[i] = versions[i - 1].after(change(i, Map.of(), Map.of(100_000L + i, "bow"), gone));
        }
        assertThat(versions[versions.length - 1].items()).isEqualTo(items);
        assertThat(versions[0].items()).hasSize(100_000);
    }
}
