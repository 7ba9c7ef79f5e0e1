package tavern.sim.chaos;

/** Whether servers wait until the replica of their Redis has what they write. */
enum Replication {
    SYNC,
    ASYNC
}
