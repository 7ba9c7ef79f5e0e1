package tavern.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.PlayerId;
import tavern.game.Reads;
import tavern.game.RefusedException;

/** Something that happened to a room, and the turn that it makes: computed again when a commit before it is refused. */
interface TurnInput {
    /** The date of the turn, each time that it is computed. */
    long nowMillis();

    /** The player whose doing it is; null when it is nobody's. */
    default @Nullable PlayerId who() {
        return null;
    }

    /** Of what it brings. */
    default int bytes() {
        return 0;
    }

    /** Whether there is nothing to do about it in this state. */
    default boolean isVoid(RoomState base) {
        return false;
    }

    /** Whether it has gone to where it waits for others that are to be tried again first. */
    default boolean isHeldBack() {
        return false;
    }

    /** What the game wants to know in addition to what there is; throws what ends the turn. */
    default Reads reads(GameCalls<?, ?, ?> game, RoomState base) {
        return Reads.NONE;
    }

    /** What was read for it. */
    default ReadGoods readGoods() {
        return ReadGoods.NONE;
    }

    /** Returns the same with what was read for it. */
    default TurnInput with(ReadGoods read) {
        return this;
    }

    /** Returns the game's next state. Throws what ends the turn. */
    MessageLite play(GameCalls<?, ?, ?> game, RoomState base, TurnContext turn);

    /** Returns the same for another version of the game. */
    default TurnInput readBy(GameCalls<?, ?, ?> other) throws InvalidProtocolBufferException {
        return this;
    }

    /** Who asked for it is told this when it is durable. */
    default List<Output> answers() {
        return List.of();
    }

    /** The turn threw, or what it asks for cannot be read ({@link RefusedException}): nothing of it happened. */
    Failing failed(Throwable failure, long nowMillis);

    /** The store has refused its commit: nothing of it happened. */
    default Failing refusedByStore(RefusedException refusal, long nowMillis) {
        return failed(refusal, nowMillis);
    }

    /** Writes down all that is needed to compute it again, besides its date. */
    void record(RecordedTurn.Builder turn);

    /** Is no longer waiting or under way, whatever came of it. */
    default void ended() {}

    /**
     * What is done about a turn that failed.
     *
     * @param logged at once
     * @param answers when what was computed before has been decided
     * @param instead the turn that takes its place
     */
    record Failing(
            List<Output> logged,
            List<Output> answers,
            @Nullable TurnInput instead) {
        static final Failing NOTHING = new Failing(List.of(), List.of(), null);

        static Failing logged(String what, Throwable failure) {
            return new Failing(List.of(new Output.Failed(what, failure)), List.of(), null);
        }

        static Failing again(TurnInput other) {
            return new Failing(List.of(), List.of(), other);
        }

        static Failing answered(Output answer) {
            return new Failing(List.of(), List.of(answer), null);
        }

        Failing instead(TurnInput other) {
            return new Failing(logged, answers, other);
        }
    }
}
