package tavern.testkit;

import com.google.protobuf.ByteString;
import java.util.Map;
import tavern.engine.MemberGoods;

/** What an account durably has. */
public final class KeptGoods {
    private final MemberGoods goods;

    KeptGoods(MemberGoods goods) {
        this.goods = goods;
    }

    public long count(String kind) {
        return goods.count(kind);
    }

    /** Kinds by item id. */
    public Map<Long, String> items() {
        return Map.copyOf(goods.items());
    }

    /** Whether there is a unique item of this kind. */
    public boolean owns(String kind) {
        return goods.items().containsValue(kind);
    }

    /** A durable value; empty if there is none. */
    public ByteString value(String key) {
        return goods.kept(key).value();
    }
}
