package peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import com.helger.phase4.crypto.AS4CryptoFactoryInMemoryKeyStore;
import com.helger.phase4.crypto.IAS4CryptoFactory;

/** PEM files as the key stores, the TLS context and the AS4 keys that Java wants. */
final class Keys {
    private static final String ALIAS = "peer";
    private static final char[] PASSWORD = "peer".toCharArray();

    private Keys() {}

    /** What signs and what opens: one RSA key for both (1.15), or an Ed25519 and an X25519 key (2.0). */
    record Pair(IAS4CryptoFactory signing, IAS4CryptoFactory opening, boolean isSecond) {}

    /** The pair of a folder: as4 alone, or as4 to sign and as4-open to open. Whom we believe is in as4-trusted.pem. */
    static Pair as4(Path folder) throws Exception {
        IAS4CryptoFactory signing = as4(folder, "as4");
        boolean second = Files.exists(folder.resolve("as4-open.key"));
        return new Pair(signing, second ? as4(folder, "as4-open") : signing, second);
    }

    private static IAS4CryptoFactory as4(Path folder, String name) throws Exception {
        KeyStore own = own(folder.resolve(name + ".key"), folder.resolve(name + ".pem"));
        return new AS4CryptoFactoryInMemoryKeyStore(own, ALIAS, PASSWORD, trust(folder.resolve("as4-trusted.pem")));
    }

    static SSLContext tls(Path key, Path chain, Path trusted) throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(own(key, chain), PASSWORD);
        TrustManagerFactory others = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        others.init(trust(trusted));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), others.getTrustManagers(), null);
        return context;
    }

    static X509Certificate certificate(Path file) throws GeneralSecurityException, IOException {
        return certificates(file).get(0);
    }

    private static KeyStore own(Path key, Path chain) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        List<X509Certificate> owned = certificates(chain);
        String kind = owned.get(0).getPublicKey().getAlgorithm();
        store.setKeyEntry(ALIAS, secret(key, kind), PASSWORD, owned.toArray(new Certificate[0]));
        return store;
    }

    private static KeyStore trust(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        int number = 0;
        for (X509Certificate one : certificates(file)) {
            store.setCertificateEntry("trusted-" + number++, one);
        }
        return store;
    }

    private static List<X509Certificate> certificates(Path file) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                .map(X509Certificate.class::cast).toList();
        }
    }

    /** A key of this kind as PKCS #8 PEM. */
    private static PrivateKey secret(Path file, String kind) throws GeneralSecurityException, IOException {
        String text = Files.readString(file).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
    }
}
