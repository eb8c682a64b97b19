// swift-tools-version: 5.9
import PackageDescription

let package = Package(
    name: "ResNet8",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "ResNet8", targets: ["ResNet8"])
    ],
    targets: [
        .target(
            name: "ResNet8",
            resources: [
                // Copied as it is, and compiled on the device at its first use: `.process` would
                // need Xcode, which alone knows how to compile a model at build time.
                .copy("Resources/ResNet8.mlpackage"),
                .copy("Resources/labels.txt"),
                .copy("Resources/image.png"),
            ]
        ),
        .testTarget(name: "ResNet8Tests", dependencies: ["ResNet8"]),
    ]
)
