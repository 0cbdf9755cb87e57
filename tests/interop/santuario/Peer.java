import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.xml.security.Init;
import org.apache.xml.security.encryption.XMLCipher;
import org.apache.xml.security.encryption.params.HKDFParams;
import org.apache.xml.security.encryption.params.KeyAgreementParameters;
import org.apache.xml.security.signature.XMLSignature;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Apache Santuario as the other side of eDelivery AS4 2.0. In its folder: answer.xml signed by signer.pem; key.xml, encrypted to
 * key.der; public.der. It leaves there verdict.txt, opened.txt (the content key) and theirs.xml (one of its own, with Info).
 */
public class Peer {
    static final String DSIG = "http://www.w3.org/2000/09/xmldsig#", XENC = "http://www.w3.org/2001/04/xmlenc#";
    static final String MORE = "http://www.w3.org/2001/04/xmldsig-more#", MORE_2021 = "http://www.w3.org/2021/04/xmldsig-more#";
    static final String WSU =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

    public static void main(String[] arguments) throws Exception {
        Init.init();
        Path folder = Path.of(arguments[0]);
        Files.writeString(folder.resolve("verdict.txt"), String.valueOf(isSigned(folder)));
        Files.writeString(folder.resolve("opened.txt"), opened(folder));
        encrypt(folder);
    }

    static Document read(Path file) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        try (var in = Files.newInputStream(file)) {
            return factory.newDocumentBuilder().parse(in);
        }
    }

    static boolean isSigned(Path folder) throws Exception {
        Document document = read(folder.resolve("answer.xml"));
        for (String name : new String[] {"Messaging", "Body"}) {
            ((Element) document.getElementsByTagNameNS("*", name).item(0)).setIdAttributeNS(WSU, "Id", true);
        }
        var signature = new XMLSignature((Element) document.getElementsByTagNameNS(DSIG, "Signature").item(0), "");
        try (var in = Files.newInputStream(folder.resolve("signer.pem"))) {
            var certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
            return signature.checkSignatureValue(certificate.getPublicKey());
        }
    }

    static String opened(Path folder) throws Exception {
        var secret = new PKCS8EncodedKeySpec(Files.readAllBytes(folder.resolve("key.der")));
        Document document = read(folder.resolve("key.xml"));
        XMLCipher cipher = XMLCipher.getInstance();
        cipher.init(XMLCipher.UNWRAP_MODE, KeyFactory.getInstance("X25519").generatePrivate(secret));
        var key = cipher.loadEncryptedKey(document, document.getDocumentElement());
        return HexFormat.of().formatHex(cipher.decryptKey(key, "http://www.w3.org/2009/xmlenc11#aes128-gcm").getEncoded());
    }

    static void encrypt(Path folder) throws Exception {
        var recipient = KeyFactory.getInstance("X25519")
            .generatePublic(new X509EncodedKeySpec(Files.readAllBytes(folder.resolve("public.der"))));
        var derivation = HKDFParams.createBuilder(128, MORE + "hmac-sha256")
            .salt(new byte[] {1, 2, 3, 4}).info("context".getBytes()).build();
        var agreement = new KeyAgreementParameters(
            KeyAgreementParameters.ActorType.ORIGINATOR, MORE_2021 + "x25519", derivation);
        agreement.setOriginatorKeyPair(KeyPairGenerator.getInstance("X25519").generateKeyPair());
        agreement.setRecipientPublicKey(recipient);
        Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument();
        XMLCipher cipher = XMLCipher.getInstance(XENC + "kw-aes128");
        cipher.init(XMLCipher.WRAP_MODE, recipient);
        var content = new SecretKeySpec(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"), "AES");
        document.appendChild(cipher.martial(document, cipher.encryptKey(document, content, agreement, null)));
        TransformerFactory.newInstance().newTransformer()
            .transform(new DOMSource(document), new StreamResult(folder.resolve("theirs.xml").toFile()));
    }
}
