package dev.consentkit.android.recipes

import android.content.Context
import dagger.Module
import dagger.Provides
import dagger.hilt.InstallIn
import dagger.hilt.android.qualifiers.ApplicationContext
import dagger.hilt.components.SingletonComponent
import dev.consentkit.Consent
import dev.consentkit.android.ConsentAndroid
import javax.inject.Singleton
import org.koin.androidContext
import org.koin.module

fun consentOf(context: Context): Consent = ConsentAndroid.opening(
    context,
    policy = { context.assets.open("policy.json").use { it.reader().readText() } },
) {
    server = "https://consent.example.com"
}

@Module
@InstallIn(SingletonComponent::class)
object ConsentModule {
    @Provides
    @Singleton
    fun consent(@ApplicationContext context: Context): Consent = consentOf(context)
}

val consentModule = module {
    single<Consent> { consentOf(androidContext()) }
}
