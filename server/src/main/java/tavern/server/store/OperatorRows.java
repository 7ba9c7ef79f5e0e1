package tavern.server.store;

import java.util.List;

/** All accounts of operators and their keys at one moment, with the version of {@link OperatorStore#operatorsVersion}. */
public record OperatorRows(long version, List<OperatorAccount> accounts, List<OperatorKey> keys) {}
