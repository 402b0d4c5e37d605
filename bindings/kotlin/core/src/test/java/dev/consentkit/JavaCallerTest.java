package dev.consentkit;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** An app in Java finds everything it needs, without a continuation in sight. */
public class JavaCallerTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private String policy() throws Exception {
        return new String(Files.readAllBytes(Paths.get(System.getProperty("consentkit.policy"))), "UTF-8");
    }

    /** What docs/kotlin.md shows. */
    @Test
    public void theLinesOfTheDocsRun() throws Exception {
        String path = folder.getRoot() + "/consent.db";
        String policy = policy();
        Consent consent = Consent.options(path, policy).platform(Platform.ANDROID).language("ko").openBlocking();
        Questions form = consent.questionsBlocking("first_run");
        Receipt receipt = consent.recordBlocking(form.getShown(), new Answers().grant("marketing.data_use").grant("marketing.email"));
        boolean allowed = consent.allows("marketing.email");
        assertTrue(allowed);
        assertEquals(2, receipt.getPending());
        consent.close();
    }

    /** F-72: what Kotlin promises not to be null is refused by its name, and nothing reaches another thread. */
    @Test
    public void f_72_nullIsRefusedByItsName() throws Exception {
        try (Consent consent = Consent.options(folder.getRoot() + "/consent.db", policy()).openBlocking()) {
            assertEquals("executor", field(() -> consent.addListener(null, snapshot -> { })));
            assertEquals("listener", field(() -> consent.addListener(Runnable::run, null)));
            assertEquals("purposes", field(() -> consent.withdrawBlocking((String[]) null)));
            assertEquals("purposes[1]", field(() -> consent.withdrawBlocking("marketing.email", null)));
            assertEquals("shown", field(() -> consent.recordBlocking(null, new Answers().grant("marketing.email"))));
            assertEquals("choices", field(() -> consent.importBlocking(null)));
            assertEquals("options", field(() -> Consent.opening(null)));
            assertEquals("platform", field(() -> Consent.options(folder.getRoot() + "/other.db", policy()).platform(null).openBlocking()));
            assertFalse(consent.allows(null));
            assertFalse(consent.purpose(null).allows());
            assertTrue(consent.pendingBlocking().isEmpty());
        }
    }

    private interface Call {
        void run() throws Exception;
    }

    private String field(Call call) throws Exception {
        try {
            call.run();
        } catch (ConsentException.Invalid refused) {
            return refused.getField();
        }
        return "was taken";
    }

    /** F-68. */
    @Test(expected = UnsupportedOperationException.class)
    public void f_68_theAnswersThatEverybodySeesCannotBeCleared() throws Exception {
        try (Consent consent = Consent.options(folder.getRoot() + "/consent.db", policy()).openBlocking()) {
            consent.getSnapshot().getAnswers().clear();
        }
    }

    @Test
    public void everyTwinIsThere() throws Exception {
        try (Consent consent = Consent.options(folder.getRoot() + "/consent.db", policy()).language("ko").clock(() -> 1_700_017_200_000L)
            .tokens((subject, refresh) -> null).advertisingId(() -> new AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.FAILED))
            .transport(request -> { throw new TransportException.TimedOut(); }).server("https://consent.example").syncsByItself(false).log(event -> { }).openBlocking()) {
            LinkedBlockingQueue<Snapshot> heard = new LinkedBlockingQueue<>();
            Closeable listening = consent.addListener(Runnable::run, heard::add);
            assertFalse(heard.poll(10, TimeUnit.SECONDS).allows("cookies.analytics"));
            consent.recordBlocking(consent.questionsBlocking("settings").getShown(), new Answers().set("cookies.analytics", true).refuse("marketing.sms"));
            assertTrue(heard.poll(10, TimeUnit.SECONDS).allows("cookies.analytics"));
            listening.close();

            consent.withdrawBlocking("cookies.analytics", "marketing.sms");
            List<Reason> reasons = consent.explain("cookies.analytics").getReasons();
            assertEquals(Collections.singletonList(Reason.Withdrawn.INSTANCE), reasons);
            assertEquals("withdrawn", reasons.get(0).getCode());
            consent.importBlocking(Collections.singletonList(new ImportChoice("marketing.push", ChoiceKind.REFUSED, null, "prefs")));
            consent.signInBlocking("acct_81");
            consent.signOutBlocking();
            consent.reportSignalsBlocking(new Signals(null, null, true));
            assertTrue(consent.advertisingIdBlocking("ad_id.measurement") instanceof AdvertisingId.Refused);
            assertEquals("ko", consent.policyBlocking().getLanguage());
            assertEquals(SyncState.WAITING, consent.syncBlocking(1_000).getState());
            consent.connectivityRestoredBlocking();
            assertFalse(consent.pendingBlocking().isEmpty());
            assertTrue(consent.stuckBlocking().isEmpty());
            assertFalse(consent.historyBlocking(0, ConsentKit.MAX_HISTORY).isEmpty());
            assertFalse(consent.stateAtBlocking(0).getDecisions().iterator().hasNext());
            assertTrue(consent.verifyBlocking().getOk());
            consent.refreshBlocking();
            assertEquals(consent.getState().getValue().getGeneration(), consent.getSnapshot().getGeneration());
            try {
                consent.adoptPolicyBlocking("{}");
                fail("an empty policy was taken");
            } catch (ConsentException.PolicyInvalid fault) {
                assertEquals(ConsentKit.policyFaults("{}").size(), fault.getFaults().size());
            }
        }
        assertTrue(ConsentKit.verifyFile(folder.getRoot() + "/consent.db").getOk());
    }
}
