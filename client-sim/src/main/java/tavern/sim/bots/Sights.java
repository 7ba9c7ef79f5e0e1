package tavern.sim.bots;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientRoom;
import tavern.sim.oracle.MoveLog;
import tavern.sim.oracle.SightOracle;
import tavern.sim.oracle.Tally;

/** Checks which bots of one room have which others in view, if the room has cells. Confined to one event loop. */
final class Sights {
    private final List<Bot> bots;
    private final SightOracle oracle;
    private int next;

    Sights(List<Bot> bots, Tally tally) {
        this.bots = bots;
        this.oracle = new SightOracle(tally);
    }

    @FunctionalInterface
    private interface PairCheck {
        /** @return whether to continue with the next entity */
        boolean at(SightOracle.Place viewer, SightOracle.Place other, boolean inView, Bot otherBot);
    }

    /** Checks what one bot sees; each call checks the next bot in turn. */
    void checkNext() {
        Bot bot = bots.get(next++ % bots.size());
        SightOracle.Rules rules = bot.sightRules();
        if (rules != null) {
            forEachPair(bot, (viewer, other, inView, otherBot) -> {
                oracle.walking(rules, viewer, other, inView);
                return true;
            });
        }
    }

    /** Whether every bot sees exactly whom it must; called once nobody moves any more. */
    boolean isSettled() {
        for (Bot bot : bots) {
            SightOracle.Rules rules = bot.sightRules();
            if (rules != null
                    && !forEachPair(
                            bot,
                            (viewer, other, inView, otherBot) -> SightOracle.isRight(
                                    rules, viewer, other, inView, otherBot.hasInView(bot.selfId())))) {
                return false;
            }
        }
        return true;
    }

    void finish() {
        for (Bot bot : bots) {
            SightOracle.Rules rules = bot.sightRules();
            if (rules != null) {
                forEachPair(bot, (viewer, other, inView, otherBot) -> {
                    oracle.resting(rules, viewer, other, inView, otherBot.hasInView(bot.selfId()));
                    return true;
                });
            }
        }
    }

    /** @return false when the visitor stopped early */
    private boolean forEachPair(Bot bot, PairCheck check) {
        SightOracle.Place viewer = bot.place();
        ClientRoom view = bot.view();
        if (viewer == null || view == null) {
            return true;
        }
        for (ClientRoom.Entity entity : view.entities()) {
            if (entity.attachment() instanceof MoveLog log && log.member() != bot.member()) {
                Bot otherBot = bots.get(log.member());
                // Who is under another owner is somewhere else in another copy of the room.
                boolean isHere = otherBot.isUnder(view.joined().getFence());
                SightOracle.@Nullable Place other = isHere ? otherBot.place() : null;
                if (other != null && !check.at(viewer, other, entity.isInView(), otherBot)) {
                    return false;
                }
            }
        }
        return true;
    }
}
