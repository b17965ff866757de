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

    /** Modules that this server lacks: their settings are unknown to it. */
    private static final Pattern ABSENT = Pattern.compile("(xpack|ingest\\.geoip)\\..+");

    /** Settings among the environment. */
    static Map<String, String> settingsOf(Map<String, String> environment) {
        Map<String, String> settings = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (SETTING.matcher(name).matches() && !value.isEmpty()) settings.put(name, value);
        });
        return settings;
    }

    /** What only switches an absent module off is left out; whoever wants one is told. */
    static Settings withoutAbsentModules(Settings settings) {
        for (String name : settings.keySet())
            if (ABSENT.matcher(name).matches() && !settings.get(name).equals("false"))
                throw new IllegalArgumentException(name + "=" + settings.get(name) + ": this server has no such module");
        return settings.filter(name -> !ABSENT.matcher(name).matches());
    }

    public static void main(String[] args) throws Exception {
        Path home = Path.of(System.getProperty("lab.home"));
        LogConfigurator.registerErrorListener();
        Settings base = Settings.builder().put("path.home", home.toString()).build();
        Map<String, String> settings = settingsOf(System.getenv());
        Environment prepared = InternalSettingsPreparer.prepareEnvironment(
            base, settings, home.resolve("config"), () -> System.getenv().getOrDefault("HOSTNAME", "node"));
        Environment environment = new Environment(withoutAbsentModules(prepared.settings()), prepared.configDir());
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
