package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.engine.RoomBench.ANN;
import static tavern.engine.RoomBench.BEN;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tavern.game.Goods;
import tavern.game.Kept;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.RoomId;
import tavern.game.Turn;

/** Goods and values, and the bounds of a turn. */
final class TurnGoodsTest {
    private static final Mint MINT = new Mint("script");

    @Test
    void goodsComeFromTheGamesMintAndGoThere() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.purse(ANN).counts.put("gem", 9L);
        bench.says(ANN, "give me gold 5;give me gold 2;take me gem 3;move me @bank gem 1;mint sword;mint sword");
        assertThat(bench.lastCommit().transfers())
                .containsExactlyInAnyOrder(
                        new Commit.Transfer(MINT, ANN.id(), Goods.of("gold", 7), List.of("sword", "sword")),
                        new Commit.Transfer(ANN.id(), MINT, Goods.of("gem", 3), List.of()),
                        new Commit.Transfer(ANN.id(), new NamedAccount("bank"), Goods.of("gem", 1), List.of()));
    }

    @Test
    void whatGoesToAndFroIsSetOff() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "give me gold 5;take me gold 5;give me gem 2;take me gem 1");
        assertThat(bench.lastCommit().transfers())
                .containsExactly(new Commit.Transfer(MINT, ANN.id(), Goods.of("gem", 1), List.of()));
    }

    @Test
    void anItemThatGoesThroughHandsGoesOnce() {
        RoomBench bench = RoomBench.open().with(ANN, BEN);
        bench.purse(ANN).items.put(7L, "sword");
        bench.says(ANN, "moveItem 1 2 7;moveItem 2 @bank 7");
        assertThat(bench.lastCommit().transfers())
                .containsExactly(new Commit.Transfer(ANN.id(), new NamedAccount("bank"), Goods.ofItem(7), List.of()));
        bench.says(BEN, "burn 7");
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("done 1", "refused 2 TRADE_INSUFFICIENT");
    }

    @Test
    void countsAndItemsAreAsTheTurnsSoFarHaveLeftThem() {
        RoomBench bench = RoomBench.open().with(ANN, BEN);
        bench.purse(ANN).counts.put("gold", 10L);
        bench.purse(ANN).items.put(7L, "sword");
        bench.says(ANN, "move me 2 gold 4;moveItem me 2 7");
        bench.says(BEN, "take me gold 1;addCount gold;addItems");
        bench.says(ANN, "addCount gold;addItems");
        // The host has the goods before it says so.
        bench.purse(ANN).counts.put("gold", 6L);
        bench.purse(ANN).items.clear();
        bench.purse(BEN).counts.put("gold", 4L);
        bench.purse(BEN).items.put(7L, "sword");
        bench.commitNext();
        bench.says(BEN, "addCount gold;addItems");
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("3,{7=sword},6,{},3,{7=sword}");
    }

    @Test
    void goodsOfARefusedTurnCountNoMore() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "give me gold 5;take @bank gold 1");
        bench.says(ANN, "addCount gold");
        bench.refuseNext();
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("0");
    }

    @Test
    void missingGoodsOfWhoIsPresentAreRefusedAtOnce() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.purse(ANN).counts.put("gold", 5L);
        bench.says(ANN, "take me gold 3");
        bench.says(ANN, "take me gold 3");
        bench.says(ANN, "give me gold 1;move me @bank gold 3");
        bench.says(ANN, "move me @bank gold 2");
        assertThat(bench.room.pending()).hasSize(2);
        bench.commitAll();
        assertThat(bench.heard())
                .containsExactly("done 1", "refused 2 TRADE_INSUFFICIENT", "refused 3 TRADE_INSUFFICIENT", "done 4");
    }

    @Test
    void valuesOfTurnsUnderWayAreSeenAndWriteAfterWriteWaits() {
        RoomBench bench = RoomBench.open().with(ANN, BEN);
        bench.purse(ANN).values.put("best", new Kept(ByteString.copyFromUtf8("old"), 4));
        bench.says(ANN, "put best new");
        assertThat(bench.lastCommit().values())
                .containsExactly(
                        new Commit.Value(ANN.id(), "best", StringValue.of("new").toByteString(), 4));
        bench.says(ANN, "addKept best");
        bench.says(ANN, "put best newer;add x");
        bench.says(BEN, "add b");
        assertThat(bench.room.pending()).hasSize(2);

        bench.purse(ANN).values.put("best", new Kept(StringValue.of("new").toByteString(), 5));
        bench.commitNext();
        assertThat(bench.room.pending()).hasSize(1);
        bench.commitNext();
        assertThat(bench.room.pending()).hasSize(2);
        assertThat(bench.room.pending().get(0).values().get(0).seenVersion()).isEqualTo(5);
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("done 1", "done 2", "done 3", "done 4");
        assertThat(bench.view()).endsWith("new,x,b");
    }

    @Test
    void eventsAreInTheCommit() {
        RoomBench bench = RoomBench.open("open", "s").with(ANN);
        bench.says(ANN, "publish won");
        assertThat(bench.lastCommit().events())
                .containsExactly(new Commit.Event("won", StringValue.of("s").toByteString()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fill 65537 | 65541 bytes of state, of at most 65536",
                "give me gold 0 | not a count that can be moved: 0 gold",
                "give me gold -1 | not a count that can be moved: -1 gold",
                "give me a:b 1 | not a kind of goods: a:b",
                "mint a:b | not a kind of goods: a:b",
                "move me me gold 1 | goods that go from 1 to itself",
                "give me gold 9223372036854775807;give me gold 1 | long overflow",
                "put other x | the game's type does not declare that it keeps other",
                "publish a.b | not the name of an event: a.b",
                "timer  5 | the name of a timer has 1 to 64 characters, not 0",
            })
    void aTurnThatPassesABoundFails(String script, String message) {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, script);
        assertThat(((Output.Broken) bench.out.get(0)).failure()).hasMessage(message);
    }

    @Test
    void whatATurnDoesIsCounted() {
        RoomBench bench = RoomBench.open().with(ANN);
        assertThat(broken(bench, "timer t%d 5;", 65)).isEqualTo("65 timers in a room, of at most 64");
        assertThat(broken(bench, "signal r%d x;", 65)).isEqualTo("65 signals under way, of at most 64");
        assertThat(broken(bench, "give @a%d gold 1;", 65)).isEqualTo("65 legs of a turn, of at most 64");
        assertThat(broken(bench, "give me k%d 1;", 257)).isEqualTo("257 goods that a turn moves, of at most 256");
        assertThat(broken(bench, "publish e%d;", 17)).isEqualTo("17 events published in a turn, of at most 16");
        assertThat(broken(bench, "tell %d" + "x".repeat(1_000) + ";", 270))
                .contains("bytes told in a turn, of at most 262144");
        assertThat(broken(bench, "signal r%d " + "x".repeat(40_000) + ";", 2))
                .isEqualTo("80000 bytes of signals under way, of at most 65536");
    }

    private static String broken(RoomBench bench, String command, int times) {
        bench.out.clear();
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < times; i++) {
            script.append(command.formatted(i));
        }
        bench.says(ANN, script.toString());
        return String.valueOf(((Output.Broken) bench.out.get(0)).failure().getMessage());
    }

    @Test
    void aTurnThatMovesMoreThanCanBeCountedFailsAloneAndChangesNothing() {
        RoomBench bench = RoomBench.open().with(ANN, BEN);
        bench.says(ANN, "add a;give 2 gold " + Long.MAX_VALUE);
        bench.says(ANN, "add b;give me gold 7;give 2 gold 1");
        assertThat(bench.room.pending()).hasSize(1);
        bench.says(ANN, "addCount gold");
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("done 1", "broken 2", "done 3");
        assertThat(bench.view()).isEqualTo("a,0");

        bench.says(BEN, "take me gold 1");
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("refused 4 TRADE_INSUFFICIENT");
    }

    @Test
    void aTurnIsGoodForItsCallOnly() {
        PendingGoods none = new PendingGoods();
        RoomContext context =
                new RoomContext(new RoomId("r"), Map.of(), EngineLimits.DEFAULT, MINT, Set.of(), Set.of());
        TurnContext turn = new TurnContext(context, RoomState.unopened(1), none, ReadGoods.NONE, 5);
        var random = turn.random();
        assertThat(turn.now()).isEqualTo(5);
        turn.close();
        assertThatThrownBy(turn::now).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(random::nextInt).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ((Turn<?>) turn).stop("t")).isInstanceOf(IllegalStateException.class);
    }
}
