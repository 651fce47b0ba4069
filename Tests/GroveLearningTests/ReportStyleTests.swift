import Foundation
@testable import GroveLearning
import Testing

/// Colors of pages, by the contrast that the Web Content Accessibility Guidelines define.
@Suite struct ReportStyleTests {
  private typealias Color = (red: Double, green: Double, blue: Double)

  /// Colors by name, of the light and of the dark sheet.
  private static let schemes: [[String: Color]] = {
    var schemes: [[String: Color]] = [[:], [:]]
    var scheme = 0
    for line in ReportStyle.sheet.split(separator: "\n") {
      if line.contains("prefers-color-scheme: dark") { scheme = 1 }
      for entry in line.split(separator: ";") {
        let parts = entry.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.count == 2, parts[0].hasPrefix("--"), parts[1].hasPrefix("#"),
          let number = Int(parts[1].dropFirst(), radix: 16)
        else { continue }
        schemes[scheme][String(parts[0].dropFirst(2))] = (
          Double(number >> 16) / 255, Double(number >> 8 & 255) / 255, Double(number & 255) / 255
        )
      }
    }
    return schemes
  }()

  private static func contrast(_ a: Color, _ b: Color) -> Double {
    func luminance(_ color: Color) -> Double {
      func linear(_ value: Double) -> Double { value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4) }
      return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    }
    let (first, second) = (luminance(a), luminance(b))
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)
  }

  @Test(arguments: [0, 1]) func `words and marks stand out from both backgrounds`(scheme: Int) throws {
    let colors = Self.schemes[scheme]
    for background in ["paper", "panel"] {
      let ground = try #require(colors[background])
      for name in ["ink", "soft", "accent"] {
        #expect(Self.contrast(try #require(colors[name]), ground) >= 4.5, "\(name) on \(background)")
      }
      for number in 0..<8 {
        #expect(Self.contrast(try #require(colors["c\(number)"]), ground) >= 3, "c\(number) on \(background)")
      }
    }
    // Names at the ends of curves have their color.
    for number in [0, 1, 7] {
      #expect(Self.contrast(try #require(colors["c\(number)"]), try #require(colors["paper"])) >= 4.5, "\(number)")
    }
    #expect(Self.contrast(try #require(colors["on-accent"]), try #require(colors["accent"])) >= 4.5)
  }

  @Test(arguments: [0, 1]) func `numbers stand out from every cell of a confusion matrix`(scheme: Int) throws {
    let colors = Self.schemes[scheme]
    let (accent, panel) = (try #require(colors["accent"]), try #require(colors["panel"]))
    for step in 0...100 {
      let strength = ConfusionFigure.strength(of: Double(step) / 100)
      func mixed(_ a: Double, _ b: Double) -> Double { strength * a + (1 - strength) * b }
      let cell = (mixed(accent.red, panel.red), mixed(accent.green, panel.green), mixed(accent.blue, panel.blue))
      let words = try #require(colors[strength > 0.5 ? "on-accent" : "ink"])
      #expect(Self.contrast(words, cell) >= 4.5, "a share of \(step) %")
    }
  }
}
