package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static tavern.engine.RoomBench.ANN;
import static tavern.engine.RoomBench.BEN;

import com.google.protobuf.StringValue;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tavern.game.AccountId;
import tavern.game.Kept;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;

final class ReadsTest {
    private static final PlayerId DAN = new PlayerId(77);
    private static final NamedAccount BANK = new NamedAccount("bank");

    private final RoomBench bench = RoomBench.open().with(ANN, BEN);

    private static RoomBench.Purse purse(long gold) {
        RoomBench.Purse purse = new RoomBench.Purse();
        purse.counts.put("gold", gold);
        return purse;
    }

    private static ReadGoods goods(AccountId account, long version, long gold) {
        return new ReadGoods(Map.of(account, new ReadGoods.Account(version, purse(gold))), Map.of());
    }

    private void answers(long number, ReadGoods goods) {
        bench.add(bench.room.read(number, goods, bench.now));
    }

    @Test
    void aTurnWaitsForWhatItReadsAndThoseBehindWaitToo() {
        bench.says(ANN, "add first");
        bench.says(ANN, "read 77;read @bank;addCountOf 77 gold;addCountOf @bank gold");
        bench.says(BEN, "add last");
        bench.passes(10);
        assertThat(bench.heard()).as("not while a commit is under way").isEmpty();
        bench.commitAll();
        assertThat(bench.heard()).hasSize(2).first().isEqualTo("done 1");
        assertThat(bench.room.isSettling()).isTrue();
        assertThat(bench.room.pending()).isEmpty();

        answers(
                1,
                new ReadGoods(
                        Map.of(DAN, new ReadGoods.Account(4, purse(30)), BANK, new ReadGoods.Account(0, purse(0))),
                        Map.of()));
        assertThat(bench.room.pending()).hasSize(2);
        assertThat(bench.room.pending().get(0).seen())
                .containsExactlyInAnyOrder(new Commit.Seen(DAN, "", 4), new Commit.Seen(BANK, "", 0));
        assertThat(bench.room.pending().get(1).seen()).isEmpty();
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("first,30,0,last");
        assertThat(bench.heard()).containsExactly("done 2", "done 3");
    }

    @Test
    void whatTheTurnItselfDoesIsSeenAndVersionsOfValuesAreKept() {
        bench.says(ANN, "read 77;give 77 gold 5;addCountOf 77 gold;addKeptOf 77 best;putOf 77 best x");
        RoomBench.Purse purse = purse(1);
        purse.values.put("best", new Kept(StringValue.of("old").toByteString(), 9));
        answers(1, new ReadGoods(Map.of(DAN, new ReadGoods.Account(4, purse)), Map.of()));
        assertThat(bench.lastCommit().seen())
                .containsExactlyInAnyOrder(new Commit.Seen(DAN, "", 4), new Commit.Seen(DAN, "best", 9));
        assertThat(bench.lastCommit().values())
                .containsExactly(
                        new Commit.Value(DAN, "best", StringValue.of("x").toByteString(), 9));
        bench.commitAll();
        assertThat(bench.view()).startsWith("6,").endsWith("old");
    }

    @Test
    void playersAreFoundByTheirNames() {
        bench.says(ANN, "read name:dan;read name:nobody;addNamed dan;addNamed nobody");
        assertThat(bench.heard()).hasSize(1);
        answers(
                1,
                new ReadGoods(Map.of(DAN, new ReadGoods.Account(4, purse(1))), Map.of("dan", new Player(DAN, "dan"))));
        assertThat(bench.lastCommit().seen()).isEmpty();
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("Optional[77],Optional.empty");
    }

    @Test
    void whatHasChangedIsReadAgainAndNotForEver() {
        bench.says(ANN, "read 77;addCountOf 77 gold");
        bench.says(BEN, "add last");
        for (int i = 1; i <= 2; i++) {
            answers(i, goods(DAN, i, 10 * i));
            outdated();
        }
        assertThat(bench.heard()).hasSize(3).allMatch(said -> said.startsWith("read "));
        answers(2, goods(DAN, 2, 99));
        assertThat(bench.room.pending()).as("an answer that comes again").isEmpty();
        answers(3, goods(DAN, 3, 30));
        outdated();
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("refused 1 UNAVAILABLE", "done 2");
        assertThat(bench.view()).isEqualTo("last");
    }

    @Test
    void aGameThatRefusesWhatItHasReadIsNotAskedAgain() {
        bench.says(ANN, "read 77;unavailable");
        answers(1, goods(DAN, 1, 10));
        assertThat(bench.heard()).containsExactly("read [77][]", "refused 1 UNAVAILABLE");
        assertThat(bench.room.isSettling()).isFalse();
    }

    @Test
    void onlyATurnThatIsComputedIsMeasuredAsOne() {
        bench.says(BEN, "put best x");
        bench.measured.clear();
        bench.says(BEN, "put best y");
        bench.says(ANN, "read 77;addCountOf 77 gold");
        bench.commitAll();
        answers(1, goods(DAN, 1, 10));
        String ben = "message of player " + BEN.id();
        String ann = "message of player " + ANN.id();
        assertThat(bench.measured).containsExactly(ben + ", put off", ben, ann + ", put off", ann + ", put off", ann);
    }

    @Test
    void whatATurnMaySeeIsBounded() {
        Map<AccountId, ReadGoods.Account> accounts = new HashMap<>();
        StringBuilder all = new StringBuilder("read 1");
        for (int i = 1; i <= EngineLimits.SEEN_MAX / 2; i++) {
            accounts.put(new PlayerId(i + 100), new ReadGoods.Account(1, purse(i)));
            all.append(";addCountOf ")
                    .append(i + 100)
                    .append(" gold;addKeptOf ")
                    .append(i + 100)
                    .append(" best");
        }
        bench.says(ANN, all + ";addCountOf 101 silver");
        answers(1, new ReadGoods(accounts, Map.of()));
        assertThat(bench.lastCommit().seen()).hasSize(EngineLimits.SEEN_MAX);
        bench.commitAll();
        bench.heard();
        for (String more : new String[] {";addKeptOf 101 last", ";addCountOf 200 gold"}) {
            accounts.put(new PlayerId(200), new ReadGoods.Account(1, purse(1)));
            bench.says(ANN, all + more);
            answers(more.contains("200") ? 3 : 2, new ReadGoods(accounts, Map.of()));
        }
        assertThat(bench.heard()).containsExactly("read [1][]", "broken 2", "read [1][]", "broken 3");
    }

    private void outdated() {
        bench.add(bench.room.refused(
                bench.room.pending().get(0).revision(), ErrorCode.UNAVAILABLE, "changed", bench.now));
    }

    @Test
    void aMessageWhoseReadsFailIsRefusedAndOthersGoOn() {
        bench.says(ANN, "read 77;addCountOf 77 gold");
        bench.says(BEN, "add last");
        bench.heard();
        bench.add(bench.room.unread(1, ErrorCode.UNAVAILABLE, "away", bench.now));
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("refused 1 UNAVAILABLE", "done 2");
    }

    @Test
    void onlyWhatWasAskedForIsKnown() {
        bench.says(ANN, "addCountOf 77 gold");
        bench.says(ANN, "read 77;addCountOf 78 gold");
        answers(1, goods(DAN, 1, 1));
        bench.says(ANN, "read bad name");
        assertThat(bench.heard()).contains("broken 1", "broken 2", "broken 3");
        assertThat(bench.room.isSettling()).isFalse();
    }

    @Test
    void aRepeatedRequestReadsNothing() {
        bench.asks(ANN, 5, "read 77;addCountOf 77 gold");
        answers(1, goods(DAN, 1, 1));
        bench.commitAll();
        bench.heard();
        bench.asks(ANN, 5, "read 77;addCountOf 77 gold");
        assertThat(bench.heard()).containsExactly("done 2");
    }
}
