// swift-tools-version: 6.0
// Compiles the generated Swift and runs it. `cargo xtask smoke swift` lays the generated files in before it builds.
import PackageDescription

let package = Package(
    name: "BindingsSmoke",
    targets: [
        .systemLibrary(name: "CConsentKitFFI", path: "Sources/CConsentKitFFI"),
        // Generated code is not written for Swift 6's checks; what stands on it is.
        .target(name: "ConsentKitFFI", dependencies: ["CConsentKitFFI"], swiftSettings: [.swiftLanguageMode(.v5)]),
        .testTarget(name: "SmokeTests", dependencies: ["ConsentKitFFI"], swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
