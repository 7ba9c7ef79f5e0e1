package tavern.bench.plan;

/**
 * What one of each costs, of a core of the machine that it was measured on. CPU in microseconds.
 *
 * @param write a snapshot to one player, with the packets
 * @param move of a player, read and applied
 * @param chatDelivery of a line to one player
 * @param login at the server, without TLS
 * @param join into an open room, at the server
 * @param trade at the server, over TCP, with the feed
 * @param playerBytes memory of the server's process for a player
 * @param updateBytes in frames, of one position
 * @param packetBytes of TCP and IP, for each write
 * @param redisLogin CPU of Redis
 * @param redisJoin CPU of Redis, the leaving included
 * @param redisRoomSecond CPU of Redis for a room that is open: its lease
 * @param redisWalkSecond CPU of Redis for a player who moves: the place
 * @param redisChat CPU of Redis for a line
 * @param redisTrade CPU of Redis, with the outbox
 * @param rabbitTrade CPU of RabbitMQ
 */
record UnitCosts(
        double write,
        double move,
        double chatDelivery,
        double login,
        double join,
        double trade,
        double playerBytes,
        double updateBytes,
        double packetBytes,
        double redisLogin,
        double redisJoin,
        double redisRoomSecond,
        double redisWalkSecond,
        double redisChat,
        double redisTrade,
        double rabbitTrade) {
    /** From docs/PERFORMANCE.md and from {@code bin/bench costs}; docs/SCALING.md says which is from where. */
    static final UnitCosts MEASURED =
            new UnitCosts(6.1, 11.1, 7.0, 2_900, 900, 138, 9_600, 5.7, 66, 150, 46, 0.4, 2.9, 3.0, 75, 43);
}
