package peer;

import com.helger.base.state.ETriState;
import com.helger.phase4.CAS4;
import com.helger.phase4.crypto.ECryptoAlgorithmCrypt;
import com.helger.phase4.crypto.ECryptoAlgorithmSign;
import com.helger.phase4.crypto.ECryptoAlgorithmSignDigest;
import com.helger.phase4.model.EMEP;
import com.helger.phase4.model.EMEPBinding;
import com.helger.phase4.model.pmode.IPMode;
import com.helger.phase4.model.pmode.PMode;
import com.helger.phase4.model.pmode.PModeParty;
import com.helger.phase4.model.pmode.PModeReceptionAwareness;
import com.helger.phase4.model.pmode.leg.EPModeSendReceiptReplyPattern;
import com.helger.phase4.model.pmode.leg.PModeLeg;
import com.helger.phase4.model.pmode.leg.PModeLegBusinessInformation;
import com.helger.phase4.model.pmode.leg.PModeLegErrorHandling;
import com.helger.phase4.model.pmode.leg.PModeLegProtocol;
import com.helger.phase4.model.pmode.leg.PModeLegSecurity;
import com.helger.phase4.wss.EWSSVersion;

/**
 * The processing mode of eDelivery AS4, Common Profile, One-Way/Push: of 1.15 as EMSWe's RIM has it, or of 2.0 (`second`).
 * Whoever asks gets it.
 */
final class Agreement {
    private Agreement() {}

    static IPMode oneWayPush(String initiator, String responder, boolean second) {
        return new PMode("rim-" + initiator + "-" + responder,
            PModeParty.createSimple(initiator, CAS4.DEFAULT_INITIATOR_URL),
            PModeParty.createSimple(responder, CAS4.DEFAULT_RESPONDER_URL),
            "", EMEP.ONE_WAY, EMEPBinding.PUSH, leg(second), null, null,
            new PModeReceptionAwareness(ETriState.TRUE, ETriState.FALSE, 0, 0, ETriState.TRUE));
    }

    private static PModeLeg leg(boolean second) {
        PModeLegErrorHandling errors = PModeLegErrorHandling.createUndefined();
        errors.setReportAsResponse(true);
        return new PModeLeg(PModeLegProtocol.createForDefaultSoapVersion(null),
            PModeLegBusinessInformation.create(null, null, null, CAS4.DEFAULT_MPC_ID), errors, null, security(second));
    }

    private static PModeLegSecurity security(boolean second) {
        PModeLegSecurity made = new PModeLegSecurity();
        made.setWSSVersion(EWSSVersion.WSS_111);
        made.setX509SignatureAlgorithm(second ? ECryptoAlgorithmSign.EDDSA_ED25519 : ECryptoAlgorithmSign.RSA_SHA_256);
        made.setX509SignatureHashFunction(ECryptoAlgorithmSignDigest.DIGEST_SHA_256);
        made.setX509EncryptionAlgorithm(ECryptoAlgorithmCrypt.AES_128_GCM);
        made.setX509EncryptionMinimumStrength(Integer.valueOf(128));
        made.setPModeAuthorize(false);
        made.setSendReceipt(true);
        made.setSendReceiptNonRepudiation(true);
        made.setSendReceiptReplyPattern(EPModeSendReceiptReplyPattern.RESPONSE);
        return made;
    }
}
