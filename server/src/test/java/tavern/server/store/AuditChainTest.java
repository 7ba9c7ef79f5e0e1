package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AuditChainTest {
    private final List<AuditEntry> entries = new ArrayList<>();

    AuditChainTest() {
        AuditEntry last = null;
        for (int i = 1; i <= 5; i++) {
            last = AuditEntry.after(last, new AuditEntry.Fact(i, "ann", "::1", "kick", "bob" + i, "spam", "kicked"));
            entries.add(last);
        }
    }

    @Test
    void aChainThatNobodyTouchedIsSound() {
        assertThat(firstFault()).isEmpty();
    }

    static Stream<AuditEntry> forgeries() {
        AuditEntry.Fact fact = new AuditEntry.Fact(3, "ann", "::1", "kick", "bob3", "spam", "kicked");
        AuditEntry e = AuditEntry.after(new AuditChainTest().entries.get(1), fact);
        String p = e.previousHash();
        String h = e.hash();
        return Stream.of(
                new AuditEntry(3, p, 4, "ann", "::1", "kick", "bob3", "spam", "kicked", h),
                new AuditEntry(3, p, 3, "eve", "::1", "kick", "bob3", "spam", "kicked", h),
                new AuditEntry(3, p, 3, "ann", "::2", "kick", "bob3", "spam", "kicked", h),
                new AuditEntry(3, p, 3, "ann", "::1", "mute", "bob3", "spam", "kicked", h),
                new AuditEntry(3, p, 3, "ann", "::1", "kick", "bob4", "spam", "kicked", h),
                new AuditEntry(3, p, 3, "ann", "::1", "kick", "bob3", "", "kicked", h),
                // The same characters, cut elsewhere.
                new AuditEntry(3, p, 3, "ann", "::1", "kick", "bob3s", "pam", "kicked", h),
                new AuditEntry(3, p, 3, "ann", "::1", "kick", "bob3", "spam", "nothing", h),
                new AuditEntry(3, p, 3, "ann", "::1", "kick", "bob3", "spam", "kicked", p));
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void aChangedEntryIsNamed(AuditEntry forged) {
        entries.set(2, forged);
        assertThat(firstFault()).contains("entry 3 was changed after it was written");
    }

    @Test
    void anEntryThatWasChangedWithItsHashIsFoundAtTheNext() {
        entries.set(2, AuditEntry.after(entries.get(1), new AuditEntry.Fact(3, "eve", "::1", "kick", "x", "y", "z")));
        assertThat(firstFault()).contains("entry 4 does not follow from the one before");
    }

    @Test
    void aMissingEntryIsNamed() {
        entries.remove(2);
        assertThat(firstFault()).contains("entry 3 is missing; after 2 comes 4");
    }

    @Test
    void aLogThatWasWrittenAnewIsFoundByAnAnchor() {
        AuditAnchor anchor = new AuditAnchor("a note", 4, entries.get(3).hash(), 0);
        assertThat(firstFault(anchor)).isEmpty();
        // All of it with hashes that fit.
        List<AuditEntry> forged = new ArrayList<>();
        for (AuditEntry entry : entries) {
            forged.add(AuditEntry.after(
                    forged.isEmpty() ? null : forged.get(forged.size() - 1),
                    new AuditEntry.Fact(entry.atMillis(), "eve", "::1", "kick", entry.target(), "spam", "kicked")));
        }
        entries.clear();
        entries.addAll(forged);
        assertThat(firstFault()).isEmpty();
        assertThat(firstFault(anchor))
                .contains("entry 4 is not the one that a note remembers: the log was written anew");
    }

    @Test
    void entriesThatWereCutOffAreFoundByAnAnchor() {
        AuditAnchor anchor = new AuditAnchor("a note", 5, entries.get(4).hash(), 0);
        assertThat(firstFault(anchor)).isEmpty();
        entries.remove(4);
        assertThat(firstFault()).isEmpty();
        assertThat(firstFault(anchor))
                .contains("the log ends with entry 4, but a note remembers entry 5: entries were cut off");
    }

    private Optional<String> firstFault(AuditAnchor... anchors) {
        AuditChain chain = new AuditChain(List.of(anchors));
        return entries.stream()
                .map(chain::add)
                .flatMap(Optional::stream)
                .findFirst()
                .or(chain::end);
    }
}
