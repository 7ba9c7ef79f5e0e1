package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tavern.engine.kept.KeptPlayer;
import tavern.engine.kept.KeptRoom;
import tavern.engine.recorded.RecordedBase;
import tavern.engine.recorded.RecordedCommit;
import tavern.engine.recorded.RecordedEntry;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.GameType;
import tavern.game.Mint;
import tavern.game.Reads;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;

/** Computes recorded turns again, each on the state after the one before it, and compares what comes of them. */
public final class TurnReplay {
    private final GameCalls<?, ?, ?> game;
    private final RoomContext context;
    private @Nullable RoomState state;
    private long revision;
    private long turns;
    private long refusedByStore;

    private TurnReplay(RecordingFile recording, GameType<?, ?, ?> type) {
        this.game = new GameCalls<>(type);
        this.context = new RoomContext(
                new RoomId(recording.header().getRoom()),
                recording.header().getSettingsMap(),
                EngineLimits.DEFAULT,
                new Mint(type.name()),
                type.keeps(),
                type.boards());
    }

    /**
     * Stops at the first difference. Runs the game's code, on the caller's thread.
     *
     * @throws IOException when it cannot be computed: the recording is damaged, or the game is not the one that was
     *     recorded; the message is for people
     */
    public static ReplayReport run(RecordingFile recording, GameType<?, ?, ?> type) throws IOException {
        if (!recording.header().getGame().equals(type.name())) {
            throw new IOException(
                    "the recording is of game " + recording.header().getGame() + ", not of " + type.name());
        }
        TurnReplay replay;
        try {
            replay = new TurnReplay(recording, type);
        } catch (IllegalArgumentException e) {
            throw new IOException("the recording is damaged: " + e.getMessage(), e);
        }
        return replay.run(recording);
    }

    private ReplayReport run(RecordingFile recording) throws IOException {
        for (int number = 0; number < recording.entries().size(); number++) {
            try {
                RecordedEntry entry = recording.entry(number);
                if (entry.hasBase()) {
                    begin(entry.getBase());
                } else if (state == null) {
                    throw new InvalidProtocolBufferException("it does not begin with a state");
                } else if (entry.getTurn().hasRefusedByStore()) {
                    refusedByStore++;
                } else {
                    ReplayReport.Difference difference = play(entry.getTurn(), state);
                    if (difference != null) {
                        return new ReplayReport(turns, refusedByStore, difference);
                    }
                    turns++;
                }
            } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
                throw new IOException(
                        "entry " + (number + 1) + " of the recording cannot be read by this game: " + e.getMessage(),
                        e);
            }
        }
        return new ReplayReport(turns, refusedByStore, null);
    }

    private void begin(RecordedBase base) throws InvalidProtocolBufferException {
        KeptRoom kept = KeptRoom.parseFrom(base.getRoom());
        revision = base.getRevision();
        if (revision == 0) {
            state = RoomState.unopened(kept.getRandom());
            return;
        }
        Set<Long> here = new HashSet<>(base.getPresentList());
        Present present = Present.NOBODY;
        for (KeptPlayer player : kept.getPresentList()) {
            if (here.contains(player.getId())) {
                present = present.with(RecordedInputs.member(RoomState.player(player)));
            }
        }
        state = new RoomState(game.parseState(kept.getState()), kept, present);
    }

    // Whatever a game throws is what came of its turn.
    private ReplayReport.@Nullable Difference play(RecordedTurn recorded, RoomState before)
            throws InvalidProtocolBufferException {
        TurnInput input = RecordedInputs.read(recorded, game);
        RecordedGoods goods = new RecordedGoods(recorded.getReadsList());
        TurnContext turn = new TurnContext(context, before, goods, input.readGoods(), recorded.getNowMs());
        TurnContext.Result result = null;
        TurnOutcome outcome;
        try {
            Reads wanted = input.reads(game, before);
            if (!wanted.isEmpty()) {
                return difference(
                        recorded, input, "what is read before the turn", "nothing", wanted.toString(), before, null);
            }
            result = turn.end(input.play(game, before, turn));
            outcome = result.needsCommit() ? new TurnOutcome.Committed(0) : new TurnOutcome.Unchanged();
        } catch (Throwable failure) {
            TurnPipeline.rethrowIfFatal(failure);
            outcome = TurnOutcome.of(failure);
        } finally {
            turn.close();
        }
        String what = "";
        String expected = describe(recorded);
        String actual = describe(outcome);
        if (goods.unknown() != null) {
            what = "what the turn looks at";
            expected = "nothing else than what was recorded";
            actual = goods.unknown();
        } else if (!expected.equals(actual)) {
            what = "what comes of the turn";
        } else if (result != null) {
            RecordedCommit commit = recorded.getCommitted();
            ByteString room = TurnDigest.of(result.next().bytes());
            ByteString effects = TurnDigest.of(result.effects());
            if (recorded.hasCommitted() && !room.equals(commit.getRoom())) {
                what = "the room after the turn";
                expected = hash(commit.getRoom());
                actual = hash(room);
            } else if (!effects.equals(recorded.getEffects())) {
                what = "what the turn tells, moves, writes or publishes";
                expected = hash(recorded.getEffects());
                actual = hash(effects);
            }
        }
        if (!what.isEmpty()) {
            return difference(recorded, input, what, expected, actual, before, result);
        }
        if (result != null) {
            state = result.next();
            revision = recorded.hasCommitted() ? recorded.getCommitted().getRevision() : revision;
        }
        return null;
    }

    private ReplayReport.Difference difference(
            RecordedTurn recorded,
            TurnInput input,
            String what,
            String expected,
            String actual,
            RoomState before,
            TurnContext.@Nullable Result result) {
        MessageLite message = input instanceof MessageInput said ? said.message() : null;
        return new ReplayReport.Difference(
                turns + refusedByStore + 1,
                revision,
                recorded,
                message,
                what,
                expected,
                actual,
                before.game(),
                result == null ? null : result.next().game());
    }

    private static String describe(RecordedTurn recorded) {
        return switch (recorded.getOutcomeCase()) {
            case COMMITTED -> "committed";
            case UNCHANGED -> "changes nothing";
            case REFUSED -> refused(recorded.getRefused().getCode());
            case FAILED -> "throws " + recorded.getFailed();
            case REFUSED_BY_STORE, OUTCOME_NOT_SET -> "unknown to this version";
        };
    }

    private static String describe(TurnOutcome outcome) {
        if (outcome instanceof TurnOutcome.Refused refused) {
            return refused(refused.code().getNumber());
        } else if (outcome instanceof TurnOutcome.Failed failed) {
            return "throws " + failed.failure().getClass().getName();
        }
        return outcome instanceof TurnOutcome.Committed ? "committed" : "changes nothing";
    }

    private static String refused(int code) {
        ErrorCode known = ErrorCode.forNumber(code);
        return "refused with " + (known == null ? code : known);
    }

    private static String hash(ByteString hash) {
        return hash.isEmpty() ? "nothing" : HexFormat.of().formatHex(hash.toByteArray());
    }
}
