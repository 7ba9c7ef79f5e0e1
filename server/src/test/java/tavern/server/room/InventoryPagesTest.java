package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Stack;
import tavern.server.game.Inventory;

/** P-56. */
class InventoryPagesTest {
    private static final int FRAME_BYTES = 4_096;

    private static List<ServerMessage> pages(Inventory inventory) {
        List<ServerMessage> pages = new ArrayList<>();
        new InventoryPages(5, inventory, FRAME_BYTES).forEachRemaining(pages::add);
        return pages;
    }

    @Test
    void noPageIsLargerThanAQuarterOfAFrameAndTogetherTheyAreAll() {
        TreeMap<String, Long> stacks = new TreeMap<>();
        TreeMap<Long, String> items = new TreeMap<>();
        for (int i = 0; i < 500; i++) {
            stacks.put(String.format("kind-of-thirty-two-characters-%02x", i), Long.MAX_VALUE - i);
            items.put(Long.MAX_VALUE - i, "kind-of-thirty-two-characters-xx");
        }
        List<ServerMessage> pages = pages(new Inventory(stacks, items, 7));

        assertThat(pages).hasSizeGreaterThan(2).allSatisfy(page -> {
            assertThat(page.getSerializedSize()).isLessThanOrEqualTo(FRAME_BYTES / 4);
            assertThat(page.getInventoryPage().getPart().getVersion()).isEqualTo(7);
            assertThat(page.getSessionSeq()).as("not replayed").isZero();
        });
        TreeMap<String, Long> toldStacks = new TreeMap<>();
        TreeMap<Long, String> toldItems = new TreeMap<>();
        for (ServerMessage page : pages) {
            for (Stack stack : page.getInventoryPage().getPart().getStacksList()) {
                assertThat(toldStacks.put(stack.getKind(), stack.getCount())).isNull();
            }
            for (Item item : page.getInventoryPage().getPart().getItemsList()) {
                assertThat(toldItems.put(item.getId(), item.getKind())).isNull();
            }
        }
        assertThat(toldStacks).isEqualTo(stacks);
        assertThat(toldItems).isEqualTo(items);
    }

    @Test
    void onlyTheLastPageSaysSoAndAnswersTheRequest() {
        TreeMap<Long, String> items = new TreeMap<>();
        for (long item = 1; item <= 500; item++) {
            items.put(item, "sword");
        }
        List<ServerMessage> pages = pages(new Inventory(new TreeMap<>(), items, 7));
        for (ServerMessage page : pages) {
            boolean isLast = page == pages.get(pages.size() - 1);
            assertThat(page.getInventoryPage().getLast()).isEqualTo(isLast);
            assertThat(page.getReplyTo()).isEqualTo(isLast ? 5 : 0);
        }
    }

    @Test
    void whoOwnsNothingIsToldSoInOnePage() {
        List<ServerMessage> pages = pages(new Inventory(new TreeMap<>(), new TreeMap<>(), 2));
        assertThat(pages).hasSize(1);
        assertThat(pages.get(0).getInventoryPage().getLast()).isTrue();
        assertThat(pages.get(0).getInventoryPage().getPart().getVersion()).isEqualTo(2);
    }
}
