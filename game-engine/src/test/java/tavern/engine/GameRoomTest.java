package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.engine.RoomBench.ANN;
import static tavern.engine.RoomBench.BEN;
import static tavern.engine.RoomBench.START;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tavern.game.Admission;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;

/** Opening, coming and going, and what is told when. */
final class GameRoomTest {
    @Test
    void aRoomIsOpenWhenItsOpeningIsDurable() {
        RoomBench bench = new RoomBench("open", "first");
        bench.add(bench.room.begin(KeptOptions.NONE, 7, START));

        assertThat(bench.room.isOpen()).isFalse();
        assertThat(bench.room.revision()).isEmpty();
        assertThat(bench.lastCommit().follows()).isZero();
        assertThatThrownBy(bench::view).isInstanceOf(IllegalStateException.class);

        bench.commitAll();
        assertThat(bench.room.isOpen()).isTrue();
        assertThat(bench.room.revision()).hasValue(1);
        assertThat(bench.view()).isEqualTo("first");
    }

    @Test
    void whatTheOpenerHasChosenIsKeptWithTheRoom() {
        KeptOptions options = new KeptOptions(true, Map.of("map", "forest"));
        RoomBench bench = new RoomBench();
        bench.add(bench.room.begin(options, 7, START));
        bench.commitAll();
        bench.with(ANN);
        bench.says(ANN, "add a");
        Commit last = bench.lastCommit();
        assertThat(KeptOptions.of(last.room())).isEqualTo(options);

        RoomBench next = new RoomBench();
        next.add(next.room.restore(last.revision(), last.room(), START));
        assertThat(KeptOptions.of(next.lastCommit().room())).isEqualTo(options);
        assertThatThrownBy(() -> KeptOptions.of(ByteString.copyFromUtf8("\1")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRoomWhoseGameCannotOpenItIsNeitherOpenNorSettling() {
        RoomBench bench = new RoomBench("open", "throw");
        bench.add(bench.room.begin(KeptOptions.NONE, 7, START));

        assertThat(bench.heard()).containsExactly("failed: opening the room");
        assertThat(bench.room.isOpen()).isFalse();
        assertThat(bench.room.isSettling()).isFalse();
        bench.signals("other", 1, "add x");
        assertThat(bench.heard()).isEmpty();
    }

    @Test
    void aRoomWhoseOpeningIsRefusedIsNeitherOpenNorSettling() {
        RoomBench bench = new RoomBench();
        bench.add(bench.room.begin(KeptOptions.NONE, 7, START));
        bench.signals("other", 1, "add x");
        bench.refuseNext();

        assertThat(bench.heard()).containsExactly("failed: opening the room");
        assertThat(bench.room.isOpen()).isFalse();
        assertThat(bench.room.isSettling()).isFalse();
    }

    @Test
    void nobodyHearsWhatIsNotDurable() {
        RoomBench bench = RoomBench.open().with(ANN, BEN);
        bench.says(ANN, "add a;tell one;tellAll two;tellExcept three");
        bench.says(BEN, "add b;tellState x");

        assertThat(bench.heard()).isEmpty();
        assertThat(bench.view()).isEmpty();
        bench.commitNext();
        assertThat(bench.heard()).containsExactly("to 1: one", "to all: two", "to all but 1: three", "done 1");
        assertThat(bench.view()).isEqualTo("a");
        bench.commitNext();
        assertThat(bench.heard()).containsExactly("to all: a,b", "done 2");
    }

    @Test
    void aCommitThatIsDurableImpliesAllBeforeIt() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "add a");
        bench.says(ANN, "add b");
        List<Commit> commits = bench.room.pending();
        assertThat(commits.get(1).follows()).isEqualTo(commits.get(0).revision());

        bench.add(bench.room.committed(commits.get(1).revision(), START));
        assertThat(bench.heard()).containsExactly("done 1", "done 2");
        bench.add(bench.room.committed(commits.get(0).revision(), START));
        bench.add(bench.room.refused(commits.get(0).revision(), ErrorCode.INTERNAL, "late", START));
        assertThat(bench.heard()).isEmpty();
        assertThat(bench.view()).isEqualTo("a,b");
    }

    @Test
    void whatChangesNothingNeedsNoCommitButWaitsForWhatItSaw() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "tellState x");
        assertThat(bench.heard()).containsExactly("to all: ", "done 1");

        bench.says(ANN, "add a");
        bench.says(ANN, "tellState x");
        bench.says(ANN, "refuseIf a");
        assertThat(bench.heard()).isEmpty();
        assertThat(bench.room.pending()).hasSize(1);
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("done 2", "to all: a", "done 3", "refused 4 NOT_ALLOWED");
    }

    @Test
    void turnsBehindARefusedOneAreComputedAgainUnderNewRevisions() {
        RoomBench bench = RoomBench.open().with(ANN, BEN);
        bench.says(ANN, "add a;take @bank gold 5");
        bench.says(BEN, "add b;tellState x");
        bench.says(BEN, "refuseIf a");
        List<Commit> before = bench.room.pending();
        bench.refuseNext();

        assertThat(bench.heard()).containsExactly("refused 1 TRADE_INSUFFICIENT");
        List<Commit> after = bench.room.pending();
        assertThat(after).hasSize(1);
        assertThat(after.get(0).revision()).isGreaterThan(before.get(1).revision());
        assertThat(after.get(0).follows()).isEqualTo(before.get(0).follows());
        bench.add(bench.room.committed(before.get(1).revision(), START));
        assertThat(bench.heard()).isEmpty();
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("to all: b", "done 2", "done 3");
    }

    @Test
    void aTurnThatIsComputedAgainHasItsTimeAndTheChanceOfTheStateItIsComputedOn() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "take @bank gold 1;addChance");
        bench.now = START + 5;
        bench.says(ANN, "addNow;addChance");
        bench.now = START + 50;
        bench.refuseNext();
        bench.commitAll();

        RoomBench other = RoomBench.open().with(ANN);
        other.says(ANN, "addChance");
        other.commitAll();
        assertThat(bench.view()).isEqualTo((START + 5) + "," + other.view());
    }

    @Test
    void earlierTurnsStayUnderWayWhenALaterOneIsRefused() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "add a");
        bench.says(ANN, "add b;take @bank gold 1");
        bench.says(ANN, "add c");
        bench.add(bench.room.refused(bench.room.pending().get(1).revision(), ErrorCode.TRADE_INSUFFICIENT, "", START));
        assertThat(bench.heard()).containsExactly("refused 2 TRADE_INSUFFICIENT");
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("done 1", "done 3");
        assertThat(bench.view()).isEqualTo("a,c");
    }

    @Test
    void messagesWaitWhenTooManyCommitsAreUnderWayAndAreRefusedWhenTooManyWait() {
        RoomBench bench = new RoomBench(new EngineLimits(1_000, 2, 1_000, 1, 1_000, 1_000), "left", "add left").begin();
        bench.join(ANN);
        bench.join(BEN);
        bench.says(ANN, "add a");
        bench.says(ANN, "add b");
        bench.add(bench.room.left(BEN.id(), START));

        assertThat(bench.heard()).containsExactly("refused 2 BUSY");
        assertThat(bench.room.pending()).hasSize(2);
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("done 1");
        assertThat(bench.view()).isEqualTo("a,left");
        assertThat(bench.room.isSettling()).isFalse();
    }

    @Test
    void turnsWaitOnceThoseUnderWayHaveTooManyBytesButOneAlwaysGoesOn() {
        RoomBench bench = new RoomBench(new EngineLimits(10_000, 100, 3_000, 100, 10_000, 10_000)).begin();
        bench.with(ANN);
        for (int i = 0; i < 6; i++) {
            bench.says(ANN, "fill 100" + i);
        }
        assertThat(bench.room.pending()).hasSize(3);
        bench.refuseNext();
        assertThat(bench.room.pending()).hasSize(3);
        bench.says(ANN, "fill 9000");
        bench.commitAll();
        assertThat(bench.heard()).hasSize(7).endsWith("done 7");

        bench.says(ANN, "fill 1;tellAll " + "x".repeat(3_000));
        bench.says(ANN, "fill 2;publish e");
        assertThat(bench.room.pending()).hasSize(1);
        bench.commitAll();
        assertThat(bench.room.isSettling()).isFalse();
    }

    @Test
    void messagesAreRefusedWhenThoseThatWaitHaveTooManyBytes() {
        RoomBench bench = new RoomBench(new EngineLimits(1_000, 1, 1_000, 100, 100, 1_000)).begin();
        bench.with(ANN);
        bench.says(ANN, "add a");
        bench.says(ANN, "add " + "b".repeat(50));
        bench.says(ANN, "add " + "c".repeat(50));
        bench.says(ANN, "add d");
        assertThat(bench.heard()).containsExactly("refused 3 BUSY");
        bench.commitAll();
        bench.says(ANN, "add " + "e".repeat(200));
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("done 1", "done 2", "done 4", "done 5");
    }

    @Test
    void whatPlayersDoWhileTheStoreIsSilentDoesNotPileUp() {
        RoomBench bench = new RoomBench(
                new EngineLimits(1_000, 1, 1_000, 100, 1_000, 1_000),
                "joined",
                "add in",
                "left",
                "add out",
                "dropped",
                "add lost",
                "returned",
                "add back");
        bench.begin().with(ANN);
        bench.says(ANN, "add a");
        for (int i = 0; i < 1_000; i++) {
            bench.add(bench.room.dropped(ANN.id(), START));
            bench.add(bench.room.dropped(ANN.id(), START));
            bench.add(bench.room.returned(ANN.id(), START));
            bench.join(BEN);
            bench.add(bench.room.dropped(BEN.id(), START));
            bench.add(bench.room.left(BEN.id(), START));
        }
        bench.commitNext();
        assertThat(bench.room.isSettling()).isFalse();
        assertThat(bench.view()).isEqualTo("in,a");
    }

    @Test
    void whatPlayersDoWhileTheStoreIsSilentKeepsItsOrderAroundTheirMessages() {
        RoomBench bench = new RoomBench(
                new EngineLimits(1_000, 1, 1_000, 100, 1_000, 1_000),
                "joined",
                "add in",
                "left",
                "add out",
                "dropped",
                "add lost",
                "returned",
                "add back");
        bench.begin().with(ANN);
        bench.add(bench.room.dropped(ANN.id(), START));
        bench.add(bench.room.returned(ANN.id(), START));
        bench.says(ANN, "add a");
        bench.add(bench.room.dropped(ANN.id(), START));
        bench.add(bench.room.left(ANN.id(), START));
        bench.join(ANN);
        bench.says(ANN, "add b");
        bench.add(bench.room.left(ANN.id(), START));
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("in,lost,back,a,out,in,b,out");
        assertThat(bench.room.isSettling()).isFalse();
    }

    @Test
    void whatTheGameThrowsIsAnsweredAndNothingOfTheTurnHappens() {
        RoomBench bench = RoomBench.open().with(ANN);
        for (String script : List.of("throw", "null", "overflow", "refuse")) {
            bench.says(ANN, "add a;tellAll a;give me gold 1;timer t 1;" + script);
        }
        bench.add(bench.room.said(ANN.id(), 5, 0, ByteString.copyFromUtf8("\1"), START));

        assertThat(bench.out).hasSize(5);
        assertThat(((Output.Broken) bench.out.get(1)).failure()).hasMessage("game script returned null from on");
        assertThat(bench.heard())
                .containsExactly("broken 1", "broken 2", "broken 3", "refused 4 NOT_ALLOWED", "refused 5 BAD_VALUE");
        assertThat(bench.room.pending()).isEmpty();
        assertThat(bench.room.dueMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whoIsNotPresentCannotAct() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(BEN, "add b");
        assertThat(bench.heard()).containsExactly("refused 1 NOT_ALLOWED");
    }

    @Test
    void playersArePresentInTheOrderOfTheirComing() {
        RoomBench bench = RoomBench.open("left", "addPresent").with(BEN, ANN);
        bench.says(ANN, "addPresent");
        bench.add(bench.room.left(BEN.id(), START));
        bench.add(bench.room.left(BEN.id(), START));
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("[ben, ann],[ann]");
    }

    @Test
    void whoCannotComeInIsPutOut() {
        RoomBench bench = RoomBench.open("joined:ann", "throw", "joined:ben", "refuse");
        bench.join(ANN);
        bench.join(BEN);
        bench.says(ANN, "add a");
        assertThat(bench.heard())
                .containsExactly(
                        "failed: joined, for player 1",
                        "put out 1 INTERNAL",
                        "put out 2 NOT_ALLOWED",
                        "refused 1 NOT_ALLOWED");

        RoomBench other = RoomBench.open("joined", "take me gold 1");
        other.purse(ANN).counts.put("gold", 1L);
        other.join(ANN);
        other.refuseNext();
        assertThat(other.heard()).containsExactly("put out 1 TRADE_INSUFFICIENT");
    }

    @Test
    void whoLeavesIsGoneEvenIfTheGameFails() {
        RoomBench bench = RoomBench.open("left:ann", "throw", "left:ben", "add gone;take @bank gold 1")
                .with(ANN, BEN);
        bench.add(bench.room.left(ANN.id(), START));
        bench.add(bench.room.left(BEN.id(), START));
        assertThat(bench.heard()).containsExactly("failed: left, for player 1");
        bench.commitNext();
        bench.refuseNext();
        assertThat(bench.heard()).containsExactly("failed: left, for player 2");
        assertThat(bench.lastKept().getPresentList()).isEmpty();
        bench.commitAll();
        assertThat(bench.view()).isEmpty();
    }

    @Test
    void lostAndNewConnectionsAreTurnsToo() {
        RoomBench bench =
                RoomBench.open("dropped", "add -$who", "returned", "throw").with(ANN);
        bench.add(bench.room.dropped(ANN.id(), START));
        bench.add(bench.room.dropped(BEN.id(), START));
        bench.add(bench.room.returned(ANN.id(), START));
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("failed: returned, for player 1");
        assertThat(bench.view()).isEqualTo("-ann");
    }

    @Test
    void whoWasThereBeforeACrashLeavesAndNobodyIsPresentThen() {
        RoomBench bench = RoomBench.open();
        bench.join(BEN);
        bench.join(ANN);
        Commit last = bench.lastCommit();

        RoomBench next = new RoomBench("left", "add $who;addPresent");
        next.add(next.room.restore(last.revision(), last.room(), START));
        assertThat(next.room.isOpen()).isTrue();
        next.join(ANN);
        assertThat(next.room.pending().get(0).follows()).isEqualTo(last.revision());
        assertThat(RoomBench.kept(next.room.pending().get(0)).getPresentList()).hasSize(1);
        next.says(ANN, "addPresent");
        next.commitAll();
        assertThat(next.view()).isEqualTo("ben,[],ann,[],[ann]");
    }

    @Test
    void whoMovesWithTheRoomIsStillThereAndOthersLeave() {
        RoomBench bench = RoomBench.open();
        bench.join(BEN);
        bench.join(ANN);
        Commit last = bench.lastCommit();

        RoomBench next = new RoomBench("left", "add $who;addPresent", "joined", "throw", "returned", "throw");
        RoomBench.Purse purse = new RoomBench.Purse();
        next.add(next.room.restore(last.revision(), last.room(), Map.of(ANN.id(), purse), START));
        next.says(ANN, "addPresent");
        next.commitAll();

        assertThat(next.heard()).containsExactly("done 1");
        assertThat(next.view()).isEqualTo("ben,[ann],[ann]");
        assertThat(RoomBench.kept(last).getPresentCount()).isEqualTo(2);
    }

    @Test
    void aStateThatTheGameCannotReadIsNotOpened() {
        RoomBench bench = new RoomBench();
        assertThatThrownBy(() -> bench.room.restore(3, ByteString.copyFromUtf8("\1"), START))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot read what is kept of room r");
    }

    @Test
    void timeNeverGoesBackAlsoAfterACrash() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.now = START + 100;
        bench.says(ANN, "addNow");
        bench.now = START;
        bench.says(ANN, "addNow");
        Commit last = bench.lastCommit();

        RoomBench next = new RoomBench();
        next.add(next.room.restore(last.revision(), last.room(), START - 5));
        next.join(ANN);
        next.says(ANN, "addNow");
        next.commitAll();
        assertThat(next.view()).isEqualTo("1000100,1000100,1000100");
    }

    @Test
    void aRequestIsDoneOnceAlsoAfterACrash() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.asks(ANN, 7, "add a");
        bench.asks(ANN, 7, "add a");
        assertThat(bench.heard()).isEmpty();
        Commit last = bench.lastCommit();
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("done 1", "done 2");

        RoomBench next = new RoomBench();
        next.add(next.room.restore(last.revision(), last.room(), START));
        next.with(ANN);
        next.asks(ANN, 7, "add a");
        assertThat(next.heard()).containsExactly("done 1");
        next.asks(ANN, 8, "add b");
        next.commitAll();
        assertThat(next.view()).isEqualTo("a,b");
    }

    @Test
    void aRequestThatWasRefusedIsNotRemembered() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.asks(ANN, 1, "add a;take @bank gold 1");
        bench.asks(ANN, 1, "add b");
        bench.refuseNext();
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("refused 1 TRADE_INSUFFICIENT", "done 2");
        assertThat(bench.view()).isEqualTo("b");
    }

    @Test
    void membersAreSentAndPutOutWhenItIsDurable() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "add a;send other;putOut;tell bye");
        assertThat(bench.heard()).isEmpty();
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("to 1: bye", "done 1", "send ann to other", "put out 1 KICKED");
    }

    @Test
    void admissionIsDecidedOnTheDurableState() {
        RoomBench bench = RoomBench.open("open", "old").with(ANN);
        bench.says(ANN, "add new");
        assertThat(bench.room.admit(BEN, ByteString.copyFromUtf8("t")))
                .isEqualTo(Admission.refuse(ErrorCode.NOT_ALLOWED, "old"));
        assertThat(bench.room.admit(BEN, ByteString.EMPTY)).isEqualTo(Admission.player());
    }

    @Test
    void aRoomThatHasNotBegunSaysSo() {
        GameRoom room = new GameRoom(ScriptGame.TYPE, new RoomId("r"), EngineLimits.DEFAULT, Map.of());
        assertThatThrownBy(() -> room.left(ANN.id(), START)).hasMessage("room r has not begun");
        assertThat(room.isSettling()).isFalse();
    }
}
