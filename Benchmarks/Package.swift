// swift-tools-version: 6.2
import PackageDescription

/// Times Grove's kernels, sampling and training on generated arrays; `run` compares them with other libraries.
let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "grove", path: "..")],
  targets: [
    .executableTarget(
      name: "bench", dependencies: [.product(name: "Grove", package: "grove")],
      swiftSettings: [
        .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
