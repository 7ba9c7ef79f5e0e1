package tavern.sim.games;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientListener;
import tavern.client.ClientRoom;
import tavern.client.JoinOptions;
import tavern.client.TavernClient;
import tavern.client.TavernException;
import tavern.client.bots.BotPlayer;
import tavern.client.bots.BotPlayers;
import tavern.client.bots.BotSeat;
import tavern.protocol.v1.CustomEvent;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.Welcome;
import tavern.sim.bots.Beat;
import tavern.sim.bots.BotSettings;
import tavern.sim.measure.Latencies;
import tavern.sim.oracle.Count;
import tavern.sim.oracle.Tally;

/** One bot of a game team: keeps it connected and in its room, counts and measures what it says, and catches its faults. */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
final class GameBot implements ClientListener, BotSeat {
    private static final double TICKS_PER_SECOND = 20;
    private static final double CHURNS_PER_SECOND = 0.2;
    private static final int RETRY_MILLIS = 100;
    private static final int RETRY_MILLIS_MAX = 3_000;
    private static final int UNSAID_MILLIS = 50;

    private final int bot;
    private final String name;
    private final String room;
    private final JoinOptions joinOptions;
    private final BotPlayers players;
    private final GameBotLoop home;
    private final SplittableRandom random;
    private final SplittableRandom playerRandom;
    private final TavernClient client;
    private final Beat ticks;
    private final Beat churns;
    private final CompletableFuture<Void> entered = new CompletableFuture<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    private @Nullable BotPlayer player;
    private boolean welcomed;
    private boolean connecting;
    private boolean joining;
    private boolean dropping;
    private boolean leaving;
    private int attempts;
    private int waiting;
    private long retryNanos;
    private long cutNanos;

    GameBot(BotSettings settings, String type, BotPlayers players, int bot, String room, GameBotLoop home) {
        this.bot = bot;
        this.name = settings.botName(bot);
        this.room = room;
        this.joinOptions = players.join(bot).withType(type).repeatingSays();
        this.players = players;
        this.home = home;
        this.random = new SplittableRandom(settings.seed() * 1_000_003 + bot);
        this.playerRandom = random.split();
        this.client = new TavernClient(settings.login(name, 0), home.loop(), this);
        this.ticks = Beat.even(TICKS_PER_SECOND, random.split());
        this.churns = Beat.poisson(random.nextDouble() < settings.churn() ? CHURNS_PER_SECOND : 0, random.split());
    }

    @Override
    public int bot() {
        return bot;
    }

    @Override
    public String player() {
        return name;
    }

    @Override
    public String room() {
        return room;
    }

    @Override
    public RandomGenerator random() {
        return playerRandom;
    }

    @Override
    public long count(String kind) {
        return client.inventory().count(kind);
    }

    @Override
    public TavernClient client() {
        return client;
    }

    @Override
    public boolean isWaiting() {
        return waiting > 0;
    }

    @Override
    public void fault(String text) {
        tally().fault(Count.GAME_FAULTS, name + " in " + room + ": " + text);
    }

    @Override
    public void say(MessageLite message) {
        if (home.isOver()) {
            return;
        }
        waiting++;
        if (isPlaying()) {
            long saidNanos = System.nanoTime();
            client.say(message).whenComplete((done, failure) -> answered(message, saidNanos, failure));
        } else {
            // Later, so that a bot that answers by saying it again does not do so for ever.
            client.eventLoop()
                    .schedule(
                            () -> answered(message, 0, new IllegalStateException("the bot is not in its room")),
                            UNSAID_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void answered(MessageLite message, long saidNanos, @Nullable Throwable failure) {
        waiting--;
        if (player == null) {
            return;
        }
        if (failure == null) {
            tally().add(Count.TURNS_DONE);
            // How long it takes to reconnect is up to the bot.
            if (saidNanos - cutNanos > 0) {
                Latencies.record(home.turnMicros(), System.nanoTime() - saidNanos);
            }
            play(each -> each.done(message));
        } else if (failure instanceof TavernException no) {
            tally().add(Count.TURNS_REFUSED);
            tally().refusal(no.code().name());
            if (no.code().getNumber() / 100 == 7) {
                fault("the server failed: " + no.getMessage());
            }
            play(each -> each.refused(message, no));
        } else {
            tally().add(Count.TURNS_UNANSWERED);
            play(each -> each.unanswered(message));
        }
    }

    private Tally tally() {
        return home.tally();
    }

    private boolean isPlaying() {
        return client.isLive() && client.room() != null;
    }

    /** Lets the team's bot do something; what it throws is a fault of the game. */
    private void play(Consumer<BotPlayer> call) {
        BotPlayer playing = player;
        if (playing == null) {
            return;
        }
        try {
            call.accept(playing);
        } catch (RuntimeException | AssertionError | LinkageError e) {
            StackTraceElement[] trace = e.getStackTrace();
            fault(e + (trace.length == 0 ? "" : " at " + trace[0]));
        }
    }

    /** Makes the bot and has it enter. The future completes once it is in the room for the first time. */
    CompletableFuture<Void> enter() {
        try {
            player = players.create(this);
        } catch (RuntimeException | LinkageError e) {
            fault("it cannot be made: " + e);
            entered.complete(null);
        }
        return entered;
    }

    void startLoad(long nowNanos) {
        ticks.start(nowNanos);
        churns.start(nowNanos);
    }

    /** Does what is due: connects, joins, lets the bot play, drops the connection. */
    void act(long nowNanos) {
        if (player == null || leaving) {
            return;
        }
        if (retryNanos - nowNanos <= 0) {
            enterAgain();
        }
        boolean isDue = false;
        while (ticks.isDue(nowNanos)) {
            ticks.take();
            isDue = true;
        }
        if (isDue && home.isLoading() && isPlaying()) {
            play(each -> each.tick(client.serverMillis()));
        }
        while (churns.isDue(nowNanos)) {
            churns.take();
            drop();
        }
    }

    private void enterAgain() {
        if (connecting || joining) {
            return;
        }
        if (!client.isLive()) {
            connecting = true;
            client.connect().whenComplete((welcome, failure) -> {
                connecting = false;
                tried(failure);
            });
        } else if (client.room() == null && client.inventory().isComplete()) {
            joining = true;
            client.join(room, joinOptions).whenComplete((joined, failure) -> {
                joining = false;
                tried(failure);
            });
        }
    }

    private void tried(@Nullable Throwable failure) {
        if (leaving) {
            client.bye();
        } else if (failure != null) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            tally().error(
                            cause instanceof TavernException no
                                    ? no.code().name()
                                    : cause.getClass().getSimpleName());
            int most = Math.min(RETRY_MILLIS_MAX, RETRY_MILLIS << Math.min(attempts++, 10));
            retryIn(most / 2 + random.nextInt(most));
        } else if (isPlaying()) {
            attempts = 0;
            // Should the game put the bot out.
            retryIn(RETRY_MILLIS_MAX);
        }
    }

    private void retryIn(int millis) {
        retryNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void drop() {
        if (home.isLoading() && isPlaying() && !dropping) {
            dropping = true;
            tally().add(Count.DROPS);
            client.close();
        }
    }

    /** Completes when the server has answered something said now, or the connection is lost. */
    CompletableFuture<Void> echo() {
        return client.ping().handle((pong, failure) -> null);
    }

    void finish() {
        if (waiting > 0) {
            tally().add(Count.TURNS_UNANSWERED, waiting);
            fault(waiting + " of its messages were never answered");
        }
        play(BotPlayer::finished);
        player = null;
    }

    /** Ends the session. The future completes when the connection is closed. */
    CompletableFuture<Void> leave() {
        leaving = true;
        if (client.isLive()) {
            client.bye();
        } else {
            gone.complete(null);
        }
        return gone;
    }

    @Override
    public void onWelcome(Welcome welcome) {
        if (!welcomed) {
            welcomed = true;
        } else {
            tally().add(welcome.getResumed() ? Count.RESUMES : Count.SESSIONS_LOST);
        }
    }

    @Override
    public void onRoomFilled(ClientRoom view) {
        if (view.joined().getType().isEmpty() && !entered.isDone()) {
            fault("the room has no game: the server's configuration has to name the type");
            entered.complete(null);
        }
    }

    @Override
    public void onView(ClientRoom in, ByteString view) {
        if (entered.complete(null)) {
            tally().add(Count.CONNECTED);
        }
        play(each -> each.joined(view));
    }

    @Override
    public void onCustom(CustomEvent event) {
        tally().add(Count.GAME_TOLD);
        play(each -> each.told(event.getPayload()));
    }

    @Override
    public void onError(int seq, Error error) {
        tally().error(error.getCode().name());
    }

    @Override
    public void onGap(boolean ofRoom, long expected, long received) {
        tally().add(Count.EVENTS_MISSED, received - expected - 1);
        tally().fault(Count.EVENTS_MISSED, name + ": " + expected + " to " + (received - 1));
    }

    @Override
    public void onRepeat(boolean ofRoom, long received) {
        tally().fault(Count.EVENTS_REPEATED, name + ": " + received);
    }

    @Override
    public void onFault(String what) {
        tally().fault(Count.PROTOCOL_FAULTS, name + ": " + what);
    }

    @Override
    public void onDisconnected(@Nullable Error error, @Nullable Throwable cause) {
        cutNanos = System.nanoTime();
        if (leaving) {
            gone.complete(null);
        } else if (dropping) {
            dropping = false;
            retryIn(50 + random.nextInt(950));
        } else {
            tally().add(Count.DISCONNECTS);
            if (error != null) {
                tally().error(error.getCode().name());
            } else if (cause != null) {
                tally().error(cause.getClass().getSimpleName());
            }
            retryIn(RETRY_MILLIS + random.nextInt(RETRY_MILLIS));
        }
    }
}
