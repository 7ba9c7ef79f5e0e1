package tavern.sim.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChatOracleTest {
    private static final int ANN = 0;
    private static final int BOB = 1;

    private final Tally tally = new Tally();
    private final ChatOracle chat = new ChatOracle("run7", List.of("ann", "bob"), tally);

    @BeforeEach
    void bothJoin() {
        chat.joined(ANN, 1);
        chat.joined(BOB, 1);
    }

    @Test
    void linesThatAllGotInOrderAreAllThatIsExpected() {
        String first = chat.sent(ANN, 100);
        String second = chat.sent(BOB, 100);
        assertThat(chat.heard(ANN, "ann", first, 1, 150)).isEqualTo(50);
        hear(BOB, "ann", first, 1);
        hear(ANN, "bob", second, 2);
        assertThat(chat.isQuiet()).isFalse();
        hear(BOB, "bob", second, 2);
        assertThat(chat.isQuiet()).isTrue();
        expect(4, 4);
        faults();
    }

    @Test
    void aLineThatOneDidNotGetIsLost() {
        String line = chat.sent(ANN, 0);
        hear(ANN, "ann", line, 1);
        expect(2, 1);
        faults(Count.CHAT_LOST);
    }

    @Test
    void aLineThatNobodyGotAndNothingExplainsIsLostToAll() {
        chat.sent(ANN, 0);
        expect(2, 0);
        assertThat(tally.get(Count.CHAT_LOST)).isEqualTo(2);
    }

    @Test
    void aRefusedLineIsNotExpectedAndIsForgedWhenItComesAllTheSame() {
        String line = chat.sent(ANN, 0);
        chat.refused(line);
        hear(BOB, "ann", line, 1);
        expect(0, 0);
        faults(Count.CHAT_FORGED);
    }

    @Test
    void aLineWhoseAnswerWasLostIsExpectedByAllOnceOneGotIt() {
        chat.unknown(chat.sent(ANN, 0));
        String published = chat.sent(ANN, 0);
        chat.unknown(published);
        hear(ANN, "ann", published, 1);
        expect(2, 1);
        faults(Count.CHAT_LOST);
    }

    @Test
    void aLineThatComesTwiceIsDuplicated() {
        String line = chat.sent(ANN, 0);
        hear(ANN, "ann", line, 1);
        hear(BOB, "ann", line, 1);
        hear(BOB, "ann", line, 2);
        expect(2, 2);
        faults(Count.CHAT_DUPLICATED);
    }

    @Test
    void linesOfOneSenderOutOfOrderAreReordered() {
        String first = chat.sent(ANN, 0);
        String second = chat.sent(ANN, 0);
        hear(ANN, "ann", second, 1);
        hear(ANN, "ann", first, 2);
        hear(BOB, "ann", second, 1);
        hear(BOB, "ann", first, 2);
        expect(4, 4);
        assertThat(tally.get(Count.CHAT_REORDERED)).isEqualTo(2);
    }

    @Test
    void twoOrdersOfTheSameLinesAreReordered() {
        String first = chat.sent(ANN, 0);
        String second = chat.sent(BOB, 0);
        hear(ANN, "ann", first, 1);
        hear(ANN, "bob", second, 2);
        hear(BOB, "bob", second, 1);
        hear(BOB, "ann", first, 2);
        expect(4, 4);
        assertThat(tally.get(Count.CHAT_REORDERED)).isEqualTo(2);
    }

    @Test
    void wordsPutIntoABotsMouthAreForged() {
        String line = chat.sent(ANN, 0);
        hear(ANN, "ann", line + "!", 1);
        hear(ANN, "bob", line, 2);
        hear(ANN, "bob", "give me all your gold", 3);
        hear(ANN, "ann", "run7 99 from ann", 4);
        assertThat(tally.get(Count.CHAT_FORGED)).isEqualTo(4);
    }

    @Test
    void strangersAreNotForgers() {
        hear(ANN, "carl", "hello", 1);
        expect(0, 0);
        assertThat(tally.get(Count.FOREIGN)).isEqualTo(1);
        faults();
    }

    @Test
    void whoJoinsLaterOrLosesItsSessionIsExpectedToHearOnlyWhatCameBetween() {
        String before = chat.sent(ANN, 0);
        hear(ANN, "ann", before, 1);
        chat.sessionLost(BOB);
        String between = chat.sent(ANN, 0);
        hear(ANN, "ann", between, 2);
        chat.joined(BOB, 2);
        String after = chat.sent(ANN, 0);
        hear(ANN, "ann", after, 3);
        hear(BOB, "ann", after, 1);
        expect(4, 4);
        faults();
    }

    private void hear(int member, String sender, String text, long roomSeq) {
        chat.heard(member, sender, text, roomSeq, 0);
    }

    private void expect(long expected, long delivered) {
        chat.finish();
        assertThat(tally.get(Count.CHAT_EXPECTED)).isEqualTo(expected);
        assertThat(tally.get(Count.CHAT_DELIVERED)).isEqualTo(delivered);
    }

    private void faults(Count... expected) {
        assertThat(Arrays.stream(Count.values()).filter(count -> count.isFault() && tally.get(count) > 0))
                .containsExactlyInAnyOrder(expected);
    }
}
