package tavern.server.room;

import tavern.server.cluster.Lease;
import tavern.server.game.RoomRules;

/** The room as operators see it. */
final class RoomReports {
    private final RoomServices services;
    private final Lease lease;
    private final Mailbox mailbox;
    private final RoomLife life;
    private final RoomTicks ticks;
    private final RoomPulse pulse;
    private final RoomTime time;
    private final RoomRules rules;
    private final RoomView view;

    RoomReports(
            RoomServices services,
            Lease lease,
            Mailbox mailbox,
            RoomLife life,
            RoomTicks ticks,
            RoomPulse pulse,
            RoomTime time,
            RoomRules rules,
            RoomView view) {
        this.services = services;
        this.lease = lease;
        this.mailbox = mailbox;
        this.life = life;
        this.ticks = ticks;
        this.pulse = pulse;
        this.time = time;
        this.rules = rules;
        this.view = view;
    }

    /** Safe on any thread. */
    RoomLoad load() {
        return new RoomLoad(mailbox.depth(), pulse.waitMicros(), pulse.tickMicros(), time.permille());
    }

    @OnRoomThread
    RoomReport report(RoomInfo info) {
        return new RoomReport(
                info,
                life.isOpen(),
                lease.fence(),
                lease.state(),
                ticks.last(),
                mailbox.depth(),
                services.settings().mailboxCapacity(),
                pulse.waitMicros(),
                pulse.tickMicros(),
                time.permille(),
                services.game().mapWidth(),
                services.game().mapHeight(),
                view.members(),
                RoomReport.offers(rules.offers(), ticks.nowMillis(), services.clocks()),
                view.chat());
    }
}
