// swift-tools-version: 6.2
import PackageDescription

/// Fuzzers of the readers: libFuzzer calls one entry of `FormatFuzzing` with bytes of its own making. `run` builds and
/// starts them.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "grove", path: "..")],
  targets: [
    .executableTarget(
      name: "fuzz", dependencies: [.product(name: "Grove", package: "grove")],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")])
  ],
  swiftLanguageModes: [.v6]
)
