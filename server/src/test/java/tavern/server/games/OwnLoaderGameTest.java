package tavern.server.games;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tavern.game.Game;

final class OwnLoaderGameTest {
    private final List<String> called = new ArrayList<>();
    private final ClassLoader loader = new ClassLoader(getClass().getClassLoader()) {};

    @SuppressWarnings("unchecked")
    private Game<StringValue, StringValue, StringValue> game() {
        return (Game<StringValue, StringValue, StringValue>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Game.class}, (proxy, method, arguments) -> {
                    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loader);
                    called.add(method.getName());
                    return null;
                });
    }

    @Test
    void eachCallOfAGameHasItsClassLoader() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        var game = new OwnLoaderGame<>(game(), loader);

        for (Method method : Game.class.getMethods()) {
            method.invoke(game, new Object[method.getParameterCount()]);
        }

        assertThat(called)
                .containsExactlyElementsOf(
                        Stream.of(Game.class.getMethods()).map(Method::getName).toList());
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }
}
