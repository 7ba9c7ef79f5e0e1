package tavern.server.feed.rabbitmq;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.Account;
import tavern.protocol.v1.AccountAfter;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeParty;
import tavern.protocol.v1.TransactionCommitted;
import tavern.protocol.v1.TransactionLeg;
import tavern.server.game.Settlement;
import tavern.server.store.CommittedLegs;
import tavern.server.store.GrantTransactions;
import tavern.server.store.LedgerLeg;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;
import tavern.server.store.RoomTurn;
import tavern.server.store.TradeTransactions;
import tavern.server.store.Transaction.RoomFence;

/** Builds the messages that consumers read about transactions. Safe on any thread. */
final class TransactionEvents {
    /** The name of the body's type, for the messages' property {@code type}. */
    static final String TYPE = TransactionCommitted.getDescriptor().getFullName();

    /** Stands for the room in the routing key of a transaction outside rooms; no room has this name. */
    private static final String NO_ROOM = "-";

    /** One word of a routing key, so that a kind cannot be taken for another; the key stays below 255 bytes. */
    private static final Pattern KIND = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");

    /** A game cannot pass its events off as these. */
    private static final Set<String> OWN_KINDS =
            Set.of(TradeTransactions.KIND, GrantTransactions.KIND, GrantTransactions.STARTER_KIND, RoomTurn.KIND);

    private final String realm;

    TransactionEvents(String realm) {
        this.realm = realm;
    }

    OutboxEvent describe(Settlement trade, RoomFence fence, long atMillis) {
        return event(
                head(TradeTransactions.KIND, fence, atMillis)
                        .setProposer(party(trade.proposer(), trade.terms().give()))
                        .setPartner(party(trade.partner(), trade.terms().want())),
                fence);
    }

    /** @throws IllegalArgumentException when the kind is not one, or that of trades */
    OutboxEvent describe(String kind, @Nullable RoomFence fence, long atMillis) {
        if (!KIND.matcher(kind).matches() || kind.equals(TradeTransactions.KIND)) {
            throw new IllegalArgumentException("not a kind of transactions other than trades: " + kind);
        }
        return event(head(kind, fence, atMillis), fence);
    }

    /** @throws IllegalArgumentException when the event is not a kind, or one of the server's own */
    OutboxEvent describe(String event, ByteString body, RoomFence fence, long atMillis) {
        if (!KIND.matcher(event).matches() || OWN_KINDS.contains(event)) {
            throw new IllegalArgumentException("not the name of a game's event: " + event);
        }
        return event(head(event, fence, atMillis).setBody(body), fence);
    }

    private TransactionCommitted.Builder head(String kind, @Nullable RoomFence fence, long atMillis) {
        TransactionCommitted.Builder head = TransactionCommitted.newBuilder()
                .setRealm(realm)
                .setCommittedAtMs(atMillis)
                .setKind(kind);
        return fence == null ? head : head.setRoom(fence.room().name()).setFence(fence.fence());
    }

    private OutboxEvent event(TransactionCommitted.Builder body, @Nullable RoomFence fence) {
        String room = fence == null ? NO_ROOM : fence.room().name();
        String routingKey = body.getKind() + "." + realm + "." + room;
        return new OutboxEvent(routingKey, body.build().toByteArray());
    }

    private static TradeParty party(Player player, tavern.game.Goods gave) {
        Goods.Builder goods = Goods.newBuilder();
        stacks(gave.stacks(), goods::addStacks);
        gave.items().forEach(goods::addItemIds);
        return TradeParty.newBuilder()
                .setPlayerId(player.id().value())
                .setPlayer(player.name())
                .setGave(goods)
                .build();
    }

    private static void stacks(SortedMap<String, Long> counts, Consumer<Stack> add) {
        counts.forEach((kind, count) ->
                add.accept(Stack.newBuilder().setKind(kind).setCount(count).build()));
    }

    private static void items(SortedMap<Long, String> kinds, Consumer<Item> add) {
        kinds.forEach((id, kind) ->
                add.accept(Item.newBuilder().setId(id).setKind(kind).build()));
    }

    /** Whether the message tells of a trade; so does what cannot be read, so that nothing is lost unseen. */
    static boolean isOfTrade(byte[] message) {
        CodedInputStream body = CodedInputStream.newInstance(message);
        try {
            for (int tag = body.readTag(); tag != 0; tag = body.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == TransactionCommitted.PROPOSER_FIELD_NUMBER) {
                    return true;
                }
                body.skipField(tag);
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * The whole message: what was described before the commit, and what only the commit knew. The parts of a message in
     * protobuf may stand one after the other. Always the same for the same row.
     */
    static byte[] body(OutboxRow row) {
        byte[] described = row.event().body();
        CommittedLegs committed = row.committed();
        if (committed == null) {
            return described;
        }
        TransactionCommitted.Builder rest = TransactionCommitted.newBuilder().setSequence(row.sequence());
        committed.legs().forEach(leg -> rest.addLegs(leg(leg)));
        committed
                .accounts()
                .forEach(after -> rest.addAccounts(AccountAfter.newBuilder()
                        .setAccount(account(after.id()))
                        .setVersion(after.version())
                        .setPlayer(after.player())));
        return joined(row.messageId(), described, rest.build());
    }

    /** In the order of the fields' numbers, as if it were written at once. */
    private static byte[] joined(String messageId, byte[] described, TransactionCommitted known) {
        int idBytes = CodedOutputStream.computeStringSize(TransactionCommitted.MESSAGE_ID_FIELD_NUMBER, messageId);
        byte[] body = new byte[idBytes + described.length + known.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(body);
        try {
            out.writeString(TransactionCommitted.MESSAGE_ID_FIELD_NUMBER, messageId);
            out.writeRawBytes(described);
            known.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the computed size was too small", e);
        }
        return body;
    }

    private static TransactionLeg leg(LedgerLeg leg) {
        TransactionLeg.Builder told =
                TransactionLeg.newBuilder().setFrom(account(leg.from())).setTo(account(leg.to()));
        stacks(leg.stacks(), told::addStacks);
        items(leg.items(), told::addItems);
        items(leg.made(), told::addMade);
        return told.build();
    }

    private static Account account(AccountId id) {
        if (id instanceof PlayerId player) {
            return Account.newBuilder().setPlayerId(player.value()).build();
        }
        return id instanceof NamedAccount named
                ? Account.newBuilder().setNamed(named.name()).build()
                : Account.newBuilder().setMint(((Mint) id).name()).build();
    }

    /**
     * Realm, room and fence as headers, for consumers that filter without reading bodies; parses the body only up to
     * the fence.
     */
    static Map<String, Object> headers(OutboxEvent event) {
        Map<String, Object> headers = new HashMap<>(8);
        CodedInputStream body = CodedInputStream.newInstance(event.body());
        try {
            for (int tag = body.readTag(); tag != 0; tag = body.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case TransactionCommitted.REALM_FIELD_NUMBER -> headers.put("realm", body.readString());
                    case TransactionCommitted.ROOM_FIELD_NUMBER -> headers.put("room", body.readString());
                    case TransactionCommitted.FENCE_FIELD_NUMBER -> {
                        headers.put("fence", body.readUInt64());
                        return headers;
                    }
                    default -> body.skipField(tag);
                }
            }
        } catch (IOException e) {
            // The headers are optional: what is in the outbox is published as it is.
            headers.clear();
        }
        return headers;
    }
}
