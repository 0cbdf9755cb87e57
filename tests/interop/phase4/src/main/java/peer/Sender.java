package peer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

import com.helger.httpclient.HttpClientSettings;
import com.helger.mime.parse.MimeTypeParser;
import com.helger.phase4.CAS4;
import com.helger.phase4.attachment.AS4OutgoingAttachment;
import com.helger.phase4.crypto.AS4CryptParams;
import com.helger.phase4.ebms3header.Ebms3Error;
import com.helger.phase4.incoming.AS4IncomingProfileSelectorConstant;
import com.helger.phase4.model.MessageProperty;
import com.helger.phase4.sender.AS4Sender;
import com.helger.phase4.sender.EAS4UserMessageSendResult;
import com.helger.phase4.sender.IAS4SignalMessageValidationResultHandler;
import javax.net.ssl.SSLContext;

/** Sends the message that a properties file describes, and tells what came back: `result`, `receipt`, `matches`, `errors`. */
final class Sender {
    private final Keys.Pair keys;
    private final SSLContext tls;

    Sender(Keys.Pair keys, SSLContext tls) {
        this.keys = keys;
        this.tls = tls;
    }

    Map<String, String> send(Properties wanted) throws Exception {
        Map<String, String> told = new TreeMap<>();
        HttpClientSettings http = new HttpClientSettings();
        http.setSSLContext(tls);
        http.setHostnameVerifier((host, session) -> true);
        String from = wanted.getProperty("from"), to = wanted.getProperty("to");
        AS4Sender.BuilderUserMessage message = AS4Sender.builderUserMessage()
            .httpClientFactory(http)
            .cryptoFactorySign(keys.signing())
            .cryptoFactoryCrypt(keys.opening())
            .as4ProfileID("rim")
            .pmodeResolver((id, service, action, one, other, agreement, address) -> Agreement.oneWayPush(from, to, keys.isSecond()))
            .incomingProfileSelector(new AS4IncomingProfileSelectorConstant(null, false))
            .pmode(Agreement.oneWayPush(from, to, keys.isSecond()))
            .messageID(wanted.getProperty("id"))
            .refToMessageID(wanted.getProperty("ref"))
            .conversationID(wanted.getProperty("conversation"))
            .service(wanted.getProperty("service-type"), wanted.getProperty("service"))
            .action(wanted.getProperty("action"))
            .agreementRef(wanted.getProperty("agreement", ""))
            .fromPartyIDType(wanted.getProperty("party-type")).fromPartyID(from).fromRole(CAS4.DEFAULT_INITIATOR_URL)
            .toPartyIDType(wanted.getProperty("party-type")).toPartyID(to).toRole(CAS4.DEFAULT_RESPONDER_URL)
            .receiverCertificate(Keys.certificate(Path.of(wanted.getProperty("certificate"))))
            .endpointURL(wanted.getProperty("url"));
        message.signingParams().setUseSingleCertificate(false);
        message.cryptParams().setAlgorithmCrypt(AS4CryptParams.createDefault().getAlgorithmCrypt());
        if (keys.isSecond()) {
            message.cryptParams().setEDelivery2KeyAgreementX25519();
        }
        named(wanted, "property.").forEach((name, value) ->
            message.addMessageProperty(MessageProperty.builder().name(name).value(value)));
        if (wanted.containsKey("payload")) {
            message.payload(payload(wanted));
        }
        message.signalMsgConsumer((signal, metadata, state) -> {
            told.put("receipt", String.valueOf(signal.getReceipt() != null));
            told.put("signed", String.valueOf(state.isSoapSignatureChecked()));
            told.put("ref", signal.getMessageInfo().getRefToMessageId());
            StringBuilder errors = new StringBuilder();
            for (Ebms3Error one : signal.getError()) {
                errors.append(one.getErrorCode()).append(' ');
            }
            told.put("errors", errors.toString().trim());
        });
        message.signalMsgValidationResultHdl(new IAS4SignalMessageValidationResultHandler() {
            @Override
            public void onSuccess() {
                told.put("matches", "true");
            }

            @Override
            public void onError(String why) {
                told.put("matches", why);
            }

            @Override
            public void onNotApplicable() {
                told.put("matches", "no digests");
            }
        });
        EAS4UserMessageSendResult result = message.sendMessageAndCheckForReceipt(why -> told.put("why", String.valueOf(why)));
        told.put("result", result.getID());
        return told;
    }

    private static AS4OutgoingAttachment payload(Properties wanted) throws Exception {
        AS4OutgoingAttachment.Builder made = AS4OutgoingAttachment.builder()
            .data(Files.readAllBytes(Path.of(wanted.getProperty("payload"))))
            .contentID(wanted.getProperty("content-id", "message"))
            .mimeType(MimeTypeParser.parseMimeType(wanted.getProperty("mime-type", "application/octet-stream")));
        if (Boolean.parseBoolean(wanted.getProperty("compress"))) {
            made.compressionGZIP();
        }
        named(wanted, "part.").forEach(made::addCustomProperty);
        return made.build();
    }

    private static Map<String, String> named(Properties wanted, String prefix) {
        Map<String, String> found = new TreeMap<>();
        wanted.stringPropertyNames().stream().filter(name -> name.startsWith(prefix))
            .forEach(name -> found.put(name.substring(prefix.length()), wanted.getProperty(name)));
        return found;
    }
}
