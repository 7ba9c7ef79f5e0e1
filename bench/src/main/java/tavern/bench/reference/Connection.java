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

/** One player. Its newest move waits in one word for the room's tick: no lock, no queue, no wake-up, no garbage. */
final class Connection extends FrameHandler {
    /** A move of seq 0, which there is none of. */
    static final long NO_MOVE = 0;

    private static final int COORDINATE_MASK = 0xffff;
    private static final VarHandle MOVE;

    static {
        try {
            MOVE = MethodHandles.lookup().findVarHandle(Connection.class, "move", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Channel channel;
    private final Rooms rooms;
    private final Cursor cursor = new Cursor();
    private int id;
    private @Nullable Room room;
    private boolean mustFlush;

    /** seq, x and y: written by the connection's loop, taken by the room's. */
    @SuppressWarnings("unused") // by its handle
    private long move;

    Connection(Channel channel, Rooms rooms) {
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
        cursor.varint(); // the length of what is the rest of the frame
        switch (kind) {
            case Messages.MOVE -> move();
            case Messages.PING -> pong(in);
            case Messages.CHAT -> chat(in);
            case Messages.ENTER -> enter();
            default -> throw new IllegalArgumentException("no message has the tag " + kind);
        }
    }

    private void move() {
        long seq = 0;
        int x = 0;
        int y = 0;
        while (!cursor.isAtEnd()) {
            int tag = cursor.varint();
            switch (tag) {
                case Messages.NUMBER_1 -> seq = Integer.toUnsignedLong(cursor.varint());
                case Messages.NUMBER_2 -> x = cursor.varint();
                case Messages.NUMBER_3 -> y = cursor.varint();
                default -> cursor.skip(tag);
            }
        }
        MOVE.setRelease(this, seq << 32 | (x & COORDINATE_MASK) << 16 | y & COORDINATE_MASK);
        Room here = room;
        if (here != null) {
            here.moved();
        }
    }

    /** The newest move since it was last asked for, or {@link #NO_MOVE}. By the room's loop. */
    long takeMove() {
        // Most players have not moved: looking costs less than taking.
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
        out.writeByte(11).writeByte(Messages.PONG).writeByte(9).writeByte(Messages.LONG_1);
        out.writeLong(in.getLong(cursor.position()));
        write(out);
        mustFlush = true;
    }

    private void chat(ByteBuf in) {
        Room here = room;
        if (here == null) {
            return;
        }
        int seq = 0;
        int text = 0;
        int textBytes = 0;
        while (!cursor.isAtEnd()) {
            int tag = cursor.varint();
            switch (tag) {
                case Messages.NUMBER_1 -> seq = cursor.varint();
                case Messages.BYTES_2 -> {
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
        out.writeByte(Messages.CHATTED);
        Varints.write(out, body);
        out.writeByte(Messages.NUMBER_1);
        Varints.write(out, id);
        out.writeByte(Messages.NUMBER_2);
        Varints.write(out, seq);
        out.writeByte(Messages.BYTES_3);
        Varints.write(out, textBytes);
        out.writeBytes(in, text, textBytes);
        here.event(out);
    }

    private void enter() {
        cursor.varint();
        Room entered = rooms.get(cursor.varint());
        id = rooms.newPlayer();
        room = entered;
        entered.add(this);
        int body = 1 + Varints.bytes(id);
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(16);
        out.writeByte(2 + body).writeByte(Messages.ENTERED).writeByte(body).writeByte(Messages.NUMBER_1);
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

    /** Positions are left out for who does not take what is sent. */
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
