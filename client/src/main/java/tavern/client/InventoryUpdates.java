package tavern.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tavern.protocol.v1.InventoryChanged;
import tavern.protocol.v1.InventoryPage;
import tavern.protocol.v1.ServerMessage;

/**
 * Keeps a {@link ClientInventory} in step with what the server tells, and asks for all of it when a change is missing or
 * a lost connection has cut the pages off. Confined to the client's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
final class InventoryUpdates {
    private static final int RETRY_MILLIS = 200;

    private final TavernClient client;
    private final ClientListener listener;
    private final ClientInventory inventory = new ClientInventory();

    /** Whether pages have to be asked for; they may have been asked for already. */
    private boolean due;

    private boolean asking;

    InventoryUpdates(TavernClient client, ClientListener listener) {
        this.client = client;
        this.listener = listener;
    }

    ClientInventory inventory() {
        return inventory;
    }

    /** P-56: pages follow by themselves, unless the session was resumed. */
    void welcomed(boolean isResumed) {
        if (!isResumed) {
            due = false;
            inventory.begin();
        } else if (!inventory.isComplete()) {
            inventory.cutOff();
            ask();
        }
    }

    /** Takes what the message says about the player's goods, if it says anything. */
    void heard(ServerMessage message) {
        boolean isMissing = switch (message.getBodyCase()) {
            case INVENTORY_PAGE -> page(message.getInventoryPage());
            case TRADE_RESULT ->
                message.getTradeResult().hasChange()
                        && inventory.take(message.getTradeResult().getChange());
            case INVENTORY_CHANGED -> changed(message.getInventoryChanged());
            default -> false;
        };
        if (isMissing) {
            ask();
        }
    }

    private boolean page(InventoryPage page) {
        if (!inventory.take(page)) {
            return false;
        }
        due = false;
        listener.onInventory(inventory.toMessage());
        return inventory.catchUp();
    }

    private boolean changed(InventoryChanged changed) {
        return changed.hasChange() ? inventory.take(changed.getChange()) : inventory.takeVersion(changed.getVersion());
    }

    /** Asks for all pages, whether or not anything is missing. */
    CompletableFuture<InventoryPage> read() {
        due = true;
        asking = true;
        inventory.await();
        CompletableFuture<InventoryPage> last = client.requestInventory();
        last.whenComplete((page, failure) -> {
            asking = false;
            if (due && client.isLive()) {
                client.eventLoop().schedule(this::ask, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
        return last;
    }

    private void ask() {
        due = !inventory.isComplete();
        if (due && !asking && client.isLive()) {
            read();
        }
    }
}
