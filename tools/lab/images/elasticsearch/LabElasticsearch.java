package lucid.lab;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * Starts one Elasticsearch node out of the published libraries. Settings come as in the official image: from
 * config/elasticsearch.yml, and from environment variables that are named like settings (discovery.type).
 */
public final class LabElasticsearch {
    private static final Pattern SETTING = Pattern.compile("[a-z0-9_]+(\\.[a-z0-9_]+)+");

    /** Settings among the environment. The commercial parts are not here: what only switches them off is left out. */
    static Map<String, String> settingsOf(Map<String, String> environment) {
        Map<String, String> settings = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (!SETTING.matcher(name).matches() || value.isEmpty()) return;
            if (!name.startsWith("xpack.")) settings.put(name, value);
            else if (!value.equals("false")) throw new IllegalArgumentException(name + "=" + value + ": this server has no x-pack");
        });
        return settings;
    }

    public static void main(String[] args) throws Exception {
        Path home = Path.of(System.getProperty("lab.home"));
        LogConfigurator.registerErrorListener();
        Settings base = Settings.builder().put("path.home", home.toString()).build();
        Map<String, String> settings = settingsOf(System.getenv());
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            base, settings, home.resolve("config"), () -> System.getenv().getOrDefault("HOSTNAME", "node"));
        LogConfigurator.configure(environment, true);
        LogConfigurator.setNodeName(Node.NODE_NAME_SETTING.get(environment.settings()));

        PluginsLoader plugins = PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(environment.modulesDir()),
            PluginsLoader.loadPluginsBundles(environment.pluginsDir()),
            Map.of(),
            false);
        Node node = new Node(environment, plugins);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.prepareForClose();
                node.close();
                node.awaitClose(30, TimeUnit.SECONDS);
            } catch (Exception failure) {
                System.err.println("stopping failed: " + failure);
            }
        }));
        node.start();
        Thread.currentThread().join();
    }
}
