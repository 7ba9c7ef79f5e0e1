package tavern.server.session;

import tavern.protocol.v1.Chat;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeAccept;
import tavern.protocol.v1.TradeCancel;
import tavern.protocol.v1.TradeDecline;
import tavern.protocol.v1.TradeOffer;

/** Logged in, in no room. */
final class LobbyStage extends SessionStage {
    LobbyStage(Sessions sessions, Session session, Connection connection) {
        super(sessions, session, connection);
    }

    @Override
    void move(int seq, int x, int y) {
        // A move on its way while the room was left is nobody's mistake.
        sessions.metrics().movesDropped.increment();
    }

    @Override
    void leave(int seq) {
        notInRoom(seq);
    }

    @Override
    void chat(int seq, Chat chat) {
        notInRoom(seq);
    }

    @Override
    void offer(int seq, TradeOffer offer) {
        notInRoom(seq);
    }

    @Override
    void accept(int seq, TradeAccept accept) {
        notInRoom(seq);
    }

    @Override
    void decline(int seq, TradeDecline decline) {
        notInRoom(seq);
    }

    @Override
    void cancel(int seq, TradeCancel cancel) {
        notInRoom(seq);
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
