package peer;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

import com.helger.phase4.mgr.MetaAS4Manager;
import com.helger.scope.mgr.ScopeManager;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

/**
 * An access point on loopback. In: a folder with as4.key, as4.pem, as4-trusted.pem, tls.key, tls.pem, tls-trusted.pem; for eDelivery
 * AS4 2.0 also as4-open.key and as4-open.pem. Out:
 * "ready PORT", then what it receives at https://127.0.0.1:PORT/as4 into `received`. Each line on standard input names a
 * properties file that describes a message to send; "<file>.out" tells what came of it. Ends when standard input does.
 */
public final class Peer {
    private Peer() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        ScopeManager.onGlobalBegin("peer");
        MetaAS4Manager.getInstance();
        Keys.Pair keys = Keys.as4(folder);
        SSLContext tls = Keys.tls(folder.resolve("tls.key"), folder.resolve("tls.pem"), folder.resolve("tls-trusted.pem"));
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/as4", new Receiver(keys, Files.createDirectories(folder.resolve("received"))));
        server.start();
        System.out.println("ready " + server.getAddress().getPort());
        Sender sender = new Sender(keys, tls);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            obey(sender, Path.of(line.strip()));
        }
        System.exit(0);
    }

    private static void obey(Sender sender, Path file) throws Exception {
        Properties wanted = new Properties();
        try (Reader text = Files.newBufferedReader(file)) {
            wanted.load(text);
        }
        Map<String, String> told = new TreeMap<>();
        try {
            told.putAll(sender.send(wanted));
        } catch (Exception why) {
            told.put("result", "failed");
            told.put("why", String.valueOf(why));
        }
        StringBuilder text = new StringBuilder();
        told.forEach((name, value) -> text.append(name).append('=').append(String.valueOf(value).replace('\n', ' ')).append('\n'));
        Path half = Path.of(file + ".half");
        Files.writeString(half, text);
        Files.move(half, Path.of(file + ".out"), StandardCopyOption.ATOMIC_MOVE);
    }
}
