package tavern.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.GoodsChange;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.InventoryPage;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;

/** P-55, P-56. */
class ClientInventoryTest {
    private final ClientInventory inventory = new ClientInventory();

    @BeforeEach
    void begin() {
        inventory.begin();
    }

    private static InventoryPage page(long version, long gold, long item, boolean isLast) {
        Inventory.Builder part = Inventory.newBuilder().setVersion(version);
        if (gold > 0) {
            part.addStacks(Stack.newBuilder().setKind("gold").setCount(gold));
        }
        if (item > 0) {
            part.addItems(Item.newBuilder().setId(item).setKind("sword"));
        }
        return InventoryPage.newBuilder().setPart(part).setLast(isLast).build();
    }

    private static GoodsChange gold(long version, long count) {
        return GoodsChange.newBuilder()
                .setVersion(version)
                .addCounts(Stack.newBuilder().setKind("gold").setCount(count))
                .build();
    }

    private void told(long version, long gold, long item) {
        assertThat(inventory.take(page(version, gold, 0, false))).isFalse();
        assertThat(inventory.take(page(version, 0, item, true))).isTrue();
    }

    @Test
    void pagesAreOneInventoryOnceTheLastHasCome() {
        assertThat(inventory.take(page(3, 10, 0, false))).isFalse();
        assertThat(inventory.isComplete()).isFalse();
        assertThat(inventory.take(page(3, 0, 7, true))).isTrue();
        assertThat(inventory.catchUp()).isFalse();
        assertThat(inventory.isComplete()).isTrue();
        assertThat(inventory.version()).isEqualTo(3);
        assertThat(inventory.count("gold")).isEqualTo(10);
        assertThat(inventory.items()).containsOnlyKeys(7L);
    }

    @Test
    void changesWhileThePagesAreUnderWayAreAppliedAfterTheLastUnlessThePagesHaveThem() {
        assertThat(inventory.take(gold(3, 1))).isFalse();
        assertThat(inventory.take(page(3, 10, 0, false))).isFalse();
        assertThat(inventory.take(gold(4, 11))).isFalse();
        assertThat(inventory.take(gold(5, 12))).isFalse();
        assertThat(inventory.take(page(3, 0, 7, true))).isTrue();
        assertThat(inventory.catchUp()).isFalse();
        assertThat(inventory.version()).isEqualTo(5);
        assertThat(inventory.count("gold")).isEqualTo(12);
    }

    @Test
    void aChangeThatDoesNotFollowAsksForPagesAndIsAppliedToThem() {
        told(3, 10, 7);
        inventory.catchUp();
        assertThat(inventory.take(gold(5, 12))).as("must ask").isTrue();
        assertThat(inventory.take(gold(6, 13))).as("has asked").isFalse();
        assertThat(inventory.isComplete()).isFalse();
        told(5, 12, 7);
        assertThat(inventory.catchUp()).isFalse();
        assertThat(inventory.version()).isEqualTo(6);
        assertThat(inventory.count("gold")).isEqualTo(13);
    }

    @Test
    void changesToldInTheWrongOrderAreAppliedInTheOrderOfTheirVersions() {
        told(3, 10, 7);
        inventory.catchUp();
        assertThat(inventory.take(gold(5, 12))).as("must ask").isTrue();
        assertThat(inventory.take(gold(4, 11))).as("has asked").isFalse();
        told(3, 10, 7);
        assertThat(inventory.catchUp()).as("must ask again").isFalse();
        assertThat(inventory.version()).isEqualTo(5);
        assertThat(inventory.count("gold")).isEqualTo(12);
    }

    @Test
    void aVersionWithoutAChangeAsksForPagesUnlessItIsKnown() {
        told(3, 10, 7);
        inventory.catchUp();
        assertThat(inventory.takeVersion(3)).isFalse();
        assertThat(inventory.takeVersion(4)).isTrue();
        told(3, 10, 7);
        assertThat(inventory.catchUp()).as("the pages are older still").isTrue();
        told(4, 11, 7);
        assertThat(inventory.catchUp()).isFalse();
    }

    @Test
    void pagesThatALostConnectionCutOffDoNotCount() {
        inventory.take(page(3, 10, 0, false));
        inventory.cutOff();
        told(4, 11, 7);
        assertThat(inventory.catchUp()).isFalse();
        assertThat(inventory.toMessage().getStacksList()).hasSize(1);
    }

    @Test
    void whatIsGoneIsNotThereAnyMore() {
        told(3, 10, 7);
        inventory.catchUp();
        GoodsChange out =
                GoodsChange.newBuilder().mergeFrom(gold(4, 0)).addItemIdsOut(7).build();
        assertThat(inventory.take(out)).isFalse();
        assertThat(inventory.toMessage())
                .isEqualTo(Inventory.newBuilder().setVersion(4).build());
    }
}
