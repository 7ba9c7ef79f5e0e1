package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.Goods;

final class GoodsTextTest {
    @Test
    void whatIsWrittenIsReadAgain() {
        Goods many =
                new Goods(new TreeMap<>(Map.of("potion", 1L, "gold", Long.MAX_VALUE)), new TreeSet<>(List.of(17L, 4L)));
        assertThat(GoodsText.of(many)).isEqualTo("gold=9223372036854775807,potion=1,#4,#17");
        for (Goods goods : List.of(many, Goods.NONE, Goods.of("gold", 30), Goods.ofItem(17))) {
            assertThat(GoodsText.parse(GoodsText.of(goods)).goods()).isEqualTo(goods);
        }
    }

    @Test
    void newItemsComeWithTheirKind() {
        GoodsText text = GoodsText.parse("gold=30,#17:bow,#18");
        assertThat(text.items()).isEqualTo(Map.of(17L, "bow", 18L, ""));
        assertThat(text.goods())
                .isEqualTo(new Goods(new TreeMap<>(Map.of("gold", 30L)), new TreeSet<>(List.of(17L, 18L))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gold", "gold=", "gold=x", "#", "#x", "#:bow", ",", "gold=1,,#2", "gold=9223372036854775808"})
    void whatIsNoGoodsIsRefused(String text) {
        assertThatThrownBy(() -> GoodsText.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
