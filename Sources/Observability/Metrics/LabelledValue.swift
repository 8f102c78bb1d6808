/// The value of one series of a family that is sampled as a whole.
package struct LabelledValue: Sendable {
    let labels: KeyValuePairs<String, String>
    let value: Double

    package init(_ labels: KeyValuePairs<String, String>, _ value: Double) {
        self.labels = labels
        self.value = value
    }
}
