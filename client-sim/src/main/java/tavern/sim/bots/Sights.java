package tavern.sim.bots;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.sim.client.RoomView;
import tavern.sim.oracle.MoveLog;
import tavern.sim.oracle.SightOracle;
import tavern.sim.oracle.Tally;

/** Who has whom in view among the bots of one room, if it has cells. Belongs to one event loop. */
final class Sights {
    private final List<Bot> bots;
    private final SightOracle oracle;
    private int next;

    Sights(List<Bot> bots, Tally tally) {
        this.bots = bots;
        this.oracle = new SightOracle(tally);
    }

    @FunctionalInterface
    private interface Look {
        /** @return whether to go on */
        boolean at(SightOracle.Place viewer, SightOracle.Place other, boolean inView, Bot otherBot);
    }

    /** Looks at what one of them sees; at another's the next time. */
    void checkNext() {
        Bot bot = bots.get(next++ % bots.size());
        SightOracle.Rules rules = bot.sightRules();
        if (rules != null) {
            look(bot, (viewer, other, inView, otherBot) -> {
                oracle.walking(rules, viewer, other, inView);
                return true;
            });
        }
    }

    /** Nobody moves any more, and all see whom they must. */
    boolean isSettled() {
        for (Bot bot : bots) {
            SightOracle.Rules rules = bot.sightRules();
            if (rules != null
                    && !look(
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
                look(bot, (viewer, other, inView, otherBot) -> {
                    oracle.resting(rules, viewer, other, inView, otherBot.hasInView(bot.selfId()));
                    return true;
                });
            }
        }
    }

    /** @return whether it was not broken off */
    private boolean look(Bot bot, Look look) {
        SightOracle.Place viewer = bot.place();
        RoomView view = bot.view();
        if (viewer == null || view == null) {
            return true;
        }
        for (RoomView.Entity entity : view.entities()) {
            if (entity.attachment() instanceof MoveLog log && log.member() != bot.member()) {
                Bot otherBot = bots.get(log.member());
                SightOracle.@Nullable Place other = otherBot.place();
                if (other != null && !look.at(viewer, other, entity.isInView(), otherBot)) {
                    return false;
                }
            }
        }
        return true;
    }
}
