package tavern.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
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

/** The players of one event loop: lets them in, sets their pace, counts. All on the loop but {@link #loop()}. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is counted where it fails
final class LoadLoop {
    private static final int CONNECTING_MAX = 64;
    private static final int CONNECT_MILLIS_MAX = 20_000;

    /** An address has some 28,000 ports for one server; these leave room for those of earlier runs. */
    private static final int CONNECTIONS_PER_ADDRESS = 5_000;

    /** One of these watches another: what it sees tells how late all are, and to look for it costs the load. */
    private static final int PLAYERS_PER_WATCHER = 20;

    /** Players act this often, those whose turn it is. */
    private static final long PACE_MICROS = 1_000;

    private final EventLoop loop;
    private final InetSocketAddress server;
    private final int roomSize;
    private final String prefix;
    private final List<Player> players = new ArrayList<>();
    private final IntObjectHashMap<Player> byIndex = new IntObjectHashMap<>();
    private final IntObjectHashMap<Player> known = new IntObjectHashMap<>();
    private final Deque<Newcomer> waiting = new ArrayDeque<>();
    private List<Player> turns = List.of();
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

    private record Newcomer(Player player, int index) {}

    /** Whose turn it is, and how many turns are owed. */
    private static final class Turn {
        private double owed;
        private int next;
    }

    LoadLoop(EventLoop loop, InetSocketAddress server, int roomSize, String prefix) {
        this.loop = loop;
        this.server = server;
        this.roomSize = roomSize;
        this.prefix = prefix;
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

    /** Completes when all these players are in their rooms. @param indices of players in the whole swarm */
    void enter(Dialect dialect, List<Integer> indices, CompletableFuture<Void> done) {
        allIn = done;
        for (int index : indices) {
            int room = index / roomSize;
            Player player = dialect.player(this, prefix + "r" + room, room, prefix + index, index % roomSize);
            if (player.place % PLAYERS_PER_WATCHER == 1) {
                player.watch(byIndex.get(index - 1));
            }
            byIndex.put(index, player);
            players.add(player);
            waiting.add(new Newcomer(player, index));
        }
        turns = new ArrayList<>(players);
        // Else the players of a room would all move within the same tick.
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
        boolean epoll = Epoll.isAvailable();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(newcomer.player());
                    }
                });
        if (epoll) {
            // The port is chosen by whole connection, not by address alone.
            bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
        ChannelFuture connected = bootstrap.connect(server, source(newcomer.index()));
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                failed(new IllegalStateException("cannot connect: " + done.cause()));
            }
        });
    }

    /** One of loopback's many addresses. */
    private static InetSocketAddress source(int index) {
        int last = 1 + index / CONNECTIONS_PER_ADDRESS % 250;
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last}), 0);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    void joined() {
        connecting--;
        present++;
        letIn();
    }

    void gone(Player player, boolean leaving) {
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
        players.forEach(Player::leave);
    }

    // ---- pace ----

    /** @param pingPong each player sends a ping when the last is answered */
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
        act(pings, due(pings, rates.pings(), seconds), Player::ping);
    }

    private void act(Turn turn, int due, Consumer<Player> what) {
        for (int i = 0; i < due; i++) {
            Player player = next(turn);
            // Newcomers have nothing to say before they are in.
            if (player.hasJoined()) {
                what.accept(player);
            }
        }
    }

    private int due(Turn turn, double rate, double seconds) {
        // After a pause nobody makes up for more than one turn.
        turn.owed = Math.min(turn.owed + rate * seconds * turns.size(), turns.size());
        int due = (int) turn.owed;
        turn.owed -= due;
        return due;
    }

    private Player next(Turn turn) {
        turn.next = turn.next >= turns.size() - 1 ? 0 : turn.next + 1;
        return turns.get(turn.next);
    }

    /** What was counted since the last time. */
    Counts take() {
        Counts taken = counts;
        counts = new Counts();
        return taken;
    }

    // ---- who is who ----

    void seen(@Nullable Player player, int seq) {
        if (player != null) {
            player.seen(seq);
        }
    }

    void knownAs(int id, Player player) {
        known.put(id, player);
    }

    @Nullable
    Player known(int id) {
        return known.get(id);
    }

    @Nullable
    Player player(int index) {
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
