package tavern.server.room;

import com.google.protobuf.ByteString;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;

/** A member who is told nothing. */
record Silent(Player player) implements RoomMember {
    @Override
    public void answer(ServerMessage message) {}

    @Override
    public void deliver(ServerMessage.Builder message) {}

    @Override
    public void behind(Runnable task) {
        task.run();
    }

    @Override
    public void expel(ErrorCode code, String text) {}

    @Override
    public String action(int seq) {
        return player.name() + "." + seq;
    }

    @Override
    public void send(RoomId to, ByteString ticket) {}

    @Override
    public void said(Room room, String text) {}

    @Override
    public void left(Room room) {}
}
