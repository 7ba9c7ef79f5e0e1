package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.engine.RoomBench.ANN;

import com.google.protobuf.AbstractParser;
import com.google.protobuf.BytesValue;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tavern.game.AccountId;
import tavern.game.Game;
import tavern.game.GameType;
import tavern.game.NamedAccount;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Reads;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/** A room goes on with another version of its game, whose messages are other classes. */
final class OtherVersionTest {
    private static final NamedAccount BANK = new NamedAccount("bank");

    /** Has the messages of {@link ScriptGame} with other classes. */
    private static final class Later implements Game<BytesValue, BytesValue, BytesValue> {
        @Override
        public Reads reads(BytesValue state, Player from, BytesValue message) {
            return message.getValue().toStringUtf8().startsWith("read ") ? Reads.of(BANK) : Reads.NONE;
        }

        @Override
        public BytesValue open(Opening opening) {
            throw new IllegalStateException("the room is open");
        }

        @Override
        public BytesValue on(BytesValue state, Player from, BytesValue message, Turn<BytesValue> turn) {
            if (message.getValue().toStringUtf8().startsWith("read ")) {
                turn.count(BANK, "gold");
            }
            turn.tellAll(BytesValue.of(message.getValue()));
            return BytesValue.of(state.getValue().concat(message.getValue()));
        }

        @Override
        public BytesValue view(BytesValue state, Viewer viewer) {
            return state;
        }
    }

    private static GameType<?, ?, ?> later(String name, Parser<BytesValue> states) {
        return GameType.of(name, new Later(), states, BytesValue.parser()).keeping("best", "last");
    }

    @Test
    void whatIsKeptAndWhatIsUnderWayGoOnWithIt() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "add kept");
        bench.commitAll();
        bench.says(ANN, "take @bank gold 5");
        bench.says(ANN, "add again");
        bench.heard();

        bench.room.readBy(later("script", BytesValue.parser())).run();

        assertThat(bench.heard()).isEmpty();
        assertThat(bench.view()).isEqualTo("kept");
        bench.refuseNext();
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("refused 2 TRADE_INSUFFICIENT", "to all: add again", "done 3");
        assertThat(bench.view()).isEqualTo("keptadd again");
    }

    @Test
    void whatIsComputedStaysAsItIs() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "add a;tellState x");
        Commit before = bench.lastCommit();

        bench.room.readBy(later("script", BytesValue.parser())).run();

        assertThat(bench.room.pending()).containsExactly(before);
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("to all: a", "done 1");
    }

    @Test
    void whatIsBeingReadIsAskedForAnewByIt() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "read 77");
        bench.says(ANN, "add behind");

        bench.room.readBy(later("script", BytesValue.parser())).run();

        answers(bench, 1, new PlayerId(77));
        assertThat(bench.heard()).containsExactly("read [77][]", "read [@bank][]");
        answers(bench, 2, BANK);
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("to all: read 77", "done 1", "to all: add behind", "done 2");
    }

    @Test
    void whatIsBeingReadIsAskedForAnewByItAlsoWhenItCannotBeRead() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "read 77");
        bench.room.readBy(later("script", BytesValue.parser())).run();

        bench.add(bench.room.unread(1, ErrorCode.UNAVAILABLE, "away", bench.now));

        assertThat(bench.heard()).containsExactly("read [77][]", "read [@bank][]");
    }

    private static void answers(RoomBench bench, long number, AccountId account) {
        ReadGoods goods = new ReadGoods(Map.of(account, new ReadGoods.Account(1, new RoomBench.Purse())), Map.of());
        bench.add(bench.room.read(number, goods, bench.now));
    }

    @Test
    void oneThatCannotReadTheRoomChangesNothing() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "add a");
        bench.commitAll();

        assertThatThrownBy(() -> bench.room.readBy(later("script", new Unable())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not this one");
        assertThatThrownBy(() -> bench.room.readBy(later("other", BytesValue.parser())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another name");
        bench.says(ANN, "add b");
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("a,b");
    }

    private static final class Unable extends AbstractParser<BytesValue> {
        @Override
        public BytesValue parsePartialFrom(CodedInputStream in, ExtensionRegistryLite extensions)
                throws InvalidProtocolBufferException {
            throw new InvalidProtocolBufferException("not this one");
        }
    }
}
