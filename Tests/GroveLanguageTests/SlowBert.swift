import Foundation
import TestSupport

@testable import GroveLanguage

/// A BERT of one sequence at a time in Double, after Devlin 2019, section 3, and Vaswani 2017, section 3.
struct SlowBert {
  let tiny: TinyBert
  var epsilon = 1e-12
  var isRectified = false

  /// Rows of the embeddings and after each layer. [tokens, d] each
  func hidden(_ ids: [Int32]) -> [Matrix] {
    let words = tiny.matrix("embeddings.word_embeddings.weight")
    let places = tiny.matrix("embeddings.position_embeddings.weight")
    let type = tiny.family == .bert ? tiny.matrix("embeddings.token_type_embeddings.weight").row(0) : nil
    var x = Matrix(rows: ids.count, columns: TinyBert.width)
    x = x.mapped { row, k, _ in words[Int(ids[row]), k] + places[row, k] + (type?[k] ?? 0) }
    x = norm(x, "embeddings.LayerNorm")
    var all = [x]
    for layer in 0..<TinyBert.layers {
      let names = tiny.names(layer)
      let heads = names[..<3].map { dense(x, $0) }
      let mixed = Slow.segmentAttention(heads, offsets: [0, Int64(ids.count)], heads: TinyBert.heads)
      let output = dense(mixed, names[3])
      let attended = norm(x.mapped { $2 + output[$0, $1] }, names[4])
      let wide = dense(attended, names[5]).mapped {
        isRectified ? max($2, 0) : 0.5 * $2 * (1 + erf($2 / 2.0.squareRoot()))
      }
      let narrow = dense(wide, names[6])
      x = norm(attended.mapped { $2 + narrow[$0, $1] }, names[7])
      all.append(x)
    }
    return all
  }

  /// The row of a sequence under one kind of pooling, as `pooling_mode_…` names it.
  func pooled(_ ids: [Int32], _ mode: String) -> [Double] {
    let hidden = self.hidden(ids)
    let rows = hidden[hidden.count - 1]
    return (0..<rows.columns).map { k in
      let column = (0..<rows.rows).map { rows[$0, k] }
      switch mode {
      case "cls_token": return column[0]
      case "max_tokens": return column.max() ?? 0
      case "mean_tokens": return column.reduce(0, +) / Double(column.count)
      case "mean_sqrt_len_tokens": return column.reduce(0, +) / Double(column.count).squareRoot()
      default: fatalError("SlowBert: no pooling \(mode)")
      }
    }
  }

  private func dense(_ x: Matrix, _ name: String) -> Matrix {
    let bias = tiny.matrix("\(name).bias")
    return x.times(tiny.matrix("\(name).weight").transposed).mapped { $2 + bias[0, $1] }
  }

  private func norm(_ x: Matrix, _ name: String) -> Matrix {
    Slow.layerNormOfSum(
      [x, Matrix(rows: x.rows, columns: x.columns), tiny.matrix("\(name).weight"), tiny.matrix("\(name).bias")],
      epsilon: epsilon)
  }
}

/// A row over its length.
func normalized(_ row: [Double]) -> [Double] {
  let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
  return row.map { $0 / length }
}
