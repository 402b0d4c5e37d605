package dev.consentkit;

/** What docs/kotlin.md shows for Java, compiled. {@code cargo test --test snippets} compares the two. */
final class DocsSnippetsForJava {
    private DocsSnippetsForJava() {}

    static boolean firstRun(String path, String policy) {
        Consent consent = Consent.builder(path, policy).platform(Platform.ANDROID).language("ko").openBlocking();
        Questions form = consent.questionsBlocking("first_run");
        Receipt receipt = consent.recordBlocking(form.getShown(), new Answers().grant("marketing.data_use").grant("marketing.email"));
        boolean allowed = consent.allows("marketing.email");
        return allowed && receipt.getPending() == 2;
    }
}
