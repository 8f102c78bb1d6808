/// The place of a text in a model's space of meanings.
package struct EmbeddingVector: Sendable, Equatable {
    package let values: [Float]

    package init(_ values: [Float]) { self.values = values }

    /// The first `dimensions` values, scaled to length 1; nil if there are fewer.
    ///
    /// Models of the Matryoshka kind (Kusupati et al., 2022) are trained so that the beginning of a vector is a smaller
    /// embedding of the same text; of other models it is worth less, and they do not say so. O(dimensions).
    package func shortened(to dimensions: Int) -> EmbeddingVector? {
        precondition(dimensions > 0, "a vector has at least one dimension")
        guard dimensions <= values.count else { return nil }
        let head = Array(values[..<dimensions])
        let length = Self.dot(head, head).squareRoot()
        guard length > 0 else { return EmbeddingVector(head) }
        return EmbeddingVector(head.map { Float(Double($0) / length) })
    }

    /// The cosine of the angle to another vector, from -1 to 1; 0 if either has no length, nil if the other has not as
    /// many dimensions.
    ///
    /// Not-a-number in either gives not-a-number. O(dimensions), allocates nothing.
    package func cosine(to other: EmbeddingVector) -> Float? {
        guard values.count == other.values.count else { return nil }
        let lengths = (Self.dot(values, values) * Self.dot(other.values, other.values)).squareRoot()
        guard lengths != 0 else { return 0 }
        let cosine = Self.dot(values, other.values) / lengths
        return cosine.isNaN ? .nan : Float(min(max(cosine, -1), 1))
    }

    /// In double precision, in four sums that do not wait for each other.
    private static func dot(_ left: [Float], _ right: [Float]) -> Double {
        var sums = SIMD4<Double>()
        var at = 0
        while at + 4 <= left.count {
            for lane in 0..<4 { sums[lane] += Double(left[at + lane]) * Double(right[at + lane]) }
            at += 4
        }
        var sum = sums.sum()
        while at < left.count {
            sum += Double(left[at]) * Double(right[at])
            at += 1
        }
        return sum
    }
}
