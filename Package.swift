// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: warnings are errors, and the language's stricter modes are on.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Targets without pointers also promise memory safety; the others are listed in docs/decisions/004.
let safe = strict + [.strictMemorySafety()]

let cSettings: [CSetting] = [.treatAllWarnings(as: .error), .define("_GNU_SOURCE")]

let package = Package(
  name: "grove",
  products: [
    .executable(name: "grove", targets: ["grove"]),
    .library(
      name: "Grove",
      targets: [
        "GroveLearning", "GroveLanguage", "GroveStore", "GroveLayers", "GroveTensors", "GroveGraphs", "GroveKernels",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .target(name: "CKernels", cSettings: cSettings, linkerSettings: [.linkedLibrary("pthread"), .linkedLibrary("m")]),
    .target(name: "CGraphBLAS", cSettings: cSettings, linkerSettings: [.linkedLibrary("graphblas")]),
    .target(name: "CArchive", cSettings: cSettings, linkerSettings: [.linkedLibrary("archive")]),
    .target(
      name: "CSimdJSON", cxxSettings: [.treatAllWarnings(as: .error)], linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "CXXHash", cSettings: cSettings),
    .target(name: "CHNSW", cxxSettings: [.treatAllWarnings(as: .error)]),
    .target(
      name: "GroveKernels",
      dependencies: ["CKernels", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(name: "GroveTensors", dependencies: ["GroveKernels"], swiftSettings: safe),
    .target(name: "GroveGraphs", dependencies: ["GroveKernels", "CGraphBLAS"], swiftSettings: strict),
    .target(
      name: "GroveStore",
      dependencies: [
        "GroveGraphs", "GroveKernels", "CArchive", "CHNSW", "CKernels", "CSimdJSON", "CXXHash",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "GroveLayers", dependencies: ["GroveTensors", "GroveGraphs", "GroveKernels"], swiftSettings: safe),
    .target(
      name: "GroveLanguage", dependencies: ["GroveLayers", "GroveTensors", "GroveGraphs", "GroveKernels"],
      swiftSettings: safe),
    .target(
      name: "GroveLearning", dependencies: ["GroveLayers", "GroveTensors", "GroveGraphs", "GroveKernels"],
      swiftSettings: safe),
    .executableTarget(
      name: "grove",
      dependencies: [
        "GroveStore", "GroveLearning", "GroveLanguage", "GroveLayers", "GroveTensors", "GroveGraphs", "GroveKernels",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: safe),
    .target(
      name: "TestSupport", dependencies: ["GroveGraphs", "GroveTensors", "GroveKernels"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "GroveKernelsTests", dependencies: ["GroveKernels", "CKernels", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "GroveTensorsTests", dependencies: ["GroveTensors", "GroveKernels", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "GroveGraphsTests", dependencies: ["GroveGraphs", "GroveKernels", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "GroveStoreTests", dependencies: ["GroveStore", "GroveGraphs", "GroveKernels", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "GroveLayersTests",
      dependencies: ["GroveLayers", "GroveTensors", "GroveGraphs", "GroveKernels", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "GroveLanguageTests",
      dependencies: ["GroveLanguage", "GroveLayers", "GroveTensors", "GroveGraphs", "GroveKernels", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "GroveLearningTests",
      dependencies: ["GroveLearning", "GroveLayers", "GroveTensors", "GroveGraphs", "GroveKernels", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "GroveCommandTests",
      dependencies: [
        "grove", "GroveStore", "GroveLearning", "GroveLanguage", "GroveLayers", "GroveGraphs", "GroveTensors",
        "GroveKernels", "TestSupport",
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
