package peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.w3c.dom.Node;

import com.helger.base.io.iface.IHasInputStream;
import com.helger.collection.commons.CommonsArrayList;
import com.helger.collection.commons.ICommonsList;
import com.helger.http.header.HttpHeaderMap;
import com.helger.mime.IMimeType;
import com.helger.phase4.attachment.IAS4IncomingAttachmentFactory;
import com.helger.phase4.attachment.WSS4JAttachment;
import com.helger.phase4.crypto.AS4SigningParams;
import com.helger.phase4.ebms3header.Ebms3PartInfo;
import com.helger.phase4.ebms3header.Ebms3Property;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.ebms3header.Ebms3UserMessage;
import com.helger.phase4.error.AS4ErrorList;
import com.helger.phase4.incoming.AS4IncomingMessageMetadata;
import com.helger.phase4.incoming.AS4IncomingProfileSelectorConstant;
import com.helger.phase4.incoming.AS4IncomingReceiverConfiguration;
import com.helger.phase4.incoming.AS4RequestHandler;
import com.helger.phase4.incoming.IAS4IncomingMessageMetadata;
import com.helger.phase4.incoming.IAS4IncomingMessageState;
import com.helger.phase4.incoming.IAS4ResponseAbstraction;
import com.helger.phase4.incoming.crypto.AS4IncomingSecurityConfiguration;
import com.helger.phase4.incoming.spi.AS4MessageProcessorResult;
import com.helger.phase4.incoming.spi.AS4SignalMessageProcessorResult;
import com.helger.phase4.incoming.spi.IAS4IncomingMessageProcessorSPI;
import com.helger.phase4.model.pmode.IPMode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;

/** Takes AS4 messages, answers with a signed receipt or with errors, and writes down what it got: `<n>.txt`, `<n>.<part>`. */
final class Receiver implements HttpHandler, IAS4IncomingMessageProcessorSPI {
    private final Keys.Pair keys;
    private final Path folder;
    private final AtomicInteger number = new AtomicInteger();

    Receiver(Keys.Pair keys, Path folder) {
        this.keys = keys;
        this.folder = folder;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        HttpHeaderMap headers = new HttpHeaderMap();
        exchange.getRequestHeaders().forEach((name, values) -> values.forEach(value -> headers.addHeader(name, value)));
        Answer answer = new Answer();
        try (AS4RequestHandler handler = new AS4RequestHandler(AS4IncomingMessageMetadata.createForRequest())) {
            handler.setCryptoFactorySign(keys.signing());
            handler.setCryptoFactoryCrypt(keys.opening());
            handler.setPModeResolver((id, service, action, from, to, agreement, address) -> Agreement.oneWayPush(from, to, keys.isSecond()));
            handler.setIncomingProfileSelector(new AS4IncomingProfileSelectorConstant(null, false));
            handler.setIncomingAttachmentFactory(IAS4IncomingAttachmentFactory.DEFAULT_INSTANCE);
            handler.setIncomingSecurityConfiguration(AS4IncomingSecurityConfiguration.createDefaultInstance()
                .setSigningParams(new AS4SigningParams().setUseSingleCertificate(false)));
            handler.setIncomingReceiverConfiguration(new AS4IncomingReceiverConfiguration());
            handler.setProcessorSupplier(() -> new CommonsArrayList<>(this));
            handler.handleRequest(exchange.getRequestBody(), headers, answer);
        } catch (Exception unreadable) {
            answer.status = 400;
            answer.body = String.valueOf(unreadable).getBytes();
        }
        exchange.getResponseHeaders().set("Content-Type", answer.type);
        exchange.sendResponseHeaders(answer.status, answer.body.length == 0 ? -1 : answer.body.length);
        exchange.getResponseBody().write(answer.body);
        exchange.close();
    }

    @Override
    public AS4MessageProcessorResult processAS4UserMessage(IAS4IncomingMessageMetadata metadata, HttpHeaderMap headers,
            Ebms3UserMessage message, IPMode pmode, Node body, ICommonsList<WSS4JAttachment> parts,
            IAS4IncomingMessageState state, AS4ErrorList errors) {
        int here = number.incrementAndGet();
        try {
            int part = 0;
            for (WSS4JAttachment one : parts) {
                try (InputStream in = one.getSourceStream()) {
                    Files.copy(in, folder.resolve(here + "." + ++part));
                }
            }
            Path half = folder.resolve(here + ".half");
            Files.writeString(half, said(message, state));
            Files.move(half, folder.resolve(here + ".txt"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException full) {
            return AS4MessageProcessorResult.createFailure();
        }
        return AS4MessageProcessorResult.createSuccess();
    }

    private static String said(Ebms3UserMessage message, IAS4IncomingMessageState state) {
        Map<String, String> told = new TreeMap<>();
        told.put("id", message.getMessageInfo().getMessageId());
        told.put("ref", message.getMessageInfo().getRefToMessageId());
        told.put("from", message.getPartyInfo().getFrom().getPartyIdAtIndex(0).getValue());
        told.put("to", message.getPartyInfo().getTo().getPartyIdAtIndex(0).getValue());
        told.put("service", message.getCollaborationInfo().getServiceValue());
        told.put("action", message.getCollaborationInfo().getAction());
        told.put("conversation", message.getCollaborationInfo().getConversationId());
        told.put("signed", String.valueOf(state.isSoapSignatureChecked()));
        told.put("decrypted", String.valueOf(state.isSoapDecrypted()));
        if (message.getMessageProperties() != null) {
            for (Ebms3Property one : message.getMessageProperties().getProperty()) {
                told.put("property." + one.getName(), one.getValue());
            }
        }
        int part = 0;
        for (Ebms3PartInfo info : message.getPayloadInfo().getPartInfo()) {
            part++;
            told.put("part." + part + ".href", info.getHref());
            for (Ebms3Property one : info.getPartProperties().getProperty()) {
                told.put("part." + part + "." + one.getName(), one.getValue());
            }
        }
        StringBuilder text = new StringBuilder();
        told.forEach((name, value) -> text.append(name).append('=').append(value == null ? "" : value).append('\n'));
        return text.toString();
    }

    @Override
    public AS4SignalMessageProcessorResult processAS4SignalMessage(IAS4IncomingMessageMetadata metadata, HttpHeaderMap headers,
            Ebms3SignalMessage message, IPMode pmode, IAS4IncomingMessageState state, AS4ErrorList errors) {
        return AS4SignalMessageProcessorResult.createSuccess();
    }

    @Override
    public void processAS4ResponseMessage(IAS4IncomingMessageMetadata metadata, IAS4IncomingMessageState state, String id,
            byte[] bytes, boolean available, AS4ErrorList errors) {
        // what went out is the other side's to look at
    }

    private static final class Answer implements IAS4ResponseAbstraction {
        private int status = 200;
        private String type = "application/soap+xml";
        private byte[] body = {};

        @Override
        public void setContent(byte[] bytes, Charset charset) {
            body = bytes;
        }

        @Override
        public void setContent(HttpHeaderMap headers, IHasInputStream content) {
            headers.forEachSingleHeader((name, value) -> type = name.equalsIgnoreCase("Content-Type") ? value : type, false);
            try (InputStream in = content.getInputStream(); ByteArrayOutputStream out = new ByteArrayOutputStream()) {
                in.transferTo(out);
                body = out.toByteArray();
            } catch (IOException gone) {
                status = 500;
            }
        }

        @Override
        public void setMimeType(IMimeType given) {
            type = given.getAsString();
        }

        @Override
        public void setStatus(int given) {
            status = given;
        }
    }
}
