package tavern.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.Reply;

/**
 * What players do in a {@link GameTest#storm}. Whatever the chance gives, also what is not allowed: a game refuses that.
 *
 * @param <S> the game's state
 * @param <I> what players say
 */
public interface Moves<S, I extends MessageLite> {
    /**
     * What somebody says next.
     *
     * @param state as it is durable
     */
    I next(RandomGenerator random, Player who, S state);

    /** What somebody brings who wants to come in. */
    default ByteString ticket(RandomGenerator random, Player who) {
        return ByteString.EMPTY;
    }

    /** What an operator gives somebody now and then, of which others take something now and then; only counts. */
    default Goods grant(RandomGenerator random, Player who) {
        return Goods.NONE;
    }

    /** A signal of another room; null for none. */
    default @Nullable ByteString signal(RandomGenerator random) {
        return null;
    }

    /** What comes of a call of a service; a part of the calls fails whatever this returns. */
    default Reply reply(RandomGenerator random, String service, String call, ByteString request) {
        return new Reply.Failed(Reply.Cause.NOT_CONFIGURED, "the storm has no service " + service);
    }
}
