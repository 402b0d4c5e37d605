// Never run: neither a current Gradle nor an Android SDK was there. Give the folder as -Pconsentkit.repository=DIR.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
        maven { url = uri(providers.gradleProperty("consentkit.repository").get()) }
    }
}

rootProject.name = "app-gradle"
