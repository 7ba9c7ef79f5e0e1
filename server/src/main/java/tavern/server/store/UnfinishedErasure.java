package tavern.server.store;

/** An erasure whose search of the rooms has not ended; until then, nobody else can have the name. */
public record UnfinishedErasure(Erasure erasure, long sinceMillis) {}
