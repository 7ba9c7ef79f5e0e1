package tavern.sim.audit;

import java.io.IOException;
import java.util.Collection;

/** The Redis store. */
public final class RedisAudit implements StoreAudit {
    private final String uri;
    private final String realm;

    public RedisAudit(String uri, String realm) {
        this.uri = uri;
        this.realm = realm;
    }

    @Override
    public Result read(Collection<KnownTrade> trades) throws IOException {
        throw new IOException("not yet " + uri + realm);
    }
}
