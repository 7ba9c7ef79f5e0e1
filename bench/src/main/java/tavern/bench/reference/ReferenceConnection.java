package tavern.bench.reference;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import tavern.bench.wire.Cursor;
import tavern.bench.wire.FrameHandler;
import tavern.bench.wire.Varints;

/** One player. Its newest move waits in one {@code long} for the room's tick: no lock, queue, wake-up or garbage. */
final class ReferenceConnection extends FrameHandler {
    /** The value without a move; no move has seq 0. */
    static final long NO_MOVE = 0;

    private static final int COORDINATE_MASK = 0xffff;
    private static final VarHandle MOVE;

    static {
        try {
            MOVE = MethodHandles.lookup().findVarHandle(ReferenceConnection.class, "move", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Channel channel;
    private final ReferenceRooms rooms;
    private final Cursor cursor = new Cursor();
    private int id;
    private @Nullable ReferenceRoom room;
    private boolean mustFlush;

    /** Packed seq, x and y; written by the connection's loop, taken by the room's loop. */
    @SuppressWarnings("unused") // accessed through MOVE
    private long move;

    ReferenceConnection(Channel channel, ReferenceRooms rooms) {
        this.channel = channel;
        this.rooms = rooms;
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    int id() {
        return id;
    }

    // ---- from the client ----

    @Override
    protected void frame(ByteBuf in, int start, int end) {
        cursor.over(in, start, end);
        int kind = cursor.varint();
        cursor.varint(); // the length of the rest of the frame
        switch (kind) {
            case ReferenceMessages.MOVE -> move();
            case ReferenceMessages.PING -> pong(in);
            case ReferenceMessages.CHAT -> chat(in);
            case ReferenceMessages.ENTER -> enter();
            default -> throw new IllegalArgumentException("unknown message tag " + kind);
        }
    }

    private void move() {
        long seq = 0;
        int x = 0;
        int y = 0;
        while (!cursor.isAtEnd()) {
            int tag = cursor.varint();
            switch (tag) {
                case ReferenceMessages.NUMBER_1 -> seq = Integer.toUnsignedLong(cursor.varint());
                case ReferenceMessages.NUMBER_2 -> x = cursor.varint();
                case ReferenceMessages.NUMBER_3 -> y = cursor.varint();
                default -> cursor.skip(tag);
            }
        }
        MOVE.setRelease(this, seq << 32 | (x & COORDINATE_MASK) << 16 | y & COORDINATE_MASK);
        ReferenceRoom here = room;
        if (here != null) {
            here.moved();
        }
    }

    /** Takes the newest move since the last call, or {@link #NO_MOVE}. Called on the room's loop. */
    long takeMove() {
        // Most players have not moved, and a plain read costs less than a swap.
        return (long) MOVE.getOpaque(this) == NO_MOVE ? NO_MOVE : (long) MOVE.getAndSetAcquire(this, NO_MOVE);
    }

    static int seq(long move) {
        return (int) (move >>> 32);
    }

    static int x(long move) {
        return (int) (move >>> 16) & COORDINATE_MASK;
    }

    static int y(long move) {
        return (int) move & COORDINATE_MASK;
    }

    private void pong(ByteBuf in) {
        cursor.varint();
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(12);
        out.writeByte(11).writeByte(ReferenceMessages.PONG).writeByte(9).writeByte(ReferenceMessages.LONG_1);
        out.writeLong(in.getLong(cursor.position()));
        write(out);
        mustFlush = true;
    }

    private void chat(ByteBuf in) {
        ReferenceRoom here = room;
        if (here == null) {
            return;
        }
        int seq = 0;
        int text = 0;
        int textBytes = 0;
        while (!cursor.isAtEnd()) {
            int tag = cursor.varint();
            switch (tag) {
                case ReferenceMessages.NUMBER_1 -> seq = cursor.varint();
                case ReferenceMessages.BYTES_2 -> {
                    textBytes = cursor.varint();
                    text = cursor.position();
                    cursor.position(text + textBytes);
                }
                default -> cursor.skip(tag);
            }
        }
        int body = 1 + Varints.bytes(id) + 1 + Varints.bytes(seq) + 1 + Varints.bytes(textBytes) + textBytes;
        int message = 1 + Varints.bytes(body) + body;
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(Varints.bytes(message) + message);
        Varints.write(out, message);
        out.writeByte(ReferenceMessages.CHATTED);
        Varints.write(out, body);
        out.writeByte(ReferenceMessages.NUMBER_1);
        Varints.write(out, id);
        out.writeByte(ReferenceMessages.NUMBER_2);
        Varints.write(out, seq);
        out.writeByte(ReferenceMessages.BYTES_3);
        Varints.write(out, textBytes);
        out.writeBytes(in, text, textBytes);
        here.event(out);
    }

    private void enter() {
        cursor.varint();
        ReferenceRoom entered = rooms.get(cursor.varint());
        id = rooms.newPlayer();
        room = entered;
        entered.add(this);
        int body = 1 + Varints.bytes(id);
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(16);
        out.writeByte(2 + body)
                .writeByte(ReferenceMessages.ENTERED)
                .writeByte(body)
                .writeByte(ReferenceMessages.NUMBER_1);
        Varints.write(out, id);
        write(out);
        mustFlush = true;
    }

    @Override
    protected void readComplete() {
        if (mustFlush) {
            mustFlush = false;
            channel.flush();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (room != null) {
            room.remove(this);
        }
        super.channelInactive(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    // ---- to the client, on the loop ----

    /** Skips clients that do not read what was sent to them. */
    void writePositions(ByteBuf frame) {
        if (channel.isWritable()) {
            channel.write(frame.retainedDuplicate(), channel.voidPromise());
        }
    }

    void write(ByteBuf frame) {
        channel.write(frame, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }
}
