package tavern.server.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import tavern.fuzz.FuzzTarget;
import tavern.game.Names;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.ListRooms;
import tavern.protocol.v1.RoomOptions;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;

/**
 * The values in a client's requests: what comes through is valid by the rules for names, counts and lengths, and all else
 * is refused with {@link BadRequestException}.
 */
public final class RequestTarget implements FuzzTarget {
    public static final String NAME = "request";

    private static final int GOODS_MAX = 64;
    private static final int PAGE_MAX = 100;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String describe() {
        return "the values in a client's requests";
    }

    @Override
    public List<byte[]> seeds() {
        Goods goods = Goods.newBuilder()
                .addStacks(Stack.newBuilder().setKind("gold").setCount(Long.MAX_VALUE))
                .addStacks(Stack.newBuilder().setKind("wood").setCount(1))
                .addItemIds(7)
                .build();
        return Stream.of(
                        ClientMessage.newBuilder()
                                .setTradeOffer(TradeOffer.newBuilder()
                                        .setTradeId(ByteString.copyFrom(new byte[16]))
                                        .setTo("anna")
                                        .setGive(goods)
                                        .setWant(goods)),
                        ClientMessage.newBuilder()
                                .setJoinRoom(JoinRoom.newBuilder()
                                        .setRoom("hall")
                                        .setType("cards")
                                        .setTicket(ByteString.copyFromUtf8("secret"))),
                        ClientMessage.newBuilder()
                                .setJoinRoom(JoinRoom.newBuilder()
                                        .setRoom("table-1")
                                        .setOptions(RoomOptions.newBuilder()
                                                .setCapacity(4)
                                                .putMetadata("mode", "ranked"))),
                        ClientMessage.newBuilder()
                                .setListRooms(ListRooms.newBuilder()
                                        .setPrefix("t")
                                        .setMax(-1)
                                        .putMetadata("mode", "ranked")))
                .map(message -> message.setSeq(1).build().toByteArray())
                .toList();
    }

    @Override
    public void run(byte[] input) {
        ClientMessage message;
        try {
            message = ClientMessage.parseFrom(input);
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        parse(() -> RequestParser.player(message.getWhisper().getTo()));
        JoinRoom join = message.getJoinRoom();
        parse(() -> {
            if (!Names.isRoomName(RequestParser.room(join.getRoom()).name())) {
                throw new AssertionError("a room's name that is none: " + join.getRoom());
            }
        });
        parse(() -> RequestParser.type(join.getType()));
        parse(() -> RequestParser.ticket(join.getTicket()));
        parse(() -> RequestParser.options(join.getOptions(), join.getType()));
        parse(() -> {
            int max = RequestParser.query(message.getListRooms(), PAGE_MAX).max();
            if (max < 1 || max > PAGE_MAX) {
                throw new AssertionError("a page of " + max + " rooms");
            }
        });
        TradeOffer offer = message.getTradeOffer();
        parse(() -> {
            UUID id = RequestParser.tradeId(offer.getTradeId());
            if (offer.getTradeId().size() != 2 * Long.BYTES) {
                throw new AssertionError("an id that was cut: " + id);
            }
        });
        checkGoods(offer.getGive());
        checkGoods(offer.getWant());
    }

    private static void checkGoods(Goods asked) {
        parse(() -> {
            var goods = RequestParser.goods(asked, GOODS_MAX);
            boolean isWhole = goods.stacks().size() == asked.getStacksCount()
                    && goods.items().size() == asked.getItemIdsCount();
            boolean isValid = goods.stacks().entrySet().stream()
                    .allMatch(stack -> Names.isKind(stack.getKey()) && stack.getValue() > 0);
            if (!isWhole || !isValid || goods.items().stream().anyMatch(item -> item <= 0)) {
                throw new AssertionError("goods that are not those asked for: " + goods);
            }
        });
    }

    private interface Parse {
        void run() throws BadRequestException;
    }

    private static void parse(Parse parse) {
        try {
            parse.run();
        } catch (BadRequestException e) {
            if (e.getMessage() == null) {
                throw new AssertionError("a refusal without a reason", e);
            }
        }
    }
}
