package tavern.server.room;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import tavern.protocol.v1.InventoryPage;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Stack;
import tavern.server.game.Inventory;

/**
 * P-56: an inventory in pages, first its stacks and then its items, in the order of their kinds and ids. A page is
 * encoded when it is asked for, so pages that wait for a slow client take no memory. There is at least one.
 */
public final class InventoryPages implements Iterator<ServerMessage> {
    /** A page takes at most this part of a frame, so that it never holds up for long what comes behind it. */
    private static final int PAGES_IN_A_FRAME = 4;

    /** A stack or item with the longest kind and the largest number. */
    private static final int ENTRY_BYTES_MAX = 64;

    /** What a page takes besides its stacks and items. */
    private static final int ENVELOPE_BYTES = 40;

    private final int replyTo;
    private final int bytesMax;
    private final long version;
    private final Iterator<Map.Entry<String, Long>> stacks;
    private final Iterator<Map.Entry<Long, String>> items;
    private boolean isOver;

    /**
     * @param replyTo the request that the last page answers, or 0 for none
     * @param frameBytesMax of the largest frame that is allowed
     */
    public InventoryPages(int replyTo, Inventory inventory, int frameBytesMax) {
        this.replyTo = replyTo;
        bytesMax = Math.max(ENVELOPE_BYTES, frameBytesMax / PAGES_IN_A_FRAME - ENTRY_BYTES_MAX);
        version = inventory.version();
        stacks = inventory.stacks().entrySet().iterator();
        items = inventory.items().entrySet().iterator();
    }

    @Override
    public boolean hasNext() {
        return !isOver;
    }

    @Override
    public ServerMessage next() {
        if (isOver) {
            throw new NoSuchElementException("the last page was told");
        }
        var part = tavern.protocol.v1.Inventory.newBuilder().setVersion(version);
        int bytes = ENVELOPE_BYTES;
        while (bytes <= bytesMax && stacks.hasNext()) {
            Map.Entry<String, Long> entry = stacks.next();
            Stack stack = Wire.stack(entry.getKey(), entry.getValue());
            part.addStacks(stack);
            bytes += size(stack);
        }
        while (bytes <= bytesMax && items.hasNext()) {
            Map.Entry<Long, String> entry = items.next();
            var item = Wire.item(entry.getKey(), entry.getValue());
            part.addItems(item);
            bytes += size(item);
        }
        isOver = !stacks.hasNext() && !items.hasNext();
        return ServerMessage.newBuilder()
                .setReplyTo(isOver ? replyTo : 0)
                .setInventoryPage(InventoryPage.newBuilder().setPart(part).setLast(isOver))
                .build();
    }

    /** With the field's tag and length. */
    private static int size(MessageLite entry) {
        return 1 + CodedOutputStream.computeMessageSizeNoTag(entry);
    }
}
