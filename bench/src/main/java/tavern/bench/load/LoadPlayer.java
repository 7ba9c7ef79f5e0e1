package tavern.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tavern.bench.wire.Cursor;
import tavern.bench.wire.FrameHandler;

/** One player on one connection. Confined to its event loop. */
abstract class LoadPlayer extends FrameHandler {
    static final byte[] TEXT = "well met, traveller".getBytes(StandardCharsets.US_ASCII);

    private static final int HEADINGS = 16;
    private static final int TURN_BITS = 0x1f;
    private static final int REMEMBERED = 64;

    /** Below the limit, because the server's clock and ours may differ. */
    private static final double SHARE_OF_MAX_SPEED = 0.6;

    /** Moves per second of a player who walks continuously. */
    private static final double WALKING = 10;

    final LoadLoop loop;
    final Cursor cursor = new Cursor();

    /** The player's index within its room. */
    final int place;

    /** The player whose messages this one times, or null for none. */
    private @Nullable LoadPlayer watched;

    private final long[] sentNanos = new long[REMEMBERED];
    private final int[] sentSeqs = new int[REMEMBERED];
    private final SplittableRandom random;
    private @Nullable Channel channel;
    private int x;
    private int y;
    private int width;
    private int height;
    private int maxSpeed;
    private int heading;
    private double timeRate = 1;

    /** Of a move that is due by the room's time. */
    private double moveShare;

    private boolean leaving;
    private boolean joined;

    /** Whether to send the next ping as soon as the last one is answered. */
    private boolean pingPong;

    LoadPlayer(LoadLoop loop, int place) {
        this.loop = loop;
        this.place = place;
        this.random = new SplittableRandom(loop.nextSeed());
        this.heading = random.nextInt(HEADINGS);
    }

    // ---- frames of a dialect ----

    abstract ByteBuf hello();

    abstract int nextSeq();

    abstract ByteBuf moveFrame(int seq, int toX, int toY);

    abstract ByteBuf chatFrame(int seq);

    abstract ByteBuf pingFrame(long nonce);

    abstract @Nullable ByteBuf byeFrame();

    // ---- actions ----

    final void watch(@Nullable LoadPlayer other) {
        watched = other;
    }

    final @Nullable LoadPlayer watched() {
        return watched;
    }

    final boolean hasJoined() {
        return joined;
    }

    final void standAt(int atX, int atY, int mapWidth, int mapHeight, int speed) {
        x = atX;
        y = atY;
        width = mapWidth;
        height = mapHeight;
        maxSpeed = speed;
    }

    final void backTo(int atX, int atY) {
        x = atX;
        y = atY;
    }

    /** P-112: the speed of the room's time. */
    final void timePasses(int permille) {
        timeRate = permille == 0 ? 1 : permille / 1_000.0;
    }

    final double timeRate() {
        return timeRate;
    }

    final void joined() {
        if (!joined) {
            joined = true;
            loop.joined();
        }
    }

    /** Walks straight on for a while, then in another direction; turns around at the map's edge. */
    final void move(double movesPerSecond, long nanos) {
        // P-113: in a slow room as many fewer, each of the same length.
        moveShare += timeRate;
        if (moveShare < 1) {
            return;
        }
        moveShare -= 1;
        if ((random.nextInt() & TURN_BITS) == 0) {
            heading = random.nextInt(HEADINGS);
        }
        // A player who moves seldom makes steps of the same length, only fewer of them.
        double step = maxSpeed * SHARE_OF_MAX_SPEED / Math.max(movesPerSecond, WALKING);
        double angle = heading * 2 * Math.PI / HEADINGS;
        int toX = x + (int) (step * Math.cos(angle));
        int toY = y + (int) (step * Math.sin(angle));
        if (toX < 0 || toX > width || toY < 0 || toY > height) {
            heading = (heading + HEADINGS / 2) % HEADINGS;
            toX = x;
            toY = y;
        }
        x = toX;
        y = toY;
        int seq = nextSeq();
        remember(seq, nanos);
        loop.counts().movesSent++;
        send(moveFrame(seq, x, y));
    }

    final void chat(long nanos) {
        int seq = nextSeq();
        remember(seq, nanos);
        loop.counts().chatsSent++;
        send(chatFrame(seq));
    }

    final void ping() {
        send(pingFrame(nextSeq()));
    }

    final void pingPong(boolean on) {
        boolean begins = on && !pingPong;
        pingPong = on;
        if (begins) {
            ping();
        }
    }

    final void pong() {
        loop.counts().pongs++;
        if (pingPong) {
            ping();
        }
    }

    private void remember(int seq, long nanos) {
        sentSeqs[seq & REMEMBERED - 1] = seq;
        sentNanos[seq & REMEMBERED - 1] = nanos;
    }

    /** Called when another player has seen the message that this player sent with this number. */
    final void seen(int seq) {
        if (seq != 0 && sentSeqs[seq & REMEMBERED - 1] == seq) {
            loop.counts().latency(System.nanoTime() - sentNanos[seq & REMEMBERED - 1]);
        }
    }

    final void send(ByteBuf frame) {
        Channel to = channel;
        if (to == null) {
            frame.release();
        } else {
            to.writeAndFlush(frame, to.voidPromise());
        }
    }

    final ByteBuf buffer(int bytes) {
        return PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
    }

    final void leave() {
        leaving = true;
        Channel from = channel;
        if (from == null) {
            return;
        }
        ByteBuf bye = byeFrame();
        if (bye == null) {
            from.close();
        } else {
            send(bye);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        if (leaving) {
            context.close();
        } else {
            send(hello());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        channel = null;
        loop.gone(this, leaving);
        super.channelInactive(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!leaving) {
            loop.counts().error(cause.toString());
        }
        context.close();
    }
}
