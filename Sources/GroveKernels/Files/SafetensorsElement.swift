/// What the numbers of a tensor in a safetensors file are.
///
/// - Source: the format description of the safetensors project.
public enum SafetensorsElement: String, Sendable, CaseIterable {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case i64 = "I64"
  case i32 = "I32"
  case i16 = "I16"
  case i8 = "I8"
  case u8 = "U8"
  case bool = "BOOL"

  /// Bytes of one number.
  public var byteCount: Int {
    switch self {
    case .f64, .i64: 8
    case .f32, .i32: 4
    case .f16, .bf16, .i16: 2
    case .i8, .u8, .bool: 1
    }
  }

  /// Whether its numbers are read as floats.
  public var isFloat: Bool {
    switch self {
    case .f64, .f32, .f16, .bf16: true
    case .i64, .i32, .i16, .i8, .u8, .bool: false
    }
  }

  /// Whether Grove writes it.
  public var isWritten: Bool { [.f32, .f16, .bf16].contains(self) }
}
