// swift-tools-version: 6.2
import PackageDescription

// An app outside of the package, as a new project of Xcode's is set up: Swift 6, and everything on the main actor unless it says otherwise.
let package = Package(
    name: "Shop",
    platforms: [.iOS(.v15), .macOS(.v12)],
    dependencies: [.package(name: "ConsentKit", path: "../../..")],
    targets: [
        .executableTarget(
            name: "Shop",
            dependencies: [.product(name: "ConsentKit", package: "ConsentKit"), .product(name: "ConsentKitTesting", package: "ConsentKit")],
            swiftSettings: [.defaultIsolation(MainActor.self)]
        )
    ],
    swiftLanguageModes: [.v6]
)
