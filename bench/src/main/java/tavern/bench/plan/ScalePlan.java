package tavern.bench.plan;

import java.util.List;

/** How much of everything so many players need. Pure arithmetic: each figure is a rate times what one costs. */
record ScalePlan(ExpectedPlay play, Machines machines, UnitCosts costs) {
    private static final double BITS = 8;
    private static final double GIGA = 1e9;

    /** What the process needs beside its players: heap, code, buffers. */
    private static final double SERVER_BYTES = 400e6;

    /** The most players of one node: {@code limits.sessions-max} and {@code connections-max} by default. */
    private static final double PLAYERS_A_NODE_MAX = 20_000;

    /** CPU time that the servers use in a second. */
    double serverMicros() {
        return play.writesPerSecond() * costs.write()
                + play.movesPerSecond() * costs.move()
                + play.chatDeliveriesPerSecond() * costs.chatDelivery()
                + play.loginsPerSecond() * costs.login()
                + play.joinsPerSecond() * costs.join()
                + play.tradesPerSecond() * costs.trade();
    }

    double serverCores() {
        return machines.coresFor(serverMicros());
    }

    /** One more than is needed, so that the others can carry the players of one that fails. */
    int nodes() {
        double byCores = Math.ceil(serverCores() / machines.cores());
        double byPlayers = Math.ceil(play.players() / PLAYERS_A_NODE_MAX);
        return (int) Math.max(byCores, byPlayers) + 1;
    }

    int playersANode() {
        return (int) Math.ceil((double) play.players() / (nodes() - 1));
    }

    double nodeBytes() {
        return SERVER_BYTES + playersANode() * costs.playerBytes();
    }

    double outboundGigabits() {
        double bytes = play.updatesPerSecond() * costs.updateBytes() + play.writesPerSecond() * costs.packetBytes();
        return bytes * BITS / GIGA;
    }

    /** CPU time that Redis uses in a second. */
    double redisMicros() {
        return play.loginsPerSecond() * costs.redisLogin()
                + play.joinsPerSecond() * costs.redisJoin()
                + play.rooms() * costs.redisRoomSecond()
                + (play.moves() > 0 ? play.players() * costs.redisWalkSecond() : 0)
                + play.chatsPerSecond() * costs.redisChat()
                + play.tradesPerSecond() * costs.redisTrade();
    }

    /**
     * Each realm is one slot of Redis, and so one core. Players of different realms cannot trade.
     *
     * @return realms of equal size that are needed
     */
    int realms() {
        return (int) Math.max(1, Math.ceil(machines.coresFor(redisMicros())));
    }

    /** Of one primary's core, in each of the realms. */
    double redisShare() {
        return redisMicros() / 1e6 / machines.speed() / realms();
    }

    double rabbitCores() {
        return machines.coresFor(play.tradesPerSecond() * costs.rabbitTrade());
    }

    /** What fills one realm up, with the same play: the number of players at which its Redis is used to the planned share. */
    int playersOfARealm() {
        return (int) (play.players() / machines.coresFor(redisMicros()));
    }

    /** One line of the table. */
    record Line(String what, double amount, String unit) {}

    List<Line> lines() {
        return List.of(
                new Line("rooms", play.rooms(), ""),
                new Line("moves", play.movesPerSecond(), "/s"),
                new Line("positions delivered", play.updatesPerSecond(), "/s"),
                new Line("writes to players", play.writesPerSecond(), "/s"),
                new Line("lines of chat", play.chatsPerSecond(), "/s"),
                new Line("trades", play.tradesPerSecond(), "/s"),
                new Line("logins", play.loginsPerSecond(), "/s"),
                new Line("joins", play.joinsPerSecond(), "/s"),
                new Line("cores of servers", serverCores(), ""),
                new Line("nodes, one of them spare", nodes(), ""),
                new Line("players of a node", playersANode(), ""),
                new Line("memory of a node", nodeBytes() / GIGA, "GB"),
                new Line("outbound, all nodes", outboundGigabits(), "Gbit/s"),
                new Line("outbound, each node", outboundGigabits() / (nodes() - 1), "Gbit/s"),
                new Line("realms, each a primary of Redis", realms(), ""),
                new Line("of a core, each primary", redisShare() * 100, "%"),
                new Line("players that fill a realm", playersOfARealm(), ""),
                new Line("cores of RabbitMQ", rabbitCores(), ""));
    }
}
