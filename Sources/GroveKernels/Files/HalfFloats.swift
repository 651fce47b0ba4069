/// Floats of 16 bits as their bits: IEEE half precision (f16) and the upper half of a float (bf16).
///
///     f16: 1 sign, 5 exponent, 10 fraction: finite to 65,504        bf16: 1 sign, 8 exponent, 7 fraction
///
/// Every pattern of either kind is a float exactly; the other way numbers are rounded to the nearest, halves to even,
/// those beyond the largest become infinite, and what is no number stays none.
///
/// - Source: IEEE 754-2019, section 3.6 and 4.3.1 (f16); bf16 is the upper half of binary32.
public enum HalfFloats {
  /// The float that f16 bits stand for.
  @inlinable public static func float(f16 bits: UInt16) -> Float { Float(Float16(bitPattern: bits)) }

  /// The float that bf16 bits stand for.
  @inlinable public static func float(bf16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// The bits of the f16 nearest to a float.
  @inlinable public static func f16(_ value: Float) -> UInt16 { Float16(value).bitPattern }

  /// The bits of the bf16 nearest to a float.
  @inlinable public static func bf16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    // One bit set, so that the lower half of what is no number may go.
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    let isOdd = (bits >> 16) & 1
    return UInt16(truncatingIfNeeded: (bits + 0x7fff + isOdd) >> 16)
  }
}
