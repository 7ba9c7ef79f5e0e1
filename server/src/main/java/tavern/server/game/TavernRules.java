package tavern.server.game;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;

/** The rules that come with the server: players who move, chat and trade. */
public final class TavernRules implements RoomRules {
    private final Roster roster = new Roster();
    private final Movement movement;
    private final ChatRules chat;
    private final TradeDesk desk;

    /** @param seed of all that is left to chance: where players appear */
    public TavernRules(GameSettings settings, WordFilter filter, long seed) {
        this.movement = new Movement(settings, seed);
        this.chat = new ChatRules(settings.chatCharactersMax(), filter);
        this.desk = new TradeDesk(settings, roster);
    }

    /** Rooms of the same name have the same seed, so that a room's recorded actions can be played again. */
    public static RoomRules.Factory factory(GameSettings settings, WordFilter filter) {
        return room -> new TavernRules(settings, filter, room.name().hashCode());
    }

    @Override
    public void apply(Action action, long nowMillis, Effects effects) {
        if (action instanceof Action.Join join) {
            join(join, nowMillis, effects);
        } else if (action instanceof Action.Leave leave) {
            leave(leave.player(), effects);
        } else if (action instanceof Action.Chat said) {
            Member member = member(said.player(), said.seq(), effects);
            if (member != null) {
                chat.say(member, said.seq(), said.text(), nowMillis, effects);
            }
        } else if (action instanceof Action.OfferTrade offer) {
            Member member = member(offer.player(), offer.seq(), effects);
            if (member != null) {
                desk.offer(member, offer, nowMillis, effects);
            }
        } else if (action instanceof Action.AcceptTrade accept) {
            wish(accept.player(), accept.seq(), TradeVerb.ACCEPT, accept.trade(), nowMillis, effects);
        } else if (action instanceof Action.DeclineTrade decline) {
            wish(decline.player(), decline.seq(), TradeVerb.DECLINE, decline.trade(), nowMillis, effects);
        } else if (action instanceof Action.CancelTrade cancel) {
            wish(cancel.player(), cancel.seq(), TradeVerb.CANCEL, cancel.trade(), nowMillis, effects);
        } else if (action instanceof Action.Custom custom) {
            if (member(custom.player(), custom.seq(), effects) != null) {
                effects.refuse(custom.player(), custom.seq(), ErrorCode.UNSUPPORTED, "no custom messages here");
            }
        } else {
            hear(action, nowMillis, effects);
        }
    }

    /** What comes from the store and from operators rather than from players. */
    private void hear(Action action, long nowMillis, Effects effects) {
        if (action instanceof Action.TradeLookedUp answer) {
            desk.lookedUp(answer.trade(), answer.found(), nowMillis, effects);
        } else if (action instanceof Action.TradeLookUpFailed failure) {
            desk.lookUpFailed(failure.trade(), effects);
        } else if (action instanceof Action.TradeSettled answer) {
            desk.settled(answer.trade(), answer.settled(), effects);
        } else if (action instanceof Action.TradeSettleFailed failure) {
            desk.settleFailed(failure.trade(), nowMillis, effects);
        } else if (action instanceof Action.InventoryChanged change) {
            Member member = roster.find(change.player());
            if (member != null) {
                takeInventory(member, change.inventory(), effects);
            }
        } else if (action instanceof Action.Muted muted) {
            Member member = roster.find(muted.player());
            if (member != null) {
                member.mute(muted.untilMillis());
            }
        } else {
            throw new IllegalArgumentException(
                    "no rule for " + action.getClass().getName());
        }
    }

    @Override
    public void move(int entity, int seq, int x, int y, long nowMillis, Effects effects) {
        movement.move(entity, seq, x, y, nowMillis, effects);
    }

    @Override
    public void tick(long nowMillis, Effects effects) {
        desk.tick(nowMillis, effects);
    }

    /** Nobody moves who does not want to: what time brings about is the end of an offer, or another question to the store. */
    @Override
    public long restsUntil(long nowMillis) {
        return desk.dueMillis();
    }

    @Override
    public List<Entity> entities() {
        return movement.entities();
    }

    @Override
    public boolean isSettling() {
        return desk.isSettling();
    }

    @Override
    public List<OpenOffer> offers() {
        return desk.offers();
    }

    private void join(Action.Join join, long nowMillis, Effects effects) {
        Member member = roster.find(join.player().id());
        if (member != null) {
            member.mute(join.mutedUntilMillis());
            movement.restartSeq(member.entity());
            takeInventory(member, join.inventory(), effects);
            return;
        }
        Entity entity = movement.enter(join.player(), join.at(), nowMillis);
        roster.add(new Member(join.player(), entity.id(), join.inventory(), join.mutedUntilMillis()));
        effects.toRoom(new RoomEvent.Joined(entity));
    }

    private void leave(PlayerId player, Effects effects) {
        Member member = roster.find(player);
        if (member == null) {
            return;
        }
        roster.remove(member);
        movement.leave(member.entity());
        effects.toRoom(new RoomEvent.Left(member.entity(), member.player()));
        desk.left(player, effects);
    }

    private void takeInventory(Member member, Inventory inventory, Effects effects) {
        member.takeInventory(inventory);
        desk.inventoryChanged(member, effects);
    }

    private void wish(PlayerId player, int seq, TradeVerb verb, TradeId trade, long nowMillis, Effects effects) {
        if (member(player, seq, effects) != null) {
            desk.wish(new Request(player, seq), verb, trade, nowMillis, effects);
        }
    }

    private @Nullable Member member(PlayerId player, int seq, Effects effects) {
        Member member = roster.find(player);
        if (member == null) {
            effects.refuse(player, seq, ErrorCode.NOT_IN_ROOM, "not in this room");
        }
        return member;
    }
}
