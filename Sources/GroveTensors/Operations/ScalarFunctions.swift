import Foundation

/// eˣ of one number.
func exponential(_ x: Float) -> Float { Foundation.exp(x) }

/// log(1 + eˣ) of one number, without overflow.
func logOnePlusExponential(_ x: Float) -> Float { max(x, 0) + Foundation.log1p(Foundation.exp(-abs(x))) }
