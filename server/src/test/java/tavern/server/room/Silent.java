package tavern.server.room;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cluster.Node;

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

    @Override
    public CompletionStage<Void> freeze() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void thaw() {}

    @Override
    public void moved(Room from, Node to) {}
}
