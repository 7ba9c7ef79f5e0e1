package tavern.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The players of one event loop: connects them, paces them and counts. Confined to the loop, except {@link #loop()}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are counted where they happen
final class LoadLoop {
    private static final int CONNECTING_MAX = 64;
    private static final int CONNECT_MILLIS_MAX = 20_000;

    /** An address has about 28,000 ports for one server; this limit leaves room for ports of earlier runs. */
    private static final int CONNECTIONS_PER_ADDRESS = 5_000;

    /** One player in this many watches another to sample latencies; more watchers would cost the load too much CPU. */
    private static final int PLAYERS_PER_WATCHER = 20;

    /** Interval at which the players whose turn it is act. */
    private static final long PACE_MICROS = 1_000;

    private final EventLoop loop;
    private final Class<? extends Channel> socket;
    private final InetSocketAddress server;
    private final int roomSize;
    private final String prefix;
    private final List<LoadPlayer> players = new ArrayList<>();
    private final IntObjectHashMap<LoadPlayer> byIndex = new IntObjectHashMap<>();
    private final IntObjectHashMap<LoadPlayer> known = new IntObjectHashMap<>();
    private final Deque<Newcomer> waiting = new ArrayDeque<>();
    private List<LoadPlayer> turns = List.of();
    private Counts counts = new Counts();
    private Rates rates = Rates.IDLE;
    private @Nullable ScheduledFuture<?> pace;
    private @Nullable CompletableFuture<Void> allIn;
    private @Nullable CompletableFuture<Void> allOut;
    private int connecting;
    private int present;
    private long seed = 1;
    private long lastNanos;
    private final Turn moves = new Turn();
    private final Turn chats = new Turn();
    private final Turn pings = new Turn();

    private record Newcomer(LoadPlayer player, int index, Dialect dialect) {}

    /** Tracks whose turn it is and how many turns are due. */
    private static final class Turn {
        private double owed;
        private int next;
    }

    LoadLoop(EventLoop loop, InetSocketAddress server, int roomSize, String prefix) {
        this.loop = loop;
        this.socket = socketOf(loop);
        this.server = server;
        this.roomSize = roomSize;
        this.prefix = prefix;
    }

    private static Class<? extends Channel> socketOf(EventLoop loop) {
        if (loop instanceof IoEventLoop io && io.isCompatible(IoUringIoHandle.class)) {
            return IoUringSocketChannel.class;
        }
        return loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class)
                ? EpollSocketChannel.class
                : NioSocketChannel.class;
    }

    EventLoop loop() {
        return loop;
    }

    Counts counts() {
        return counts;
    }

    long nextSeed() {
        return seed++;
    }

    // ---- coming and going ----

    /**
     * Completes {@code done} when all these players are in their rooms.
     *
     * @param indices the players' indices in the swarm
     */
    void enter(Dialect dialect, List<Integer> indices, CompletableFuture<Void> done) {
        allIn = done;
        for (int index : indices) {
            int room = index / roomSize;
            LoadPlayer player = dialect.player(this, prefix + "r" + room, room, prefix + index, index % roomSize);
            if (player.place % PLAYERS_PER_WATCHER == 1) {
                player.watch(byIndex.get(index - 1));
            }
            byIndex.put(index, player);
            players.add(player);
            waiting.add(new Newcomer(player, index, dialect));
        }
        turns = new ArrayList<>(players);
        // Otherwise all players of a room would move within the same tick.
        Collections.shuffle(turns, new Random(7));
        letIn();
    }

    private void letIn() {
        while (connecting < CONNECTING_MAX) {
            Newcomer next = waiting.poll();
            if (next == null) {
                break;
            }
            connecting++;
            connect(next);
        }
        if (connecting == 0 && waiting.isEmpty() && allIn != null) {
            allIn.complete(null);
        }
    }

    private void connect(Newcomer newcomer) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(socket)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        newcomer.dialect().carry(channel.pipeline(), server);
                        channel.pipeline().addLast(newcomer.player());
                    }
                });
        if (socket == EpollSocketChannel.class) {
            // The kernel then chooses a port that is free for this server, not for the address alone.
            bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
        ChannelFuture connected = bootstrap.connect(server, source(newcomer.index()));
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                failed(new IllegalStateException("cannot connect: " + done.cause()));
            }
        });
    }

    /** Picks one of the many loopback addresses. */
    private static InetSocketAddress source(int index) {
        int last = 1 + index / CONNECTIONS_PER_ADDRESS % 250;
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last}), 0);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are always a valid address", e);
        }
    }

    void joined() {
        connecting--;
        present++;
        letIn();
    }

    void gone(LoadPlayer player, boolean leaving) {
        if (player.hasJoined()) {
            present--;
        }
        if (!leaving) {
            counts.disconnects++;
            String why = counts.firstError();
            failed(new IllegalStateException("a player was disconnected" + (why == null ? "" : ": " + why)));
        }
        if (present == 0 && allOut != null) {
            allOut.complete(null);
        }
    }

    private void failed(Exception why) {
        if (allIn != null) {
            allIn.completeExceptionally(why);
        }
    }

    void leave(CompletableFuture<Void> done) {
        allOut = done;
        pace(new Rates(0, 0, 0), false);
        if (pace != null) {
            pace.cancel(false);
        }
        waiting.clear();
        if (present == 0) {
            done.complete(null);
        }
        players.forEach(LoadPlayer::leave);
    }

    // ---- pace ----

    /** @param pingPong whether each player sends a ping as soon as the last one is answered */
    void pace(Rates next, boolean pingPong) {
        rates = next;
        lastNanos = System.nanoTime();
        if (pace == null) {
            pace = loop.scheduleAtFixedRate(this::act, PACE_MICROS, PACE_MICROS, TimeUnit.MICROSECONDS);
        }
        players.forEach(player -> player.pingPong(pingPong));
    }

    private void act() {
        long now = System.nanoTime();
        double seconds = (now - lastNanos) / 1e9;
        lastNanos = now;
        act(moves, due(moves, rates.moves(), seconds), player -> player.move(rates.moves(), now));
        act(chats, due(chats, rates.chats(), seconds), player -> player.chat(now));
        act(pings, due(pings, rates.pings(), seconds), LoadPlayer::ping);
    }

    private void act(Turn turn, int due, Consumer<LoadPlayer> what) {
        for (int i = 0; i < due; i++) {
            LoadPlayer player = next(turn);
            // Newcomers do nothing before they have joined.
            if (player.hasJoined()) {
                what.accept(player);
            }
        }
    }

    private int due(Turn turn, double rate, double seconds) {
        // After a pause each player makes up for at most one turn.
        turn.owed = Math.min(turn.owed + rate * seconds * turns.size(), turns.size());
        int due = (int) turn.owed;
        turn.owed -= due;
        return due;
    }

    private LoadPlayer next(Turn turn) {
        turn.next = turn.next >= turns.size() - 1 ? 0 : turn.next + 1;
        return turns.get(turn.next);
    }

    /** Returns the counts since the last call. */
    Counts take() {
        Counts taken = counts;
        for (LoadPlayer player : players) {
            taken.timeRate = Math.min(taken.timeRate, player.timeRate());
        }
        counts = new Counts();
        return taken;
    }

    // ---- who is who ----

    void seen(@Nullable LoadPlayer player, int seq) {
        if (player != null) {
            player.seen(seq);
        }
    }

    void knownAs(int id, LoadPlayer player) {
        known.put(id, player);
    }

    @Nullable
    LoadPlayer known(int id) {
        return known.get(id);
    }

    @Nullable
    LoadPlayer player(int index) {
        return byIndex.get(index);
    }

    /** The index at the end of a player's name. */
    int indexOf(ByteBuf in, int from, int length) {
        int index = 0;
        for (int at = from + prefix.length(); at < from + length; at++) {
            index = index * 10 + in.getByte(at) - '0';
        }
        return index;
    }
}
