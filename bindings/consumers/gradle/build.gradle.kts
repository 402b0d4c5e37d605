// Never run: see settings.gradle.kts.
plugins {
    id("com.android.application") version "8.13.0"
    id("org.jetbrains.kotlin.android") version "2.2.0"
}

android {
    namespace = "app"
    compileSdk = 36
    defaultConfig {
        applicationId = "app.consumer"
        minSdk = 24
        targetSdk = 36
        versionCode = 1
        versionName = "1"
    }
    buildTypes {
        release {
            // The rules come with the AAR and the jar.
            isMinifyEnabled = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_1_8
        targetCompatibility = JavaVersion.VERSION_1_8
    }
    kotlinOptions { jvmTarget = "1.8" }
}

dependencies {
    implementation("dev.consentkit:consentkit-android:0.1.0")
    implementation("dev.consentkit:consentkit-android-adid:0.1.0") // never in an app for children
    testImplementation("dev.consentkit:consentkit-testing:0.1.0")
}
