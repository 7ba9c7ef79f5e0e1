package tavern.server.room;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cluster.Node;
import tavern.server.game.Action;

/** A member who remembers what he is told. */
final class Guest implements RoomMember {
    private final Player player;
    private final List<ServerMessage> heard = new CopyOnWriteArrayList<>();
    private final List<String> sentTo = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> lane = new ConcurrentLinkedQueue<>();
    private volatile @Nullable ViewClient ears;
    private volatile boolean isOut;
    private int seq = 100;

    Guest(Player player) {
        this.player = player;
    }

    /** Says something to the room's game. @return the number of the message */
    int says(Room room, String text) {
        return asks(room, 0, text);
    }

    int asks(Room room, long request, String text) {
        seq++;
        byte[] payload = StringValue.of(text).toByteArray();
        room.offer(this, new Action.Custom(player.id(), seq, 0, payload, request));
        return seq;
    }

    /** From now on personal messages go to this connection, once {@link #catchUp} says so. */
    void lagBehind(ViewClient over) {
        ears = over;
    }

    /** How much there is to {@link #catchUp} with. */
    int lag() {
        return lane.size();
    }

    void catchUp() {
        for (Runnable next = lane.poll(); next != null; next = lane.poll()) {
            next.run();
        }
    }

    /** Personal messages so far. */
    List<ServerMessage> heard() {
        return heard;
    }

    ServerMessage answerTo(int number) {
        await("an answer to " + number + " of " + player.name())
                .until(() -> heard.stream().anyMatch(message -> message.getReplyTo() == number));
        return heard.stream()
                .filter(message -> message.getReplyTo() == number)
                .findFirst()
                .orElseThrow();
    }

    void isDone(int number) {
        ServerMessage answer = answerTo(number);
        if (!answer.hasTurnDone()) {
            throw new AssertionError(answer);
        }
    }

    void isRefused(int number, ErrorCode code) {
        ServerMessage answer = answerTo(number);
        if (answer.getError().getCode() != code) {
            throw new AssertionError(answer);
        }
    }

    void hears(Predicate<ServerMessage> message) {
        await(player.name()).until(() -> heard.stream().anyMatch(message));
    }

    static String text(ServerMessage message) {
        try {
            return StringValue.parseFrom(message.getCustom().getPayload()).getValue();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    List<String> sentTo() {
        return sentTo;
    }

    boolean isOut() {
        return isOut;
    }

    @Override
    public Player player() {
        return player;
    }

    @Override
    public void answer(ServerMessage message) {
        heard.add(message);
    }

    @Override
    public void deliver(ServerMessage.Builder message) {
        ViewClient over = ears;
        if (over == null) {
            heard.add(message.build());
        } else {
            ByteBuf frame = Unpooled.wrappedBuffer(Frames.copyOf(message.build()));
            lane.add(() -> over.loop().execute(() -> over.write(frame)));
        }
    }

    @Override
    public void behind(Runnable task) {
        if (ears == null) {
            task.run();
        } else {
            lane.add(task);
        }
    }

    @Override
    public void expel(ErrorCode code, String text) {}

    @Override
    public void send(RoomId to, ByteString ticket) {
        sentTo.add(to + " " + ticket.toStringUtf8());
    }

    @Override
    public String action(int number) {
        return player.name() + "." + number;
    }

    @Override
    public void said(Room room, String text) {}

    @Override
    public void left(Room room) {
        isOut = true;
    }

    @Override
    public CompletionStage<Void> freeze() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void thaw() {}

    @Override
    public void moved(Room from, Node to) {}
}
