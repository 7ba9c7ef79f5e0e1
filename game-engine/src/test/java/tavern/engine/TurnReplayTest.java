package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tavern.engine.recorded.RecordedEntry;
import tavern.engine.recorded.RecordingHeader;
import tavern.game.Kept;
import tavern.game.PlayerId;

final class TurnReplayTest {
    private final RoomBench bench = RoomBench.open("joined", "addPresent", "left", "addNow", "due", "addChance")
            .with(RoomBench.ANN, RoomBench.BEN);

    private void says(String script) {
        bench.says(RoomBench.ANN, script);
        bench.commitAll();
    }

    private ReplayReport replay() throws IOException {
        return TurnReplay.run(bench.recording(), ScriptGame.TYPE);
    }

    private void assertSame(long turns) throws IOException {
        ReplayReport report = replay();
        assertThat(report.difference()).as(report.text(String::valueOf)).isNull();
        assertThat(report.turns()).isEqualTo(turns);
    }

    @Test
    void turnsOfAllKindsAreComputedAgain() throws Exception {
        says("add word;tellAll word;timer t 50;publish event");
        says("refuse");
        says("throw");
        says("tell only");
        says("signal other hello");
        bench.add(bench.room.arrived(RoomBench.SIGNALS + 1, bench.now));
        bench.commitAll();
        bench.passes(60);
        bench.commitAll();
        bench.add(bench.room.dropped(RoomBench.ANN.id(), bench.now));
        bench.add(bench.room.returned(RoomBench.ANN.id(), bench.now));
        bench.signals("other", 5, "addChance");
        bench.add(bench.room.left(RoomBench.BEN.id(), bench.now));
        bench.commitAll();

        assertSame(14);
    }

    @Test
    void aTurnSeesTheGoodsAndValuesThatItSawBefore() throws Exception {
        RoomBench.Purse purse = bench.purse(RoomBench.ANN);
        purse.counts.put("gold", 50L);
        purse.items.put(9L, "hat");
        purse.values.put("best", new Kept(StringValue.of("old").toByteString(), 3));
        // On what others that are not durable yet do.
        bench.says(RoomBench.ANN, "take me gold 10");
        bench.says(RoomBench.ANN, "addCount gold;addItems;addKept best");
        bench.says(RoomBench.ANN, "moveItem me @bank 9;put best new");
        bench.says(RoomBench.ANN, "addItems;addKept best");
        bench.commitAll();
        purse.counts.clear();
        purse.items.clear();
        purse.values.clear();

        assertSame(7);
    }

    @Test
    void whatWasReadForATurnIsNotAskedForAgainAndWhatCouldNotBeAskedForIs() throws Exception {
        says("read bad name");
        RoomBench.Purse purse = new RoomBench.Purse();
        purse.counts.put("gold", 30L);
        PlayerId dan = new PlayerId(77);
        bench.says(RoomBench.ANN, "read 77;addCountOf 77 gold");
        bench.add(bench.room.read(1, new ReadGoods(Map.of(dan, new ReadGoods.Account(4, purse)), Map.of()), bench.now));
        bench.commitAll();
        bench.says(RoomBench.ANN, "read name:nobody;addNamed nobody");
        bench.add(bench.room.read(2, new ReadGoods(Map.of(), Map.of()), bench.now));
        bench.commitAll();

        assertThat(bench.heard()).contains("broken 1", "done 2", "done 3");
        assertSame(6);
    }

    @Test
    void aTurnThatNowWantsToReadSomethingIsFound() throws Exception {
        AtomicLong outside = new AtomicLong();
        ImpureGame impure = new ImpureGame(outside);
        GameRoom room = ImpureGame.room(impure, new FlightRecorder(RecorderMemory.UNBOUNDED, 1 << 20));
        ImpureGame.says(room, "ask");
        outside.set(77);

        ReplayReport.Difference difference =
                Objects.requireNonNull(TurnReplay.run(room.recording(RecordingHeader.newBuilder()), impure.type())
                        .difference());

        assertThat(difference.what()).isEqualTo("what is read before the turn");
        assertThat(difference.actual()).contains("77");
    }

    @Test
    void whatTheStoreRefusesIsRecordedAndNotComputed() throws Exception {
        bench.purse(RoomBench.ANN).counts.put("gold", 50L);
        bench.says(RoomBench.ANN, "take me gold 10;add a");
        bench.says(RoomBench.ANN, "addCount gold");
        bench.purse(RoomBench.ANN).counts.clear();
        bench.refuseNext();
        bench.commitAll();

        assertSame(4);
        assertThat(replay().refusedByStore()).isEqualTo(1);
    }

    @Test
    void theFirstTurnOfWhichSomethingElseComesIsFound() throws Exception {
        AtomicLong outside = new AtomicLong(7);
        ImpureGame impure = new ImpureGame(outside);
        FlightRecorder recorder = new FlightRecorder(RecorderMemory.UNBOUNDED, 1 << 20);
        GameRoom room = ImpureGame.room(impure, recorder);
        ImpureGame.says(room, "pure");
        ImpureGame.says(room, "state");
        ImpureGame.says(room, "pure");
        RecordingFile recording = room.recording(RecordingHeader.newBuilder());

        assertThat(TurnReplay.run(recording, impure.type()).difference()).isNull();
        outside.set(8);
        ReplayReport.Difference difference =
                Objects.requireNonNull(TurnReplay.run(recording, impure.type()).difference());

        assertThat(difference.turn()).isEqualTo(4);
        assertThat(difference.revision()).isEqualTo(3);
        assertThat(difference.what()).isEqualTo("the room after the turn");
        assertThat(difference.expected()).isNotEqualTo(difference.actual());
        assertThat(difference.message()).isEqualTo(StringValue.of("state"));
        assertThat(difference.after()).isEqualTo(StringValue.of("pure,8"));
    }

    @Test
    void differencesInWhatIsToldOrReadOrThrownAreFoundToo() throws Exception {
        for (String what : new String[] {"tell", "read", "refuse", "throw", "give"}) {
            AtomicLong outside = new AtomicLong();
            ImpureGame impure = new ImpureGame(outside);
            GameRoom room = ImpureGame.room(impure, new FlightRecorder(RecorderMemory.UNBOUNDED, 1 << 20));
            ImpureGame.says(room, what);
            RecordingFile recording = room.recording(RecordingHeader.newBuilder());
            outside.set(1);

            assertThat(TurnReplay.run(recording, impure.type()).difference())
                    .as(what)
                    .isNotNull();
        }
    }

    @Test
    void aRecordingIsBoundedAndBeginsAnewWithAState() throws Exception {
        AtomicLong used = new AtomicLong();
        RecorderMemory memory = new RecorderMemory() {
            @Override
            public boolean take(long bytes) {
                return used.addAndGet(bytes) <= 30_000 || used.addAndGet(-bytes) < 0;
            }

            @Override
            public void give(long bytes) {
                used.addAndGet(-bytes);
            }
        };
        for (long bytesMax : new long[] {20_000, 1 << 20}) {
            FlightRecorder recorder = new FlightRecorder(memory, bytesMax);
            ImpureGame impure = new ImpureGame(new AtomicLong());
            GameRoom room = ImpureGame.room(impure, recorder);
            for (int i = 0; i < 1_000; i++) {
                ImpureGame.says(room, "pure");
            }
            RecordingFile recording = room.recording(RecordingHeader.newBuilder());
            ReplayReport report = TurnReplay.run(recording, impure.type());

            assertThat(used.get()).isEqualTo(recording.bytes()).isLessThanOrEqualTo(Math.min(bytesMax, 30_000));
            assertThat(report.difference()).isNull();
            assertThat(report.turns()).isPositive();
            assertThat(recording.header().getTurnsLeftOut()).isEqualTo(1_002 - report.turns());
            recorder.close();
            ImpureGame.says(room, "pure");
            assertThat(used.get()).isZero();
        }
    }

    @Test
    void aRecordingOfARoomThatIsRestoredBeginsWithWhatWasKept() throws Exception {
        says("add word;addChance");
        bench.says(RoomBench.ANN, "addChance");
        Commit last = bench.lastCommit();
        RoomBench next = new RoomBench("left", "addNow");
        next.add(next.room.restore(last.revision(), last.room(), bench.now));
        next.commitAll();
        next.with(RoomBench.ANN);
        next.says(RoomBench.ANN, "addPresent;addChance");
        next.commitAll();

        RecordedEntry first = next.recording().entry(0);
        assertThat(first.getBase().getRevision()).isEqualTo(last.revision());
        assertThat(first.getBase().getRoom()).isEqualTo(last.room());
        assertThat(TurnReplay.run(next.recording(), ScriptGame.TYPE)).isEqualTo(new ReplayReport(4, 0, null));
    }

    @Test
    void afterAReloadOnlyTurnsOfTheNewVersionAreThere() throws Exception {
        AtomicLong old = new AtomicLong(1);
        GameRoom room = ImpureGame.room(new ImpureGame(old), new FlightRecorder(RecorderMemory.UNBOUNDED, 1 << 20));
        ImpureGame.says(room, "state");
        ImpureGame next = new ImpureGame(new AtomicLong(2));
        room.readBy(next.type()).run();
        ImpureGame.says(room, "state");

        RecordingFile recording = room.recording(RecordingHeader.newBuilder());
        assertThat(TurnReplay.run(recording, next.type())).isEqualTo(new ReplayReport(1, 0, null));
    }

    @Test
    void aFileIsWhatWasWritten() throws Exception {
        says("add word");
        byte[] file = file(bench.recording());

        assertThat(RecordingFile.read(new ByteArrayInputStream(file))).isEqualTo(bench.recording());
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            try {
                ReplayReport report =
                        TurnReplay.run(RecordingFile.read(new ByteArrayInputStream(cut)), ScriptGame.TYPE);
                // Cut between two entries.
                assertThat(report.difference()).isNull();
            } catch (IOException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void whatIsNotARecordingOfThisGameIsRefused() throws Exception {
        assertThatThrownBy(() -> RecordingFile.read(new ByteArrayInputStream(new byte[] {3, 1, 2, 3})))
                .isInstanceOf(IOException.class);
        RecordingHeader header = bench.recording().header();
        byte[] newer = file(new RecordingFile(
                header.toBuilder().setFormat(2).build(), bench.recording().entries()));
        assertThatThrownBy(() -> RecordingFile.read(new ByteArrayInputStream(newer)))
                .hasMessageContaining("format 2");
        assertThatThrownBy(() -> TurnReplay.run(bench.recording(), new ImpureGame(new AtomicLong()).type()))
                .hasMessage("the recording is of game script, not of impure");
        RecordingFile nonsense =
                new RecordingFile(header, bench.recording().entries().subList(1, 2));
        assertThatThrownBy(() -> TurnReplay.run(nonsense, ScriptGame.TYPE)).hasMessageContaining("entry 1");
    }

    @Test
    void aRoomThatIsNotRecordedHasNoEntries() throws InvalidProtocolBufferException {
        GameRoom room = ImpureGame.room(new ImpureGame(new AtomicLong()), FlightRecorder.off());
        ImpureGame.says(room, "pure");

        assertThat(room.recording(RecordingHeader.newBuilder()).entries()).isEmpty();
        assertThat(room.summary().state()).isEqualTo(StringValue.parseFrom(room.view(ImpureGame.VIEWER)));
        assertThat(room.summary().revision()).isEqualTo(room.revision().orElseThrow());
    }

    private static byte[] file(RecordingFile recording) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        recording.writeTo(out);
        return out.toByteArray();
    }
}
