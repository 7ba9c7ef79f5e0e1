package tavern.sim.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;

class StocktakeTest {
    private final Stocktake before = new Stocktake();
    private final Stocktake after = new Stocktake();

    @Test
    void goodsThatOnlyChangedHandsAreAllThere() {
        before.add("ann", inventory(10, 1));
        before.add("bob", inventory(20, 2));
        after.add("ann", inventory(25, 2));
        after.add("bob", inventory(5, 1));
        assertThat(after.differences(before)).isEmpty();
        assertThat(after.counts()).isEqualTo(Map.of("gold", 30L, "sword", 2L));
    }

    @Test
    void goldThatVanishesOrAppearsIsNamed() {
        before.add("ann", inventory(10));
        after.add("ann", inventory(11));
        assertThat(after.differences(before)).containsExactly("gold: 10 before, 11 after");
    }

    @Test
    void anItemWithTwoOwnersIsADuplicateEvenIfTheCountIsRight() {
        before.add("ann", inventory(1, 1));
        before.add("bob", inventory(1, 2));
        after.add("ann", inventory(1, 1));
        after.add("bob", inventory(1, 1));
        assertThat(after.duplicates()).isEqualTo(1);
        assertThat(after.differences(before)).hasSize(2);
    }

    @Test
    void anItemOutOfNothingIsNamed() {
        before.add("ann", inventory(1, 1));
        after.add("ann", inventory(1, 7));
        assertThat(after.differences(before)).hasSize(2);
    }

    private static Inventory inventory(long gold, long... swords) {
        Inventory.Builder inventory = Inventory.newBuilder()
                .addStacks(Stack.newBuilder().setKind("gold").setCount(gold));
        for (long sword : swords) {
            inventory.addItems(Item.newBuilder().setId(sword).setKind("sword"));
        }
        return inventory.build();
    }
}
