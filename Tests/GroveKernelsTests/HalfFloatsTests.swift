import GroveKernels
import TestSupport
import Testing

/// Floats of 16 bits against the definitions of their formats, written out slowly in Double.
@Suite("Half floats")
struct HalfFloatsTests {
  /// The number that a pattern of sign, exponent and fraction bits stands for; nil where it is none.
  private static func value(_ bits: UInt16, exponentBits: Int) -> Double? {
    let fractionBits = 15 - exponentBits
    let sign: Double = bits >> 15 == 1 ? -1 : 1
    let exponent = Int(bits >> UInt16(fractionBits)) & ((1 << exponentBits) - 1)
    let fraction = Double(Int(bits) & ((1 << fractionBits) - 1)) / Double(1 << fractionBits)
    let bias = (1 << (exponentBits - 1)) - 1
    if exponent == (1 << exponentBits) - 1 { return fraction == 0 ? sign * .infinity : nil }
    if exponent == 0 { return sign * fraction * power(1 - bias) }
    return sign * (1 + fraction) * power(exponent - bias)
  }

  private static func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }

  @Test("Each of the 65,536 patterns is the float that the formats define, and comes back as it was")
  func everyPattern() {
    var wrong: [UInt16] = []
    for bits in UInt16.min...UInt16.max {
      for (exponentBits, widened, narrowed) in [
        (5, HalfFloats.float(f16: bits), HalfFloats.f16(HalfFloats.float(f16: bits))),
        (8, HalfFloats.float(bf16: bits), HalfFloats.bf16(HalfFloats.float(bf16: bits))),
      ] {
        guard let expected = Self.value(bits, exponentBits: exponentBits) else {
          // What is no number stays none.
          let back = Self.value(narrowed, exponentBits: exponentBits)
          if !widened.isNaN || back != nil { wrong.append(bits) }
          continue
        }
        if Double(widened) != expected || (widened.sign == .minus) != (bits >> 15 == 1) || narrowed != bits {
          wrong.append(bits)
        }
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(10))")
  }

  /// The pattern nearest to a number, the one with an even fraction of two; slow: tries neighbors of a position found
  /// by halving, over the patterns of one sign, which rise with the number.
  private static func nearest(_ value: Double, exponentBits: Int) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    let size = abs(value)
    let infinity = UInt16((1 << exponentBits) - 1) << UInt16(15 - exponentBits)
    var (low, high) = (UInt16(0), infinity)
    while high - low > 1 {
      let middle = (low + high) / 2
      if (Self.value(middle, exponentBits: exponentBits) ?? .infinity) <= size { low = middle } else { high = middle }
    }
    let below = Self.value(low, exponentBits: exponentBits) ?? 0
    // Past the largest number the next step of its size would be where infinity stands.
    let above =
      high == infinity
      ? below + (below - (Self.value(low - 1, exponentBits: exponentBits) ?? 0))
      : Self.value(high, exponentBits: exponentBits) ?? 0
    let isUp = size - below > above - size || (size - below == above - size && low % 2 == 1)
    return sign | (isUp ? high : low)
  }

  @Test("Floats are rounded to the nearest, halves to even, over every exponent", arguments: [5, 8])
  func rounding(exponentBits: Int) {
    let narrowed = exponentBits == 5 ? HalfFloats.f16 : HalfFloats.bf16
    var random = TestRandom(7)
    var checked = 0
    for exponent in UInt32(0)..<255 {
      // The ends of the fraction, halves of both formats and their neighbors, and others by chance.
      var fractions: [UInt32] = [0, 1, 0x7fffff, 0x7ffffe]
      for half: UInt32 in [0x1000, 0x3000, 0x8000, 0x18000, 0x7ff000, 0x7f8000] {
        fractions += [half - 1, half, half + 1]
      }
      for _ in 0..<40 { fractions.append(UInt32.random(in: 0..<1 << 23, using: &random)) }
      for fraction in fractions {
        for sign in [UInt32(0), 1 << 31] {
          let value = Float(bitPattern: sign | exponent << 23 | fraction)
          let expected = Self.nearest(Double(value), exponentBits: exponentBits)
          #expect(narrowed(value) == expected, "\(value)")
          checked += 1
        }
      }
    }
    #expect(checked == 255 * 62 * 2)
    #expect(narrowed(.infinity) == (exponentBits == 5 ? 0x7c00 : 0x7f80))
    #expect(narrowed(-.infinity) == (exponentBits == 5 ? 0xfc00 : 0xff80))
  }

  @Test("Halves between every two neighboring patterns go to the even one", arguments: [5, 8])
  func ties(exponentBits: Int) throws {
    let narrowed = exponentBits == 5 ? HalfFloats.f16 : HalfFloats.bf16
    let largest = (UInt16((1 << exponentBits) - 1) << UInt16(15 - exponentBits)) - 1
    var wrong: [UInt16] = []
    for bits in 0..<largest {
      let low = try #require(Self.value(bits, exponentBits: exponentBits))
      let high = try #require(Self.value(bits + 1, exponentBits: exponentBits))
      let middle = Float((low + high) / 2)
      // The smallest halves of bf16 are floats too: both formats end where floats are still exact.
      guard Double(middle) == (low + high) / 2 else { continue }
      let even = bits % 2 == 0 ? bits : bits + 1
      if narrowed(middle) != even || narrowed(-middle) != even | 0x8000 { wrong.append(bits) }
      if narrowed(middle.nextUp) != bits + 1 || narrowed(middle.nextDown) != bits { wrong.append(bits) }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(10))")
  }
}
