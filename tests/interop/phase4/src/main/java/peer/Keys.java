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

/** PEM files as the key stores, the TLS context and the AS4 keys that Java wants. */
final class Keys {
    private static final String ALIAS = "peer";
    private static final char[] PASSWORD = "peer".toCharArray();

    private Keys() {}

    /** Our RSA key with its chain, and whom we believe. */
    static AS4CryptoFactoryInMemoryKeyStore as4(Path key, Path chain, Path trusted) throws Exception {
        return new AS4CryptoFactoryInMemoryKeyStore(own(key, chain), ALIAS, PASSWORD, trust(trusted));
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
        store.setKeyEntry(ALIAS, secret(key), PASSWORD, certificates(chain).toArray(new Certificate[0]));
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

    /** An RSA key as PKCS #8 PEM. */
    private static PrivateKey secret(Path file) throws GeneralSecurityException, IOException {
        String text = Files.readString(file).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
    }
}
