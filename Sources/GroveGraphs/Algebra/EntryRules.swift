import CGraphBLAS

/// What becomes of entries that are listed more than once when a matrix is built, in the order they are listed.
public enum DuplicateRule: Sendable, CaseIterable {
  /// The first value stays.
  case first
  /// Values are added in their order.
  case sum
  /// The largest value stays; unweighted graphs keep weight 1.
  case max
  /// The smallest value stays.
  case min
  /// A duplicate is an `AlgebraFailure.duplicateEntry`.
  case error

  /// nil for `.error`: GraphBLAS then refuses duplicates.
  var operation: GrB_BinaryOp? {
    switch self {
    case .first: grove_first_fp32()
    case .sum: grove_plus_fp32()
    case .max: grove_max_fp32()
    case .min: grove_min_fp32()
    case .error: nil
    }
  }
}

/// How two values at the same place become one.
///
/// All rules are symmetric in the two.
public enum CombineRule: Sendable, CaseIterable {
  case sum, product, max, min

  var operation: GrB_BinaryOp {
    switch self {
    case .sum: grove_plus_fp32()
    case .product: grove_times_fp32()
    case .max: grove_max_fp32()
    case .min: grove_min_fp32()
    }
  }
}

/// How a matrix product multiplies and adds: C[i, j] = ⊕ over k of A[i, k] ⊗ B[k, j], over entries only.
public enum Semiring: Sendable, CaseIterable {
  /// The usual product. Walks of two steps, weighted.
  case plusTimes
  /// Shortest two-step distances.
  case minPlus
  /// 1 where a two-step walk through non-zero values exists, else 0.
  case orAnd
  /// How many two-step walks there are, whatever the weights.
  case plusPair
  /// The best two-step walk, a walk being worth the product of its weights.
  case maxTimes

  var object: GrB_Semiring {
    switch self {
    case .plusTimes: grove_plus_times_fp32()
    case .minPlus: grove_min_plus_fp32()
    case .orAnd: grove_lor_land_bool()
    case .plusPair: grove_plus_pair_int64()
    case .maxTimes: grove_max_times_fp32()
    }
  }

  /// Whether the result depends on the order of the additions: then one thread computes it, so that the bytes are the
  /// same on any machine setting.
  ///
  /// Counting happens in 64-bit integers, and minima and maxima do not round.
  var roundsByOrder: Bool { self == .plusTimes }
}

/// Which entries a matrix product may have; only the places of the mask's entries count, not their values.
public enum EntryMask {
  /// Only places where the matrix has an entry.
  case inside(SparseMatrix)
  /// Only places where the matrix has none.
  case outside(SparseMatrix)

  var matrix: SparseMatrix {
    switch self {
    case .inside(let matrix), .outside(let matrix): matrix
    }
  }

  var descriptorBits: Int {
    switch self {
    case .inside: GROVE_MASK_STRUCTURE
    case .outside: GROVE_MASK_STRUCTURE | GROVE_MASK_COMPLEMENT
    }
  }
}
