package tavern.server.books;

import java.sql.SQLException;
import java.util.Map;
import tavern.server.store.CheckpointDigest;
import tavern.server.store.CheckpointPage;
import tavern.server.store.CheckpointRow;
import tavern.server.store.Segment;

/** Fills empty balances with what every account has at the end of a segment, page by page. */
final class CheckpointLoad {
    static final int PAGE = 2_000;

    /** Gets to know what an account is called. */
    interface Names {
        void name(long account, String name) throws SQLException;
    }

    private final Segment segment;
    private final BookBalances balances;
    private final Names names;
    private final CheckpointDigest digest = CheckpointDigest.empty();

    /** Removes what is in the balances. */
    CheckpointLoad(Segment segment, BookBalances balances, Names names) throws SQLException {
        this.segment = segment;
        this.balances = balances;
        this.names = names;
        balances.clear();
    }

    /** @return false when another segment was sealed meanwhile, so that everything must be read again */
    boolean add(CheckpointPage page) throws SQLException {
        if (page.segment() != segment.number()) {
            return false;
        }
        for (CheckpointRow row : page.rows()) {
            digest.add(row);
            balances.load(row);
        }
        for (Map.Entry<Long, String> account : page.names().entrySet()) {
            names.name(account.getKey(), account.getValue());
        }
        return true;
    }

    /** Whether all that was loaded is as it was sealed. */
    boolean isSound() {
        return digest.text().equals(segment.digest());
    }

    /** For when it is not. */
    String fault() {
        return "the checkpoint at the end of segment " + segment.number() + " is not as it was sealed";
    }

    Segment segment() {
        return segment;
    }
}
