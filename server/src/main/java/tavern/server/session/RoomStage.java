package tavern.server.session;

import java.util.UUID;
import java.util.function.Function;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeAccept;
import tavern.protocol.v1.TradeCancel;
import tavern.protocol.v1.TradeDecline;
import tavern.protocol.v1.TradeOffer;
import tavern.server.game.Action;
import tavern.server.game.PlayerId;
import tavern.server.game.RoomId;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.room.MoveSlot;
import tavern.server.room.Room;
import tavern.server.room.Wire;

/** In a room: what is asked for goes into the room's mailbox, moves into the member's slot. */
final class RoomStage extends SessionStage {
    private final Room room;
    private final MoveSlot moves;
    private final PlayerId self;

    RoomStage(Sessions sessions, Session session, Connection connection, Room room, MoveSlot moves) {
        super(sessions, session, connection);
        this.room = room;
        this.moves = moves;
        this.self = session.player().id();
    }

    @Override
    RoomId place() {
        return room.id();
    }

    @Override
    void move(int seq, int x, int y) {
        moves.put(seq, x, y);
    }

    @Override
    void leave(int seq) {
        ServerMessage left = Wire.left(seq, room.id().name());
        room.leave(session).thenRun(() -> connection.post(left));
    }

    @Override
    void chat(int seq, Chat chat) {
        room.offer(session, new Action.Chat(self, seq, chat.getText()));
    }

    @Override
    void offer(int seq, TradeOffer offer) throws BadRequestException {
        TradeId trade = new TradeId(self, Requests.tradeId(offer.getTradeId()));
        String to = Requests.player(offer.getTo());
        int entriesMax = sessions.tradeEntriesMax();
        Terms terms =
                new Terms(Requests.goods(offer.getGive(), entriesMax), Requests.goods(offer.getWant(), entriesMax));
        room.offer(session, new Action.OfferTrade(self, seq, trade, to, terms));
    }

    @Override
    void accept(int seq, TradeAccept accept) throws BadRequestException {
        UUID uuid = Requests.tradeId(accept.getTradeId());
        withProposer(
                seq,
                Requests.player(accept.getFrom()),
                proposer -> new Action.AcceptTrade(self, seq, new TradeId(proposer, uuid)));
    }

    @Override
    void decline(int seq, TradeDecline decline) throws BadRequestException {
        UUID uuid = Requests.tradeId(decline.getTradeId());
        withProposer(
                seq,
                Requests.player(decline.getFrom()),
                proposer -> new Action.DeclineTrade(self, seq, new TradeId(proposer, uuid)));
    }

    @Override
    void cancel(int seq, TradeCancel cancel) throws BadRequestException {
        room.offer(
                session, new Action.CancelTrade(self, seq, new TradeId(self, Requests.tradeId(cancel.getTradeId()))));
    }

    @Override
    void custom(int seq, Custom custom) {
        room.offer(
                session,
                new Action.Custom(
                        self, seq, custom.getKind(), custom.getPayload().toByteArray()));
    }

    /** Ids of trades belong to who made the offer, who need not be here any more. */
    private void withProposer(int seq, String name, Function<PlayerId, Action.ByPlayer> action) {
        sessions.playerId(name).whenComplete((found, failure) -> {
            if (failure != null) {
                session.answer(Wire.error(seq, ErrorCode.UNAVAILABLE, "the store does not answer", 1_000));
            } else if (found.isEmpty()) {
                session.answer(Wire.error(seq, ErrorCode.TRADE_NOT_FOUND, "no such trade", 0));
            } else {
                room.offer(session, action.apply(found.get()));
            }
        });
    }

    @Override
    public String name() {
        return "room " + room.id();
    }
}
