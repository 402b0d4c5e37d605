package app;

import dev.consentkit.Answers;
import dev.consentkit.Consent;
import dev.consentkit.Platform;
import dev.consentkit.Questions;
import dev.consentkit.Receipt;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;

/** Opens, asks, answers and withdraws; ends with an exception where anything is not as it must be. */
public final class App {
    public static void main(String[] arguments) throws Exception {
        String policy = new String(Files.readAllBytes(Paths.get(arguments[0])), StandardCharsets.UTF_8);
        Path file = Files.createTempDirectory("app").resolve("consent.db");
        try (Consent consent = Consent.options(file.toString(), policy).platform(Platform.ANDROID).language("ko").openBlocking()) {
            Questions form = consent.questionsBlocking("settings");
            Receipt receipt = consent.recordBlocking(form.getShown(), new Answers().grant("marketing.data_use").grant("marketing.email"));
            must(receipt.getItems().size() == 2 && consent.allows("marketing.email"), "the answers");
            consent.withdrawBlocking("marketing.email");
            must(!consent.allows("marketing.email"), "the withdrawal");
            must(consent.verifyBlocking().getOk(), "the chain");
        }
        System.out.println("the app ran: Java");
    }

    private static void must(boolean holds, String what) {
        if (!holds) throw new IllegalStateException(what);
    }
}
