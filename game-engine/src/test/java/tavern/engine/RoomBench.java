package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import tavern.engine.kept.KeptRoom;
import tavern.engine.recorded.RecordingHeader;
import tavern.game.Kept;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/** A room of a {@link ScriptGame} whose commits the test decides. */
final class RoomBench {
    static final Player ANN = new Player(new PlayerId(1), "ann");
    static final Player BEN = new Player(new PlayerId(2), "ben");
    static final long START = 1_000_000;

    /** The number that comes before a room's first signal. */
    static final long SIGNALS = START << 10;

    final FlightRecorder recorder = new FlightRecorder(RecorderMemory.UNBOUNDED, 1 << 20);
    final GameRoom room;

    /** What the listener has heard of turns that were begun. */
    final List<String> measured = new ArrayList<>();

    final List<Output> out = new ArrayList<>();
    final Map<PlayerId, Purse> purses = new HashMap<>();
    long now = START;
    private int seq;

    /** What a player has, as the test sets it. */
    static final class Purse implements MemberGoods {
        final Map<String, Long> counts = new HashMap<>();
        final Map<Long, String> items = new TreeMap<>();
        final Map<String, Kept> values = new HashMap<>();

        @Override
        public long count(String kind) {
            return counts.getOrDefault(kind, 0L);
        }

        @Override
        public Map<Long, String> items() {
            return items;
        }

        @Override
        public Kept kept(String key) {
            return values.getOrDefault(key, Kept.NONE);
        }
    }

    private final TurnListener listener = new TurnListener() {
        @Override
        public void begins() {}

        @Override
        public void ends(Supplier<String> what) {
            measured.add(what.get());
        }

        @Override
        public void putOff(Supplier<String> what) {
            measured.add(what.get() + ", put off");
        }

        @Override
        public void decided(TurnOutcome outcome) {}

        @Override
        public void recomputes(int turns) {}
    };

    RoomBench(EngineLimits limits, String... settings) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        room = new GameRoom(ScriptGame.TYPE, new RoomId("r"), limits, map, recorder, listener);
    }

    RoomBench(String... settings) {
        this(EngineLimits.DEFAULT, settings);
    }

    /** Opened, and durable. */
    static RoomBench open(String... settings) {
        return new RoomBench(settings).begin();
    }

    RoomBench begin() {
        add(room.begin(KeptOptions.NONE, 7, now));
        commitAll();
        out.clear();
        return this;
    }

    RoomBench with(Player... players) {
        for (Player player : players) {
            join(player);
        }
        commitAll();
        out.clear();
        return this;
    }

    Purse purse(Player who) {
        return purses.computeIfAbsent(who.id(), unknown -> new Purse());
    }

    void join(Player who) {
        add(room.joined(who, purse(who), now));
    }

    void says(Player who, String script) {
        seq++;
        add(room.said(who.id(), seq, 0, StringValue.of(script).toByteString(), now));
    }

    void asks(Player who, long request, String script) {
        seq++;
        add(room.said(who.id(), seq, request, StringValue.of(script).toByteString(), now));
    }

    void signals(String from, long number, String script) {
        add(room.signalled(new RoomId(from), number, ByteString.copyFromUtf8(script), now));
    }

    /** Lets the time pass, in steps as a host would take them. */
    void passes(long millis) {
        long until = now + millis;
        for (long due = room.dueMillis(); due <= until; due = room.dueMillis()) {
            now = Math.max(now, due);
            add(room.tick(now));
        }
        now = until;
    }

    void commitAll() {
        while (!room.pending().isEmpty()) {
            commitNext();
        }
    }

    void commitNext() {
        add(room.committed(room.pending().get(0).revision(), now));
    }

    void refuseNext() {
        add(room.refused(room.pending().get(0).revision(), ErrorCode.TRADE_INSUFFICIENT, "missing", now));
    }

    void add(List<Output> outputs) {
        out.addAll(outputs);
    }

    RecordingFile recording() {
        return room.recording(RecordingHeader.newBuilder());
    }

    /** What members have seen, and what was logged, in words. */
    List<String> heard() {
        List<String> heard = new ArrayList<>();
        for (Output output : out) {
            if (output instanceof Output.Tell tell) {
                heard.add("to " + tell.who() + ": " + text(tell.what()));
            } else if (output instanceof Output.TellAll tell) {
                heard.add("to all" + (tell.except() == null ? "" : " but " + tell.except()) + ": " + text(tell.what()));
            } else if (output instanceof Output.Done done) {
                heard.add("done " + done.seq());
            } else if (output instanceof Output.Refused refused) {
                heard.add("refused " + refused.seq() + " " + refused.code());
            } else if (output instanceof Output.Broken broken) {
                heard.add("broken " + broken.seq());
            } else if (output instanceof Output.Failed failed) {
                heard.add("failed: " + failed.what());
            } else if (output instanceof Output.PutOut putOut) {
                heard.add("put out " + putOut.who() + " " + putOut.code());
            } else if (output instanceof Output.Send send) {
                heard.add("send " + send.who().name() + " to " + send.to());
            } else if (output instanceof Output.Signal signal) {
                heard.add("signal " + (signal.number() - SIGNALS) + " to " + signal.to());
            } else if (output instanceof Output.Read read) {
                heard.add("read " + read.reads().accounts() + read.reads().names());
            } else if (output instanceof Output.Call call) {
                heard.add("call " + call.service() + " " + call.call() + ": " + text(call.request()));
            }
        }
        out.clear();
        return heard;
    }

    String view() {
        return text(room.view(new Viewer(ANN, false)));
    }

    Commit lastCommit() {
        return room.pending().get(room.pending().size() - 1);
    }

    /** What the last commit would keep. */
    KeptRoom lastKept() {
        return kept(lastCommit());
    }

    static KeptRoom kept(Commit commit) {
        try {
            return KeptRoom.parseFrom(commit.room());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static String text(ByteString bytes) {
        try {
            return StringValue.parseFrom(bytes).getValue();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
