package tavern.server.store.embedded;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.server.game.Goods;
import tavern.server.game.Terms;

/** Terms and ids as the file holds them: a {@link TradeOffer} with both sides only, sorted, so that equal is equal. */
final class TermsBytes {
    private TermsBytes() {}

    static byte[] of(Terms terms) {
        return TradeOffer.newBuilder()
                .setGive(message(terms.give()))
                .setWant(message(terms.want()))
                .build()
                .toByteArray();
    }

    static Terms parse(byte[] bytes) {
        try {
            TradeOffer offer = TradeOffer.parseFrom(bytes);
            return new Terms(goods(offer.getGive()), goods(offer.getWant()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("terms of a stored trade cannot be read", e);
        }
    }

    static byte[] of(UUID uuid) {
        return ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }

    static UUID parseUuid(byte[] bytes) {
        ByteBuffer halves = ByteBuffer.wrap(bytes);
        return new UUID(halves.getLong(), halves.getLong());
    }

    private static tavern.protocol.v1.Goods message(Goods goods) {
        tavern.protocol.v1.Goods.Builder message = tavern.protocol.v1.Goods.newBuilder();
        goods.stacks()
                .forEach((kind, count) ->
                        message.addStacks(Stack.newBuilder().setKind(kind).setCount(count)));
        return message.addAllItemIds(goods.items()).build();
    }

    private static Goods goods(tavern.protocol.v1.Goods message) {
        TreeMap<String, Long> stacks = new TreeMap<>();
        for (Stack stack : message.getStacksList()) {
            stacks.put(stack.getKind(), stack.getCount());
        }
        return new Goods(stacks, new TreeSet<>(message.getItemIdsList()));
    }
}
