package tavern.server.operators;

import java.util.Set;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorKey;

/** Whom a valid key belongs to. */
public record SignedIn(OperatorAccount account, OperatorKey key, Set<Right> rights) {}
