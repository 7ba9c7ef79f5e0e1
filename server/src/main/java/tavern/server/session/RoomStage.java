package tavern.server.session;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeAccept;
import tavern.protocol.v1.TradeCancel;
import tavern.protocol.v1.TradeDecline;
import tavern.protocol.v1.TradeOffer;
import tavern.server.game.Action;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.room.MoveSlot;
import tavern.server.room.Room;
import tavern.server.room.Wire;
import tavern.server.store.Causes;

/** In a room: requests go into the room's mailbox, moves into the member's slot. */
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
    void chat(int seq, Chat chat) {
        room.offer(session, new Action.Chat(self, seq, chat.getText(), sessions.wallMillis()));
    }

    @Override
    void offer(int seq, TradeOffer offer) throws BadRequestException {
        if (isFrozen(Freeze.What.TRADES, seq)) {
            return;
        }
        TradeId trade = new TradeId(self, RequestParser.tradeId(offer.getTradeId()));
        String to = RequestParser.player(offer.getTo());
        int entriesMax = sessions.tradeEntriesMax();
        Terms terms = new Terms(
                RequestParser.goods(offer.getGive(), entriesMax), RequestParser.goods(offer.getWant(), entriesMax));
        room.offer(session, new Action.OfferTrade(self, seq, trade, to, terms, sessions.wallMillis()));
    }

    @Override
    void accept(int seq, TradeAccept accept) throws BadRequestException {
        if (isFrozen(Freeze.What.TRADES, seq)) {
            return;
        }
        UUID uuid = RequestParser.tradeId(accept.getTradeId());
        withProposer(
                seq,
                RequestParser.player(accept.getFrom()),
                proposer -> new Action.AcceptTrade(self, seq, new TradeId(proposer, uuid)));
    }

    @Override
    void decline(int seq, TradeDecline decline) throws BadRequestException {
        UUID uuid = RequestParser.tradeId(decline.getTradeId());
        withProposer(
                seq,
                RequestParser.player(decline.getFrom()),
                proposer -> new Action.DeclineTrade(self, seq, new TradeId(proposer, uuid)));
    }

    @Override
    void cancel(int seq, TradeCancel cancel) throws BadRequestException {
        room.offer(
                session,
                new Action.CancelTrade(self, seq, new TradeId(self, RequestParser.tradeId(cancel.getTradeId()))));
    }

    @Override
    void custom(int seq, Custom custom) {
        room.offer(
                session,
                new Action.Custom(
                        self, seq, custom.getKind(), custom.getPayload().toByteArray(), custom.getRequest()));
    }

    /** Trade ids are scoped to the proposer, who may have left. Later requests wait for the answer. */
    private void withProposer(int seq, String name, Function<PlayerId, Action.ByPlayer> action) {
        PlayerId present = sessions.presentId(name);
        if (present != null) {
            room.offer(session, action.apply(present));
            return;
        }
        CompletionStage<Optional<PlayerId>> proposer = sessions.playerId(name);
        session.inbox().hold();
        proposer.whenComplete((found, failure) -> {
            try {
                if (failure != null) {
                    session.answer(Failure.answer(seq, () -> session.action(seq), Causes.of(failure)));
                } else if (found.isEmpty()) {
                    session.answer(Wire.error(seq, ErrorCode.TRADE_NOT_FOUND, "no such trade", 0));
                } else {
                    room.offer(session, action.apply(found.get()));
                }
            } finally {
                session.inLane(() -> session.link().release());
            }
        });
    }

    @Override
    public String name() {
        return "room " + room.id();
    }
}
