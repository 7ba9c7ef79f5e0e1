package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tavern.engine.Commit;
import tavern.game.Board;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.feed.Feed;
import tavern.server.store.Leg;
import tavern.server.store.OutboxEvent;
import tavern.server.store.RoomTurn;
import tavern.server.store.Score;
import tavern.server.store.Seen;
import tavern.server.store.Transaction;
import tavern.server.time.Clocks;

/** What a turn does, as the store and the feed get it. */
final class CommitTransactionsTest {
    private static final PlayerId ANN = new PlayerId(7);
    private static final Commit.Transfer GOLD =
            new Commit.Transfer(new Mint("table"), ANN, Goods.of("gold", 5), List.of());

    private final CommitTransactions transactions =
            new CommitTransactions(new RoomId("hall"), "cards", "dice", 3, words(), Clocks.system());

    /** A feed whose events have their kinds as routing keys, and their game's message as body. */
    private static Feed words() {
        Feed disabled = Feed.disabled();
        return (Feed) Proxy.newProxyInstance(
                Feed.class.getClassLoader(), new Class<?>[] {Feed.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("describe") && arguments[0] instanceof String kind) {
                        if (kind.equals("trade")) {
                            throw new IllegalArgumentException("not the name of a game's event");
                        }
                        boolean isOfGame = arguments[1] instanceof ByteString;
                        return new OutboxEvent(
                                kind, isOfGame ? ((ByteString) arguments[1]).toByteArray() : new byte[0]);
                    }
                    try {
                        return method.invoke(disabled, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Commit commit(List<Commit.Transfer> transfers, List<Commit.Event> events) {
        return new Commit(
                4,
                9,
                ByteString.copyFromUtf8("state"),
                1_000,
                transfers,
                List.of(new Commit.Value(ANN, "note", ByteString.copyFromUtf8("x"), 2)),
                events,
                List.of(new Commit.Score(new Board("wins", Board.Ranking.SUM), ANN, 7)),
                List.of(new Commit.Seen(ANN, "note", 3)));
    }

    private static List<String> kinds(Transaction transaction) {
        return transaction.events().stream().map(OutboxEvent::routingKey).toList();
    }

    @Test
    void stateGoodsAndValuesAreOneTransactionOfTheRoomsOwner() {
        Transaction turn = transactions.of(commit(List.of(GOLD), List.of()));

        RoomTurn state = Objects.requireNonNull(turn.turn());
        assertThat(state.follows()).isEqualTo(4);
        assertThat(state.revision()).isEqualTo(9);
        assertThat(state.type()).isEqualTo("cards");
        assertThat(state.dueMillis()).isEqualTo(1_000);
        assertThat(state.seen()).containsExactly(new Seen(ANN, "note", 3));
        assertThat(state.scores()).containsExactly(new Score("dice.wins", ANN, 7, Board.Ranking.SUM));
        assertThat(turn.fence()).isEqualTo(new Transaction.RoomFence(new RoomId("hall"), 3));
        assertThat(turn.legs()).containsExactly(new Leg(new Mint("table"), ANN, Goods.of("gold", 5), List.of()));
        assertThat(turn.puts())
                .singleElement()
                .satisfies(put -> assertThat(put.seenVersion()).isEqualTo(2));
    }

    @Test
    void goodsThatMoveAreToldToTheFeedInAnyCase() {
        assertThat(kinds(transactions.of(commit(List.of(GOLD), List.of())))).containsExactly("turn");
        assertThat(kinds(transactions.of(commit(List.of(), List.of())))).isEmpty();
    }

    @Test
    void whatTheGamePublishesTakesThePlaceOfThat() {
        List<Commit.Event> events = List.of(
                new Commit.Event("won", ByteString.copyFromUtf8("ann")), new Commit.Event("ended", ByteString.EMPTY));

        Transaction turn = transactions.of(commit(List.of(GOLD), events));

        assertThat(kinds(turn)).containsExactly("won", "ended");
        assertThat(turn.events().get(0).body()).asString().isEqualTo("ann");
    }

    @Test
    void aGameCannotPublishTrades() {
        Commit trade = commit(List.of(), List.of(new Commit.Event("trade", ByteString.EMPTY)));

        assertThatThrownBy(() -> transactions.of(trade)).isInstanceOf(IllegalArgumentException.class);
    }
}
