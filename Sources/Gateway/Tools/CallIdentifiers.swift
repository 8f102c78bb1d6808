/// The ids of one answer's calls, where the model gives none of its own.
///
/// They are made of the answer's name, which no other answer has, so that nothing has to be drawn.
struct CallIdentifiers {
    /// Some templates refuse ids of any other length.
    private static let shortLength = 9
    private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)

    /// Different for different answers.
    let answer: String
    let isShort: Bool

    /// The id of the call with this number within the answer.
    func id(of index: Int) -> String {
        let name = "\(answer)-\(index)"
        guard isShort else { return "call_" + name }
        var number = Self.hash(name)
        let characters = (0..<Self.shortLength).map { _ in
            defer { number /= UInt64(Self.digits.count) }
            return Self.digits[Int(number % UInt64(Self.digits.count))]
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// FNV-1a with 64 bits.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
