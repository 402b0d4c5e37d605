// swift-tools-version: 6.0
import PackageDescription

// SwiftPM keeps what it read here for as long as this text and the environment stay the same. So nothing below depends on which files there
// are: a file that is built later would not be noticed.

/// The release whose binary an app takes; nil before the first one. `cargo xtask apple` prints both lines for a new one.
let release: String? = nil
let checksum = "0000000000000000000000000000000000000000000000000000000000000000"

let sources = "bindings/swift/Sources"
let tests = "bindings/swift/Tests"
let environment = Context.environment

/// The folder of a library built for this machine, as `cargo xtask bindings` leaves it: on Linux always, on a Mac when asked for.
let library: String? = {
    if let folder = environment["CONSENTKIT_LIBRARY"] { return folder }
    #if os(Linux)
    return Context.packageDirectory + "/target/bindings/lib"
    #else
    return nil
    #endif
}()

/// The C face of the core: a local library, the released XCFramework, or before the first release the one that `cargo xtask apple` builds.
let core: Target
if library != nil {
    core = .systemLibrary(name: "CConsentKitFFI", path: "\(sources)/CConsentKitFFI")
} else if let release {
    core = .binaryTarget(
        name: "CConsentKitFFI",
        url: "https://github.com/consentkit/consentkit/releases/download/\(release)/ConsentKit.xcframework.zip",
        checksum: checksum
    )
} else {
    core = .binaryTarget(name: "CConsentKitFFI", path: "target/apple/ConsentKit.xcframework")
}

/// Unsafe flags bar a package from being a dependency, so they are only there beside a local library.
let link: [LinkerSetting] = library.map { [.unsafeFlags(["-L\($0)", "-Xlinker", "-rpath", "-Xlinker", $0])] } ?? []

/// Modules of the shape of Apple's, so that what needs an iPhone is compiled and tested elsewhere too. Never part of a build for an app.
let standIns: [String] =
    environment["CONSENTKIT_STANDINS"] == nil ? [] : ["AdSupport", "AppTrackingTransparency", "BackgroundTasks", "Network", "UIKit", "WebKit"]

/// Beside the stand-ins each closure and function of the main actor asks where it runs, as in an app on a phone. The system calls back on threads
/// of its own: what would end the app there ends the test.
let checked: [SwiftSetting] = standIns.isEmpty ? [] : [.unsafeFlags(["-enable-actor-data-race-checks"])]

func standIn(for modules: String...) -> [Target.Dependency] {
    modules.filter(standIns.contains).map { .target(name: $0) }
}

let package = Package(
    name: "ConsentKit",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [
        .library(name: "ConsentKit", targets: ["ConsentKit"]),
        // Apart, so that an app which never reads the advertising id does not link AdSupport.
        .library(name: "ConsentKitAdSupport", targets: ["ConsentKitAdSupport"]),
        .library(name: "ConsentKitTesting", targets: ["ConsentKitTesting"]),
    ],
    targets: [
        core,
        // Generated code is not written for Swift 6's checks; what stands on it is.
        .target(
            name: "ConsentKitFFI", dependencies: ["CConsentKitFFI"], path: "\(sources)/ConsentKitFFI",
            swiftSettings: [.swiftLanguageMode(.v5)], linkerSettings: link
        ),
        .target(name: "CConsentKitAtomics", path: "\(sources)/CConsentKitAtomics"),
        // Everything public that needs no native library: what the fake for an app's own tests stands on.
        .target(
            name: "ConsentKitBase", dependencies: ["CConsentKitAtomics"] + standIn(for: "AppTrackingTransparency", "Network", "UIKit", "WebKit"),
            path: "\(sources)/ConsentKitBase", swiftSettings: checked
        ),
        .target(
            name: "ConsentKitAdSupport", dependencies: ["ConsentKitBase"] + standIn(for: "AdSupport", "AppTrackingTransparency"),
            path: "\(sources)/ConsentKitAdSupport"
        ),
        .target(
            name: "ConsentKit", dependencies: ["ConsentKitBase", "ConsentKitFFI"], path: "\(sources)/ConsentKit",
            resources: [.copy("PrivacyInfo.xcprivacy")]
        ),
        .target(name: "ConsentKitTesting", dependencies: ["ConsentKitBase"], path: "\(sources)/ConsentKitTesting"),
        .target(name: "CMemory", path: "\(tests)/CMemory"),
        .testTarget(
            name: "ConsentKitTests", dependencies: ["CMemory", "ConsentKit", "ConsentKitTesting"] + (library == nil ? [] : ["ConsentKitVictim"]),
            path: "\(tests)/ConsentKitTests"
        ),
        .testTarget(
            name: "ConsentKitTestingTests", dependencies: ["ConsentKitTesting"] + (library == nil ? [] : ["FakeAlone"]),
            path: "\(tests)/ConsentKitTestingTests"
        ),
        .testTarget(
            name: "ScenarioTests", dependencies: ["ConsentKit", "ConsentKitTesting"] + (library == nil ? [] : ["ConsentKitSample"]),
            path: "\(tests)/ScenarioTests"
        ),
    ],
    swiftLanguageModes: [.v6]
)

if library != nil {
    package.targets += [
        .executableTarget(name: "ConsentKitSample", dependencies: ["ConsentKit"], path: "bindings/swift/Sample"),
        // A process of its own, that a test ends in the middle of a call.
        .executableTarget(name: "ConsentKitVictim", dependencies: ["ConsentKit"], path: "\(tests)/Victim"),
        // Shows that the fake stands without the library.
        .executableTarget(name: "FakeAlone", dependencies: ["ConsentKitTesting"], path: "\(tests)/FakeAlone"),
        .target(name: "CCountAllocations", path: "bindings/swift/Bench/CCountAllocations"),
        .executableTarget(
            name: "ConsentKitBench", dependencies: ["CConsentKitAtomics", "CCountAllocations", "ConsentKit", "ConsentKitFFI"],
            path: "bindings/swift/Bench", exclude: ["CCountAllocations"]
        ),
    ]
}
// In Swift 5, as what comes from Objective-C: a closure that is handed to it is checked where it runs.
package.targets += standIns.map { .target(name: $0, path: "\(tests)/StandIns/\($0)", swiftSettings: [.swiftLanguageMode(.v5)]) }
if !standIns.isEmpty {
    package.targets += [
        // The libraries that the recipes start and stop, of the shape of the real ones.
        .target(name: "RecipeStandIns", path: "\(tests)/StandIns/Recipes", swiftSettings: [.swiftLanguageMode(.v5)]),
        .testTarget(
            name: "PlatformTests",
            dependencies: ["ConsentKit", "ConsentKitAdSupport", "RecipeStandIns"] + standIns.map { .target(name: $0) },
            path: "\(tests)/PlatformTests", swiftSettings: checked
        ),
    ]
}
