package tavern.server.session;

import tavern.protocol.v1.Chat;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeAccept;
import tavern.protocol.v1.TradeCancel;
import tavern.protocol.v1.TradeDecline;
import tavern.protocol.v1.TradeOffer;
import tavern.server.game.Terms;

/** Logged in, but in no room: the only request about trades is how they ended (P-51). */
final class LobbyStage extends SessionStage {
    LobbyStage(Sessions sessions, Session session, Connection connection) {
        super(sessions, session, connection);
    }

    @Override
    void move(int seq, int x, int y) {
        // A move that was on its way when the room was left is nobody's mistake.
        sessions.metrics().movesDropped.increment();
    }

    @Override
    void chat(int seq, Chat chat) {
        notInRoom(seq);
    }

    @Override
    void offer(int seq, TradeOffer offer) throws BadRequestException {
        int entriesMax = sessions.tradeEntriesMax();
        Terms terms = new Terms(
                RequestParser.goods(offer.getGive(), entriesMax), RequestParser.goods(offer.getWant(), entriesMax));
        sessions.pastTrades()
                .offered(
                        session,
                        seq,
                        RequestParser.tradeId(offer.getTradeId()),
                        RequestParser.player(offer.getTo()),
                        terms);
    }

    @Override
    void accept(int seq, TradeAccept accept) throws BadRequestException {
        sessions.pastTrades()
                .ofPartner(
                        session,
                        seq,
                        sessions.playerId(RequestParser.player(accept.getFrom())),
                        RequestParser.tradeId(accept.getTradeId()));
    }

    @Override
    void decline(int seq, TradeDecline decline) throws BadRequestException {
        sessions.pastTrades()
                .ofPartner(
                        session,
                        seq,
                        sessions.playerId(RequestParser.player(decline.getFrom())),
                        RequestParser.tradeId(decline.getTradeId()));
    }

    @Override
    void cancel(int seq, TradeCancel cancel) throws BadRequestException {
        sessions.pastTrades().ofProposer(session, seq, RequestParser.tradeId(cancel.getTradeId()));
    }

    @Override
    void custom(int seq, Custom custom) {
        notInRoom(seq);
    }

    private void notInRoom(int seq) {
        refuse(seq, ErrorCode.NOT_IN_ROOM, "join a room first");
    }

    @Override
    public String name() {
        return "lobby";
    }
}
